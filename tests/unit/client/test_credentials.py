"""The credential before stays until the renewed one has opened a session, and never longer."""

import msgspec
import pytest

from tests.support.fakes import SeededRandomness
from trailmark_client.credentials import proven, refused, renewed, signed_in, signed_out
from trailmark_client.identity import Identity, new_identity


@pytest.fixture
def old() -> Identity:
    return signed_in(new_identity(SeededRandomness(), "phone"), "tmd_old", 1)


def kept(identity: Identity) -> tuple[str | None, int | None, str | None]:
    return (identity.credential, identity.credential_expires_at, identity.credential_before)


def test_a_renewed_credential_stands_beside_the_one_before(old: Identity) -> None:
    assert ("tmd_new", 2, "tmd_old") == kept(renewed(old, "tmd_old", "tmd_new", 2))


def test_a_device_that_was_let_in_meanwhile_keeps_what_it_was_given(old: Identity) -> None:
    again = signed_in(old, "tmd_again", 3)

    assert again == renewed(again, "tmd_old", "tmd_new", 2)


def test_only_the_renewed_one_proves_itself(old: Identity) -> None:
    changed = renewed(old, "tmd_old", "tmd_new", 2)

    assert changed == proven(changed, "tmd_old")
    assert ("tmd_new", 2, None) == kept(proven(changed, "tmd_new"))


def test_only_a_refusal_of_the_renewed_one_brings_the_one_before_back(old: Identity) -> None:
    changed = renewed(old, "tmd_old", "tmd_new", 2)

    assert changed == refused(changed, "tmd_old")
    assert "tmd_old" == refused(changed, "tmd_new").credential
    assert old == refused(old, "tmd_old")


def test_who_is_let_in_or_out_keeps_nothing_of_before(old: Identity) -> None:
    """It would be told to another server."""
    changed = renewed(old, "tmd_old", "tmd_new", 2)

    assert ("tmd_again", 3, None) == kept(signed_in(changed, "tmd_again", 3))
    assert (None, None, None) == kept(signed_out(changed))
    assert msgspec.structs.replace(old, credential=None, credential_expires_at=None) == signed_out(
        changed
    )
