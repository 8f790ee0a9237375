"""The access log in pages, backwards."""

import pytest

from trailmark_server.members.looks import (
    place_by_member,
    place_by_space,
    place_from_text,
    read_looks,
    text_from_place,
)
from trailmark_server.storage.accounts import AccessEntry, AccessPlace
from trailmark_shared import limits
from trailmark_shared.errors import DomainError
from trailmark_shared.ids import SpaceId

LOOK = AccessEntry(space=SpaceId(b"s" * 16), window=0, member=b"m" * 16, page="goal", first_at=7)


def test_place_is_read_as_it_was_named() -> None:
    for place in (place_by_member(LOOK), place_by_space(LOOK), AccessPlace(0, bytes(16), "a-b")):
        assert place == place_from_text(text_from_place(place))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "x-" + "0" * 26 + "-goal",
        f"{limits.INTEGER_MAX + 1}-" + "0" * 26 + "-goal",
        "7-short-goal",
        "7-" + "0" * 26 + "-" + "x" * (limits.LOOK_CHARS_MAX + 1),
        "\u0667-" + "0" * 26 + "-goal",
    ],
)
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        place_from_text(text)


def test_a_page_ends_where_the_next_one_begins() -> None:
    asked: list[tuple[int, AccessPlace | None]] = []

    def read(limit: int, place: AccessPlace | None) -> list[AccessEntry]:
        asked.append((limit, place))
        return [LOOK] * (limit if place is None else 1)

    first = read_looks(read, place_by_member, None)
    second = read_looks(read, place_by_member, first.next)

    assert (limits.ACCESS_LOG_ENTRIES_MAX, 1, None) == (
        len(first.entries),
        len(second.entries),
        second.next,
    )
    assert place_by_member(LOOK) == asked[1][1]
