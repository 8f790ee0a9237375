"""Events and rows survive the way through SQL values."""

from trailmark_client.storage.rows import (
    EVENT_COLUMNS,
    EVENT_WIDTH,
    ROW_COLUMNS,
    event_from_values,
    places,
    row_from_values,
    values_from_event,
    values_from_row,
)
from trailmark_shared.events.envelope import Row, without_body, write_event
from trailmark_shared.ids import PLAIN, SELF, DeviceId, Epoch, EventId, SpaceId

EVENT = write_event(
    event_id=EventId(b"e" * 16),
    space=SpaceId(b"s" * 16),
    lane=SELF,
    device=DeviceId(b"d" * 16),
    epoch=Epoch(b"12345678"),
    dseq=1,
    key=PLAIN,
    prev=bytes(32),
    salt=b"t" * 16,
    body=b"{}",
)
ROW = Row(
    event=EVENT, seq=3, received_at=5, offset=-1, actor="person", code=None, lane_hash=b"h" * 32
)


def test_events_come_back_as_they_were() -> None:
    for event in (EVENT, without_body(EVENT)):
        assert event_from_values(values_from_event(event)) == event


def test_rows_come_back_as_they_were() -> None:
    assert row_from_values(values_from_row(ROW)) == ROW


def test_there_is_a_value_for_every_column() -> None:
    assert len(values_from_event(EVENT)) == EVENT_COLUMNS.count(",") + 1 == EVENT_WIDTH
    assert len(values_from_row(ROW)) == ROW_COLUMNS.count(",") + 1


def test_places_are_as_many_as_asked_for() -> None:
    assert places(3) == "?,?,?"
