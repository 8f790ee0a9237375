"""Which rows one page holds: whole days, bounded reads, every row exactly once."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from trailmark_server.members.timeline_pages import (
    ROWS_ENOUGH,
    ROWS_MAX,
    LaneRows,
    Place,
    day_text,
    newest,
    read_timeline_page,
)
from trailmark_shared.events.envelope import Row, write_event
from trailmark_shared.ids import PLAIN, DeviceId, Epoch, EventId, Lane, SpaceId, care_lane

ONE, TWO = care_lane(bytes(16)), care_lane(bytes([1]) * 16)
TODAY = "2026-11-22"


class Log:
    """Days of lanes by seq, read as a store reads them."""

    def __init__(self, days: Mapping[Lane, list[str]]) -> None:
        self.days = days
        self.largest = 0

    async def read(
        self, days: tuple[str, str], before: Mapping[Lane, int] | None, limit: int
    ) -> LaneRows:
        found: LaneRows = {}
        for lane in self.days if before is None else before:
            top = None if before is None else before[lane]
            rows = [
                row_of(seq)
                for seq, day in enumerate(self.days[lane], start=1)
                if days[0] <= day <= days[1] and (top is None or seq < top)
            ]
            found[lane] = newest(rows, limit)
            self.largest = max(self.largest, len(found[lane]))
        return found

    async def walk(self) -> list[list[tuple[Lane, int]]]:
        """Return the rows of each page, from the newest backwards."""
        pages: list[list[tuple[Lane, int]]] = []
        place: Place | None = Place()
        while place is not None:
            page = await read_timeline_page(self.read, place, TODAY)
            pages.append([(lane, row.seq) for lane, rows in page.rows.items() for row in rows])
            place = page.earlier
            assert len(pages) < 200
        return pages


EVENT = write_event(
    event_id=EventId(bytes(16)),
    space=SpaceId(bytes(16)),
    lane=ONE,
    device=DeviceId(bytes(16)),
    epoch=Epoch(bytes(8)),
    dseq=1,
    key=PLAIN,
    prev=bytes(32),
    salt=bytes(16),
    body=b"{}",
)


def row_of(seq: int) -> Row:
    return Row(
        event=EVENT,
        seq=seq,
        received_at=0,
        offset=0,
        actor="person",
        code=None,
        lane_hash=b"",
    )


LOGS: dict[str, dict[Lane, list[str]]] = {
    "empty": {ONE: []},
    "one": {ONE: [TODAY]},
    "a row a day": {ONE: [day_text(739_000 + number) for number in range(300)]},
    "all on one day": {ONE: [TODAY] * (3 * ROWS_MAX + 1)},
    "two lanes full on one day": {ONE: [TODAY] * 300, TWO: [TODAY] * 250},
    "dense and old": {ONE: ["1990-01-01"] * 50 + ["1990-01-02"] * 400 + ["1990-01-03"] * 10},
    "clock years ahead": {ONE: ["2099-01-01", TODAY, "0001-01-01"]},
    "late arrivals": {ONE: [TODAY] * 30 + ["2026-03-01"] * 30 + [TODAY] * 30},
    "a gap of years": {ONE: ["2010-05-05"] * 3 + [TODAY] * 2},
}


@pytest.mark.parametrize("days", LOGS.values(), ids=LOGS)
async def test_every_row_stands_on_exactly_one_page(days: dict[Lane, list[str]]) -> None:
    log = Log(days)

    pages = await log.walk()

    shown = [place for page in pages for place in page]
    expected = [(lane, seq) for lane, each in days.items() for seq in range(1, len(each) + 1)]
    assert sorted(expected) == sorted(shown)
    assert log.largest <= ROWS_MAX + 1


@pytest.mark.parametrize("days", LOGS.values(), ids=LOGS)
async def test_days_of_earlier_pages_are_not_newer(days: dict[Lane, list[str]]) -> None:
    pages = await Log(days).walk()
    spans = [[days[lane][seq - 1] for lane, seq in page] for page in pages if page]

    assert all(min(newer) >= max(older) for newer, older in pairwise(spans))


async def test_first_page_of_a_sparse_log_holds_enough() -> None:
    first = (await Log(LOGS["a row a day"]).walk())[0]

    assert ROWS_ENOUGH <= len(first) <= ROWS_MAX


async def test_place_that_is_no_day_is_the_end() -> None:
    page = await read_timeline_page(Log({ONE: [TODAY]}).read, Place(day="soon"), TODAY)

    assert ({ONE: []}, None) == (page.rows, page.earlier)
