"""Rows of a backup: what a store takes, and what it refuses."""

from collections.abc import Callable, Mapping

import msgspec
import pytest

from tests.support.person import Person
from trailmark_client.storage.backing_up import (
    TABLES,
    Ending,
    backed_up_at,
    check_hashes,
    fill,
    has_events,
    note_backup,
    row_records,
    rows_to_back_up,
)
from trailmark_shared.errors import ErrorCode, IntegrityError
from trailmark_shared.projections.fold import PROJECTION_VERSION


def records(person: Person) -> list[bytes]:
    return person.read(lambda conn: list(row_records(conn)))


def filled(person: Person, told: list[bytes]) -> Ending:
    return person.app.write(lambda conn: fill(conn, told, lambda _count: None))


def test_every_table_and_row_is_in_it(person: Person) -> None:
    person.goal("Walk")
    found = [msgspec.msgpack.decode(each) for each in records(person)]

    assert [each[1] for each in found if each[0] == "table"] == list(TABLES)
    rows = sum(each[0] == "row" for each in found)
    assert rows == person.read(rows_to_back_up)
    assert found[-1][:3] == ["end", rows, PROJECTION_VERSION]


_CHANGES: Mapping[str, Callable[[list[bytes]], list[bytes]]] = {
    "no end": lambda told: told[:-1],
    "row lost": lambda told: [told[0], *told[2:]],
    "other table": lambda _told: [msgspec.msgpack.encode(["table", "secret", ["id"]])],
    "other column": lambda _told: [msgspec.msgpack.encode(["table", "event", ["id", "colour"]])],
    "other record": lambda _told: [msgspec.msgpack.encode(["column", 1])],
    "nothing": lambda _told: [],
}


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_what_is_not_whole_or_newer_is_refused(
    person: Person, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    person.goal("Walk")
    told = change(records(person))

    with pytest.raises(IntegrityError) as refused:
        filled(person, told)

    assert refused.value.code == ErrorCode.CORRUPT_BACKUP


def test_another_state_than_the_one_told_is_refused(person: Person) -> None:
    other = Ending(rows=0, projection=PROJECTION_VERSION, hashes={"self": bytes(32)})
    of_other_folds = msgspec.structs.replace(other, projection=PROJECTION_VERSION + 1)

    person.read(lambda conn: check_hashes(conn, of_other_folds))
    with pytest.raises(IntegrityError):
        person.read(lambda conn: check_hashes(conn, other))


def test_a_store_knows_whether_it_was_used_and_backed_up(person: Person) -> None:
    before = person.read(has_events), person.read(backed_up_at)
    person.goal("Walk")
    person.app.write(lambda conn: note_backup(conn, 5))

    assert (False, None) == before
    assert (True, 5) == (person.read(has_events), person.read(backed_up_at))
