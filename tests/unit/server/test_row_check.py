"""Which column of a wrong row is wrong: found by trying what one changed byte would mend."""

import msgspec
import pytest

from tests.support.lane_devices import LaneDevice
from tests.support.pure_lane import PureLane
from trailmark_server.row_check import header_hash, mending_field, row_hash, variants
from trailmark_shared import chain
from trailmark_shared.events.envelope import Row


def a_row() -> Row:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants()])
    return lane.held_rows()[0]


def test_the_equations_hold_for_a_true_row() -> None:
    row = a_row()
    assert row.event.hash == header_hash(row.event)
    assert row.lane_hash == row_hash(chain.GENESIS, row)


@pytest.mark.parametrize(("value", "count"), [(None, 0), (b"ab", 510), (7, 2040)])
def test_variants_change_one_byte(value: bytes | int | None, count: int) -> None:
    assert count == len(set(variants(value)))


def test_variants_of_text_are_text() -> None:
    found = set(variants("ab"))
    assert {"bb", "aB"} <= found
    assert "ab" not in found


@pytest.mark.parametrize("field", ["id", "device", "epoch", "dseq", "key", "prev", "commit"])
def test_the_field_that_mends_an_event_is_named(field: str) -> None:
    event = a_row().event
    broken = msgspec.structs.replace(event, **{field: next(iter(variants(getattr(event, field))))})
    fields = ("id", "device", "epoch", "dseq", "key", "prev", "commit")
    assert field == mending_field(broken, fields, lambda each: header_hash(each) == event.hash)


def test_damage_beyond_one_byte_is_not_guessed() -> None:
    event = msgspec.structs.replace(a_row().event, id=b"x" * 16)
    wanted = event.hash
    assert None is mending_field(event, ("id",), lambda each: header_hash(each) == wanted)
