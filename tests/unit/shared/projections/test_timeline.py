"""The timeline: one line per event that is meant for people, and not a word more."""

from collections.abc import Sequence

import msgspec
import pytest

from tests.support.entries import CARE, CIRCLE, a_text, an_entry
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.agreements import GoalAssessedByMember
from trailmark_shared.events.body import Reason, UnknownData
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.control import StatementMade
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import (
    GoalActivated,
    GoalDrafted,
    GoalKept,
    GoalMoved,
    GoalReworded,
    GoalShared,
    GoalTargetAdjusted,
    GoalTargetSet,
    GoalWithdrawn,
)
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.measures import ScaleChanged, ScaleSet
from trailmark_shared.events.notes import SetbackNoted, WinNoted, WinWithdrawn
from trailmark_shared.events.proposals import (
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
)
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.events.sharing import ExcerptShared, ExcerptWithdrawn, SharingWished
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import decode_document, fold_subject
from trailmark_shared.projections.history import Change, goal_history
from trailmark_shared.projections.timeline import (
    Names,
    TimelineRow,
    is_withdrawn,
    timeline_row,
    words_of,
)

GOAL = a_text(100)
MADE = ProposalMade(what="goal", values=ProposedValues(title="words"))


def row(entry: Entry, names: Names | None = None) -> TimelineRow:
    line = timeline_row(entry, names or Names())
    assert line is not None
    return line


@pytest.mark.parametrize(
    "data",
    [
        StatementMade(statement=b"signed"),
        GoalMoved(lane=CARE, shared=a_text(1)),
        GoalKept(title="t"),
        SharingWished(what="goal"),
        AccessRevoked(replaced_by=a_text(1)),
    ],
)
def test_what_is_not_meant_for_people_has_no_line(data: EventData) -> None:
    assert timeline_row(an_entry(1, data), Names()) is None


def test_what_is_not_understood_has_no_line() -> None:
    entry = an_entry(1, GoalActivated())
    body = msgspec.structs.replace(entry.body, data=UnknownData(b"{}"))

    assert timeline_row(msgspec.structs.replace(entry, body=body), Names()) is None


def test_a_line_says_when_it_happened_and_when_it_arrived() -> None:
    entry = an_entry(
        1, CheckInRecorded(goal=GOAL), occurred_at="2026-09-20T09:00:00+02:00", delay=60
    )
    line = row(entry)

    assert ("2026-09-20", "2026-09-20T09:00:00+02:00") == (line.day, line.happened)
    assert (entry.received_at, 60_000, 1) == (line.received_at, line.late_by_ms, line.seq)


def test_names_are_shown_where_they_are_known() -> None:
    entry = an_entry(1, CheckInRecorded(goal=GOAL), actor="member/x")
    names = Names(actors={"member/x": "Dr. Example"}, goals={GOAL: "Sleep"})

    assert ("Dr. Example", "Sleep") == (row(entry, names).actor, row(entry, names).goal)
    assert ("member/x", GOAL) == (row(entry).actor, row(entry).goal)


@pytest.mark.parametrize(
    ("data", "goal"),
    [
        (GoalActivated(), GOAL),
        (StepAdded(goal=a_text(7), text="t"), a_text(7)),
        (WinNoted(text="t"), None),
        (StepReached(), a_text(8)),
    ],
)
def test_a_line_belongs_to_a_goal(data: EventData, goal: str | None) -> None:
    parents = {GOAL: a_text(8)} if isinstance(data, StepReached) else {}

    assert row(an_entry(1, data), Names(parents=parents)).goal == goal


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (GoalDrafted(title="words"), "words"),
        (GoalShared(title="words"), "words"),
        (StepAdded(goal=GOAL, text="words"), "words"),
        (CheckInRecorded(goal=GOAL, note="words"), "words"),
        (CheckInRecorded(goal=GOAL), None),
        (ReflectionWritten(text="words"), "words"),
        (ReflectionRevised(text="words"), "words"),
        (ExcerptShared(text="words"), "words"),
        (WinNoted(text="words"), "words"),
        (SetbackNoted(text="words"), "words"),
        (CommentAdded(text="words", about=GOAL), "words"),
        (GoalAssessedByMember(achievement="improving", note="words"), "words"),
        (MADE, "the wording: “words”"),
        (GoalReworded(title="words"), None),
        (CheckInCorrected(note="words"), None),
    ],
)
def test_words_stand_beside_the_sentence(data: EventData, text: str | None) -> None:
    assert row(an_entry(1, data)).text == text


def test_withdrawn_words_are_not_shown() -> None:
    entry = an_entry(1, ExcerptShared(text="words"), lane=CARE)

    assert row(entry, Names(withdrawn={GOAL})).text is None


def test_a_proposal_that_was_taken_back_says_neither_what_nor_why() -> None:
    line = row(
        an_entry(1, MADE, lane=CARE, reason=Reason(code="other", text="more words")),
        Names(withdrawn={GOAL}),
    )

    assert (None, None) == (line.text, line.reason)
    assert "words" not in line.sentence


@pytest.mark.parametrize(
    ("data", "gone"),
    [
        ((CommentAdded(text="t", about=GOAL),), False),
        ((CommentAdded(text="t", about=GOAL), CommentWithdrawn()), True),
        ((ExcerptShared(text="t"), ExcerptWithdrawn()), True),
        ((WinNoted(text="t"), WinWithdrawn(shares=(a_text(1),))), True),
        ((MADE,), False),
        ((MADE, ProposalWithdrawn()), True),
        ((MADE, ProposalWithdrawn(), ProposalDeclined()), False),
        ((GoalShared(title="t"), GoalWithdrawn(shares=(a_text(1),))), False),
    ],
)
def test_words_are_gone_once_their_writer_took_them_back(
    data: Sequence[EventData],
    gone: bool,  # noqa: FBT001
) -> None:
    entries = [an_entry(number, each, lane=CARE) for number, each in enumerate(data, start=1)]
    document = fold_subject(CARE, entries)
    assert document is not None

    assert is_withdrawn(decode_document(document)) == gone


def test_a_reason_in_own_words_is_kept_apart() -> None:
    reason = Reason(code="obstacle", text="The trains stopped.")
    line = row(an_entry(1, GoalReworded(title="t"), reason=reason))

    assert ("The trains stopped.", True) == (
        line.reason,
        line.sentence.endswith("because of an obstacle"),
    )


def test_with_its_changes_a_line_says_from_what() -> None:
    entries = [
        an_entry(1, GoalTargetSet(target=parse_target("at-least 1 per week"))),
        an_entry(2, GoalTargetAdjusted(target=parse_target("at-least 2 per week")), base=(1,)),
    ]
    changes: dict[str, list[Change]] = {}
    for change in goal_history(entries):
        changes.setdefault(change.event, []).append(change)

    assert row(entries[1], Names(changes=changes)).sentence.startswith(
        "raised the target from 1 to 2 per week"
    )
    assert row(entries[1]).sentence.startswith("set the target to at least 2 per week")


@pytest.mark.parametrize(
    ("data", "sentence", "text"),
    [
        (GoalShared(title="words", is_copy=True), "sent a goal", "words"),
        (WinNoted(text="words"), "sent a win", "words"),
        (WinWithdrawn(shares=(a_text(1),)), "took a win back", None),
        (ExcerptShared(text="words"), "sent a part of a reflection", "words"),
        (StepAdded(goal=GOAL, text="words"), "sent a step", "words"),
        (EncouragementSent(text="words", about=GOAL), "encouraged", "words"),
    ],
)
def test_in_a_supporter_s_lane_everything_was_sent(
    data: EventData, sentence: str, text: str | None
) -> None:
    line = row(an_entry(1, data, lane=CIRCLE))

    assert (sentence, text) == (line.sentence, line.text)


def test_that_a_step_was_reached_is_part_of_its_copy() -> None:
    assert timeline_row(an_entry(2, StepReached(), lane=CIRCLE), Names()) is None


def test_what_its_person_took_back_shows_no_words() -> None:
    entries = [
        an_entry(1, WinNoted(text="walked"), lane=CARE),
        an_entry(2, EntryTakenBack(events=(a_text(1),)), lane=CARE),
    ]
    document = fold_subject(CARE, entries)
    assert document is not None

    assert is_withdrawn(decode_document(document))


def test_levels_of_a_goal_are_told_with_their_words() -> None:
    levels = ("not out", "to the door", "one stop", "two stops", "to town")
    said = "-2: not out; -1: to the door; 0: one stop; +1: two stops; +2: to town"

    told = [
        words_of(ScaleSet(goal=a_text(9), levels=levels)),
        words_of(ScaleChanged(levels=levels)),
        words_of(ProposalMade(what="goal", values=ProposedValues(title="Walk"))),
    ]

    assert [said, said, "the wording: “Walk”"] == told
