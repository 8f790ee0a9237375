"""A copy of everything fits itself, or is refused: each event, each lane, each end."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from tests.support.exports import a_lane, stored
from trailmark_shared.errors import ErrorCode, IntegrityError
from trailmark_shared.exports.whole import LaneState, Placed
from trailmark_shared.exports.whole_check import WholeCheck
from trailmark_shared.ids import KeyId, Lane
from trailmark_shared.phrases import ToldHead, head_words

ROWS = a_lane()
LANE = ROWS[0].event.lane
LAST = len(ROWS)


COPY = [stored(row) for row in ROWS]


def checked(copy: Sequence[Placed] = COPY, told: ToldHead | None = None) -> WholeCheck:
    checking = WholeCheck(told)
    for each in copy:
        checking.take(each)
    return checking


def is_refused(work: Callable[[], object]) -> bool:
    with pytest.raises(IntegrityError) as refused:
        work()
    return refused.value.code == ErrorCode.ALTERED_EXPORT


def state(seq: int, lane: Lane = LANE) -> dict[Lane, LaneState]:
    return {lane: LaneState(lane=lane, seq=seq, projection=1, sha256="")}


def test_what_was_written_fits() -> None:
    found = checked()
    found.end(state(LAST))

    assert (LAST, 0, LAST) == (found.events, found.sealed, found.ends[LANE].seq)
    assert found.words_match is None


def test_what_has_no_place_in_the_log_ends_no_lane() -> None:
    waiting = msgspec.structs.replace(COPY[0], seq=None, received_at=None, lane_hash=None)
    held = msgspec.structs.replace(COPY[0], held=1)

    assert {} == checked([waiting, held]).ends


@pytest.mark.parametrize(
    "changes",
    [{"hash": b"x" * 32}, {"salt": None}, {"body": b"{}"}, {"key": KeyId(b"k" * 8)}],
)
def test_an_event_that_was_changed_is_refused(changes: dict[str, object]) -> None:
    event = msgspec.structs.replace(COPY[0].event, **changes)

    assert is_refused(lambda: checked([msgspec.structs.replace(COPY[0], event=event)]))


@pytest.mark.parametrize(
    "changes", [{"received_at": 1}, {"received_at": None}, {"actor": None}, {"seq": 2}]
)
def test_a_row_that_was_changed_is_refused(changes: dict[str, object]) -> None:
    assert is_refused(lambda: checked([msgspec.structs.replace(COPY[0], **changes)]))


def test_a_lane_without_its_end_is_refused() -> None:
    assert is_refused(lambda: checked(COPY[:-1]).end(state(LAST)))
    assert is_refused(lambda: checked().end(state(1, Lane("self"))))


@pytest.mark.parametrize("named", [LAST, None])
def test_the_words_are_those_of_their_entry(named: int | None) -> None:
    words = head_words(ROWS[-1].lane_hash, LAST)

    assert checked(told=ToldHead(named, words)).words_match
    assert checked(told=ToldHead(named, words[::-1])).words_match is False
    assert checked(told=ToldHead(1, words)).words_match is False
