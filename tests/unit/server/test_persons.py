"""Operators see marks and counts, and name one person by either mark or id."""

import pytest

from trailmark_server.persons import find_person
from trailmark_server.storage.accounts import Space
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId, second_mark, text_from_id

ONE, OTHER = SpaceId(bytes(16)), SpaceId(bytes(15) + b"\1")
ALIKE = SpaceId(b"\x07" + bytes(15))


@pytest.fixture
def rows() -> MemoryAccountRows:
    rows = MemoryAccountRows()
    for at, space in enumerate((ONE, OTHER)):
        rows.save_space(Space(space=space, created_at=at))
    return rows


@pytest.mark.parametrize("whom", [second_mark(OTHER), text_from_id(OTHER).upper(), " 000-001 "])
def test_a_person_is_found_by_mark_or_id(rows: MemoryAccountRows, whom: str) -> None:
    assert OTHER == find_person(rows, whom)


def test_nobody_is_found_by_another_mark(rows: MemoryAccountRows) -> None:
    with pytest.raises(DomainError) as caught:
        find_person(rows, "000-00z")

    assert ErrorCode.NOT_FOUND == caught.value.code


def test_a_mark_of_several_names_nobody(rows: MemoryAccountRows) -> None:
    rows.save_space(Space(space=ALIKE, created_at=9))

    with pytest.raises(DomainError) as caught:
        find_person(rows, second_mark(ONE))

    assert ErrorCode.AMBIGUOUS_ID == caught.value.code
    assert ALIKE == find_person(rows, text_from_id(ALIKE))
