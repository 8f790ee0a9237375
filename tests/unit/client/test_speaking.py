"""What a device knows of the others, and what it may say."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.people import Devices, devices, known, recovery_code
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Renamed, SpaceErased
from trailmark_shared.errors import LimitExceededError


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def test_a_device_alone_has_said_nothing_and_may_begin(person: Devices) -> None:
    found = known(person.apps[0])

    assert (True, True, None) == (found.is_alone, found.is_empty, found.founder)
    assert 1 == len(found.founding())


def test_who_was_let_in_begins_nothing(person: Devices) -> None:
    found = known(person.add())

    assert (False, False, True) == (found.is_alone, found.is_empty, found.is_in)
    assert [] == found.founding()


def test_who_was_let_in_and_has_read_nothing_yet_begins_nothing_either(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
    found = known(person.add())

    assert (False, True, False) == (found.is_alone, found.is_empty, found.is_in)
    assert [] == found.founding()


def test_what_somebody_says_who_read_nothing_stands_nowhere(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
    found = known(person.add())

    said = found.signed(SpaceErased())
    found.graph.add(said)

    assert said.id not in found.graph.index


def test_keys_are_opened_in_the_name_of_who_stands_for_it_too(person: Devices) -> None:
    phone, code = person.apps[0], recovery_code(b"c")
    phone.write(
        lambda _conn: phone.identity_file.update(
            lambda own: msgspec.structs.replace(own, sponsors=(code,))
        )
    )

    assert {phone.identity.device, code.holder.id} == set(known(phone).opening.private_keys)


def test_only_so_much_is_said(person: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = person.apps[0]
    person.add()
    monkeypatch.setattr(limits, "STATEMENTS_PER_AUTHOR_MAX", len(known(phone).graph.statements))

    with pytest.raises(LimitExceededError):
        phone.write(
            lambda conn: phone.key_sharing.require_member(conn).say(
                phone.recorder, Renamed(phone.identity.device, "n")
            )
        )

    assert not known(phone).has_room
    assert not known(phone).may_make_key
