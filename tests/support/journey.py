"""Some weeks of one person, shared: what tests and screenshots of the pages look at."""

import msgspec

from tests.support.shared_lanes import DAY_MS, HOUR_MS, Writer
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.goals import (
    GoalActivated,
    GoalPutOnHold,
    GoalReworded,
    GoalShared,
    GoalTargetAdjusted,
)
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.sharing import ExcerptShared, ExcerptWithdrawn
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.ids import EventId, text_from_id


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """What a test wants to point at.

    Attributes:
        goal: The goal that changed most.
        shared: The event that shared it.
        panic: The goal whose target was set differently on two devices.
        excerpt: An excerpt that is shared.
        end: When the last event happened, milliseconds UTC.
    """

    goal: bytes
    shared: EventId
    panic: bytes
    excerpt: bytes
    end: int


def tell(writer: Writer, start: int) -> Journey:
    """Write about six weeks from ``start`` (milliseconds UTC, the evening of a first session)."""
    joy, panic, rest = writer.new_id(), writer.new_id(), writer.new_id()
    shared = writer.write(
        joy,
        GoalShared(
            title="Do something I enjoy, for its own sake",
            why="I used to paint on Sundays. I would like to be somebody who does that again.",
            area="Self-care",
            target=parse_target("at-least 1 enjoyable activity per week"),
            lifecycle="planned",
        ),
        at=start + HOUR_MS,
    )
    writer.write(joy, GoalActivated(), at=start + HOUR_MS + 60_000, base=[shared])
    _steps(writer, joy, start)
    _panic(writer, panic, start)
    writer.write(
        rest,
        GoalShared(title="Sleep before midnight on work days", lifecycle="active", area="Rest"),
        at=start + 9 * DAY_MS,
    )
    _weeks(writer, joy, panic, start)
    later = start + 24 * DAY_MS
    writer.write(
        joy,
        GoalTargetAdjusted(target=parse_target("at-least 2 enjoyable activities per week")),
        at=later,
        base=[shared],
        reason=Reason(code="too-easy", text="Once a week happens by itself now."),
    )
    writer.write(
        joy,
        GoalReworded(
            title="Paint or walk, for its own sake",
            why="I used to paint on Sundays. I am somebody who does that again.",
            area="Self-care",
        ),
        at=later + 8 * DAY_MS,
        base=[shared],
        reason=Reason(code="new-insight"),
        late_ms=3 * DAY_MS,
    )
    writer.write(
        rest,
        GoalPutOnHold(until="2026-12-01"),
        at=later + 9 * DAY_MS,
        reason=Reason(code="priorities-shifted", text="One thing at a time."),
    )
    excerpt = _notes(writer, joy, later)
    return Journey(goal=joy, shared=shared, panic=panic, excerpt=excerpt, end=later + 13 * DAY_MS)


def _steps(writer: Writer, joy: bytes, start: int) -> None:
    goal = text_from_id(joy)
    first, second = writer.new_id(), writer.new_id()
    writer.write(
        first, StepAdded(goal=goal, text="Find the box with the paints"), at=start + 2 * DAY_MS
    )
    writer.write(
        second,
        StepAdded(goal=goal, text="Ask Noor whether she walks on Thursdays", due="2026-11-20"),
        at=start + 2 * DAY_MS + HOUR_MS,
    )
    writer.write(first, StepReached(), at=start + 6 * DAY_MS)


def _panic(writer: Writer, panic: bytes, start: int) -> None:
    """Two devices set the target while apart: both values stand."""
    first = writer.write(
        panic,
        GoalShared(
            title="Fewer panic attacks on the train",
            why="I want to visit my sister without planning an escape.",
            area="Mood and anxiety",
            target=parse_target("at-most 3 panic attacks per week"),
            baseline_tenths=50,
            lifecycle="active",
        ),
        at=start + DAY_MS,
    )
    for number, days in ((2, 30), (1, 31)):
        writer.write(
            panic,
            GoalTargetAdjusted(target=parse_target(f"at-most {number} panic attacks per week")),
            at=start + days * DAY_MS,
            base=[first],
            reason=Reason(code="new-insight"),
            late_ms=5 * HOUR_MS,
        )


def _weeks(writer: Writer, joy: bytes, panic: bytes, start: int) -> None:
    ratings = (20, 30, 30, 50, 40, 60)
    for week, rating in enumerate(ratings):
        at = start + (7 * week + 4) * DAY_MS + 2 * HOUR_MS
        writer.write(
            writer.new_id(),
            CheckInRecorded(goal=text_from_id(joy), value_tenths=rating),
            at=at,
        )
        writer.write(
            writer.new_id(),
            CheckInRecorded(
                goal=text_from_id(panic),
                measure="count",
                value_tenths=10 * max(0, 5 - week),
                unit="panic attacks",
                note="One on the way home, I stayed on until my stop." if week == 3 else None,
            ),
            at=at + HOUR_MS,
            late_ms=2 * DAY_MS if week == 4 else 0,
        )


def _notes(writer: Writer, joy: bytes, later: int) -> bytes:
    goal = text_from_id(joy)
    writer.write(
        writer.new_id(),
        WinNoted(text="Painted for an hour and forgot to look at the phone.", goal=goal),
        at=later + 10 * DAY_MS,
    )
    writer.write(
        writer.new_id(),
        SetbackNoted(
            text="Cancelled the walk. The thought of talking was too much.",
            helped="Slept, and wrote to Noor the next day.",
            goal=goal,
        ),
        at=later + 11 * DAY_MS,
    )
    taken_back = writer.new_id()
    writer.write(taken_back, ExcerptShared(text="Not for now."), at=later + 11 * DAY_MS + HOUR_MS)
    writer.write(taken_back, ExcerptWithdrawn(), at=later + 12 * DAY_MS)
    excerpt = writer.new_id()
    event = writer.write(
        excerpt,
        ExcerptShared(
            text=(
                "On the train I counted the stations aloud, very quietly.\n"
                "At the fourth I noticed that I was looking out of the window."
            ),
            written_on="2026-11-01",
        ),
        at=later + 12 * DAY_MS + HOUR_MS,
    )
    comment = writer.new_id()
    writer.write(
        comment,
        CommentAdded(text="I would like to talk about this one.", about=text_from_id(excerpt)),
        at=later + 13 * DAY_MS,
        cause=event,
    )
    return excerpt
