"""Therapists' accounts: what is accepted, how links are used up."""

import pytest
from msgspec.structs import replace

from trailmark_server.sessions import open_web_session, therapist_of_session
from trailmark_server.storage.accounts import (
    Acquaintance,
    Passkey,
    Password,
    Space,
)
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.therapists import accounts
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
MEMBER = b"m" * 16
SPACE = SpaceId(b"s" * 16)


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


def test_email_names_an_account_whatever_its_case(rows: MemoryAccountRows) -> None:
    added = accounts.add_therapist(rows, MEMBER, "Dr Demo", " Demo@Example.ORG ", NOW)

    assert "demo@example.org" == added.email
    assert added == accounts.enabled_therapist(rows, "DEMO@example.org")


@pytest.mark.parametrize("email", ["", "nobody", "@x", "a@", "a b@c", "a\n@b", "a" * 301 + "@b"])
def test_what_is_no_email_is_refused(rows: MemoryAccountRows, email: str) -> None:
    with pytest.raises(DomainError) as caught:
        accounts.add_therapist(rows, MEMBER, "Dr Demo", email, NOW)

    assert ErrorCode.INVALID_INPUT == caught.value.code


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * (limits.TITLE_CHARS_MAX + 1)])
def test_names_are_short_and_printable(rows: MemoryAccountRows, name: str) -> None:
    with pytest.raises(DomainError):
        accounts.add_therapist(rows, MEMBER, name, "demo@example.org", NOW)


def test_an_email_has_one_account(rows: MemoryAccountRows) -> None:
    accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)

    with pytest.raises(DomainError, match="already"):
        accounts.add_therapist(rows, b"n" * 16, "Dr Other", "demo@example.org", NOW)


def test_a_link_signs_in_once(rows: MemoryAccountRows) -> None:
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    accounts.add_sign_in_link(rows, therapist, "token", NOW)

    assert therapist == accounts.use_sign_in_link(rows, "token", NOW + 1)

    with pytest.raises(RefusedError) as again:
        accounts.use_sign_in_link(rows, "token", NOW + 2)
    with pytest.raises(RefusedError) as unknown:
        accounts.use_sign_in_link(rows, "other", NOW + 2)

    assert again.value.message == unknown.value.message


def test_joiners_of_letters_and_emoji_are_not_printable_in_addresses(
    rows: MemoryAccountRows,
) -> None:
    with pytest.raises(DomainError):
        accounts.add_therapist(
            rows, MEMBER, "Dr Demo", "de\N{ZERO WIDTH JOINER}mo@example.org", NOW
        )


def test_a_link_ends_with_its_time_and_with_the_account(rows: MemoryAccountRows) -> None:
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    accounts.add_sign_in_link(rows, therapist, "late", NOW)
    for step in (limits.SIGN_IN_LINK_TTL_MS, -limits.SIGN_IN_LINK_TTL_MS):
        with pytest.raises(RefusedError):
            accounts.use_sign_in_link(rows, "late", NOW + step)

    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=True)
    with pytest.raises(RefusedError):
        accounts.use_sign_in_link(rows, "late", NOW + 1)


def test_disabling_signs_out_and_enabling_lets_in_again(rows: MemoryAccountRows) -> None:
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    open_web_session(rows, therapist, "cookie", NOW)

    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=True)
    assert therapist_of_session(rows, secret_hash("cookie"), NOW) is None
    with pytest.raises(DomainError):
        accounts.enabled_therapist(rows, "demo@example.org")

    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=False)
    assert therapist == accounts.enabled_therapist(rows, "demo@example.org")
    with pytest.raises(DomainError):
        accounts.set_disabled(rows, "nobody@example.org", NOW, disabled=True)


def test_links_from_before_do_not_work_once_an_account_is_enabled_again(
    rows: MemoryAccountRows,
) -> None:
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    accounts.add_sign_in_link(rows, therapist, "token", NOW)
    for is_disabled in (True, False):
        accounts.set_disabled(rows, "demo@example.org", NOW, disabled=is_disabled)

    with pytest.raises(RefusedError):
        accounts.use_sign_in_link(rows, "token", NOW + 1)
    assert ["account_enabled", "account_disabled", "link_made"] == [
        each.kind for each in rows.notices(MEMBER)
    ]


def test_after_a_loss_nothing_opens_the_account_but_a_new_link(rows: MemoryAccountRows) -> None:
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    open_web_session(rows, therapist, "cookie", NOW)
    rows.save_password(Password(therapist=MEMBER, hash="x", changed_at=NOW))
    key = Passkey(
        credential=b"key",
        therapist=MEMBER,
        public_key=b"",
        sign_count=0,
        name="Phone",
        created_at=NOW,
    )
    rows.save_passkey(key)
    rows.save_passkey(replace(key, credential=b"other", therapist=b"n" * 16))
    accounts.add_sign_in_link(rows, therapist, "older", NOW)

    accounts.forget_credentials(rows, therapist, NOW)
    accounts.add_sign_in_link(rows, therapist, "newer", NOW)

    assert rows.password(MEMBER) is None
    assert [] == list(rows.passkeys(MEMBER))
    assert 1 == len(rows.passkeys(b"n" * 16))
    assert therapist_of_session(rows, secret_hash("cookie"), NOW) is None
    with pytest.raises(RefusedError):
        accounts.use_sign_in_link(rows, "older", NOW + 1)
    assert therapist == accounts.use_sign_in_link(rows, "newer", NOW + 1)
    assert "credentials_forgotten" in [each.kind for each in rows.notices(MEMBER)]


def test_only_who_redeemed_can_be_confirmed(rows: MemoryAccountRows) -> None:
    rows.save_space(Space(space=SPACE, created_at=NOW))
    with pytest.raises(RefusedError):
        accounts.confirm_acquaintance(rows, MEMBER, SPACE, NOW)

    rows.save_acquaintance(
        Acquaintance(
            therapist=MEMBER, space=SPACE, device=DeviceId(b"d" * 16), label="x", joined_at=NOW
        )
    )
    first = accounts.confirm_acquaintance(rows, MEMBER, SPACE, NOW + 5)

    assert NOW + 5 == first.confirmed_at
    assert first == accounts.confirm_acquaintance(rows, MEMBER, SPACE, NOW + 9)
