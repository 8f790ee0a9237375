"""Events as lines of the timeline."""

from collections.abc import Sequence
from typing import Unpack

import pytest
from msgspec.structs import replace

from tests.support.entries import EntryOptions, a_text, an_entry
from trailmark_server.members.marks import PLAIN_MARK, mark_of_place
from trailmark_server.members.surroundings import Surroundings
from trailmark_server.pages.timeline_rows import (
    comments_of,
    days_from_rows,
    row_from_entry,
)
from trailmark_server.pages.views import EntryRow
from trailmark_shared.events.body import Reason
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.control import StatementMade, SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalPutOnHold, GoalShared
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.proposals import ProposalMade, ProposedValues
from trailmark_shared.events.sharing import ExcerptShared, ExcerptWithdrawn
from trailmark_shared.projections.comment import fold_comment
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.excerpt import fold_excerpt
from trailmark_shared.projections.timeline import is_withdrawn

GOAL = a_text(100)


PROPOSED = ProposalMade(what="goal_change", goal=GOAL, values=ProposedValues(due="2026-12-24"))
KNOWN = Surroundings(
    space=a_text(1),
    actors={"person": "Mira", f"member/{a_text(2)}": "You"},
    goals={GOAL: "Paint"},
    marks={GOAL: mark_of_place(0)},
    parents={},
    comments={},
    changes={},
    excerpts={},
    withdrawn=frozenset(),
    taken_back={},
    new_id=lambda: a_text(9),
)


def with_excerpt(entries: Sequence[Entry]) -> Surroundings:
    excerpt = fold_excerpt(entries)
    gone = {a_text(7)} if is_withdrawn(excerpt) else set[str]()
    return replace(KNOWN, excerpts={a_text(7): excerpt}, withdrawn=gone)


def line(data: EventData, known: Surroundings = KNOWN, **options: Unpack[EntryOptions]) -> EntryRow:
    row = row_from_entry(an_entry(1, data, **options), known)
    assert row is not None
    return row


def test_row_names_who_what_when_and_its_goal() -> None:
    row = line(CheckInRecorded(goal=GOAL, value_tenths=70, note="well"), subject=7)

    assert ("Mira", "checked in: 7 of 10", "well") == (row.who, row.sentence, row.words)
    assert ("2026-09-21", "16:13") == (row.day, row.time)
    assert row.goal is not None
    assert (mark_of_place(0), "Paint") == (row.mark, row.goal.title)


def test_row_without_a_goal_has_the_plain_mark() -> None:
    row = line(WinNoted(text="a"), subject=7)

    assert (PLAIN_MARK, None) == (row.mark, row.goal)


def test_shared_goal_quotes_why_for_its_title_stands_beside_the_mark() -> None:
    assert "joy" == line(GoalShared(title="Paint", why="joy")).words


def test_reason_in_own_words_is_shown_and_so_is_what_helped() -> None:
    paused = line(GoalPutOnHold(), reason=Reason(code="other", text="too much"))
    setback = line(SetbackNoted(text="hard", helped="sleep"), subject=7)

    assert ("too much", "What helped: sleep") == (paused.why, setback.why)


def test_late_arrival_has_its_badge() -> None:
    late = line(WinNoted(text="a"), subject=7, delay=3 * 24 * 3600)

    assert "recorded 3 days before it synced" == late.late
    assert line(WinNoted(text="a"), subject=7).late is None
    assert line(WinNoted(text="a"), subject=7, confirmed=False).late is None


@pytest.mark.parametrize(
    "data",
    [StatementMade(statement=b"a"), CommentAdded(text="a", about=GOAL)],
    ids=["control", "comment"],
)
def test_control_and_comments_have_no_line_of_their_own(data: EventData) -> None:
    assert row_from_entry(an_entry(1, data, subject=7), KNOWN) is None


def test_a_tombstone_says_that_something_was_erased_and_takes_no_comment() -> None:
    tombstone = line(SubjectErased(events=()), subject=7)

    assert ("erased an entry for good", None, None) == (
        tombstone.sentence,
        tombstone.words,
        tombstone.comment,
    )


def test_what_was_taken_back_keeps_its_words_and_is_not_answered() -> None:
    win = WinNoted(text="Walked home")
    gone = replace(KNOWN, taken_back={a_text(1): 1_790_000_000_000})

    told, taken_back = line(win), line(win, gone)

    assert told.note is None
    assert told.comment is not None
    assert ("Walked home", "taken back on 21 Sep 2026", None) == (
        taken_back.words,
        taken_back.note,
        taken_back.comment,
    )


def test_withdrawn_excerpt_keeps_its_line_and_loses_its_words() -> None:
    entries = [
        an_entry(1, ExcerptShared(text="secret"), subject=7),
        an_entry(2, ExcerptWithdrawn(), subject=7),
    ]

    shared, withdrawn = (row_from_entry(each, with_excerpt(entries)) for each in entries)

    assert shared is not None
    assert withdrawn is not None
    assert (None, "withdrawn on 21 Sep 2026") == (shared.words, shared.note)
    assert (None, None) == (withdrawn.words, withdrawn.note)


def test_proposal_says_what_and_why_and_can_be_answered_by_a_comment() -> None:
    reason = Reason(code="other", text="Because.")
    row = line(PROPOSED, subject=7, reason=reason)

    assert ("the date: 24 Dec 2026", "Because.") == (row.words, row.why)
    assert row.goal is not None
    assert "Paint" == row.goal.title
    assert row.comment is not None


def test_withdrawn_proposal_keeps_its_line_and_loses_its_words() -> None:
    known = replace(KNOWN, withdrawn={a_text(7)})
    row = line(PROPOSED, known, subject=7, reason=Reason(code="other", text="Because."))

    assert (None, None) == (row.words, row.why)


def test_shared_excerpt_is_quoted() -> None:
    entry = an_entry(1, ExcerptShared(text="words"), subject=7)

    row = row_from_entry(entry, with_excerpt([entry]))

    assert row is not None
    assert ("words", None) == (row.words, row.note)


def test_comments_stand_oldest_first_in_the_time_of_what_they_answer() -> None:
    data = CommentAdded(text="a", about=GOAL)
    later = fold_comment([an_entry(9, data, subject=4)])
    earlier = fold_comment([an_entry(2, data, subject=3, actor=f"member/{a_text(2)}")])
    known = replace(KNOWN, comments={a_text(1): [(a_text(4), later), (a_text(3), earlier)]})

    found = comments_of(a_text(1), known, "2026-09-21T16:13:20+02:00")

    assert ["You", "Mira"] == [each.author for each in found]
    assert "21 Sep 2026, 16:13" == found[0].when


def test_comment_form_names_what_it_answers() -> None:
    form = line(WinNoted(text="a"), subject=7).comment

    assert form is not None
    assert (a_text(9), a_text(7), a_text(1)) == (form.id, form.about, form.cause)


def test_rows_are_grouped_by_day_newest_first() -> None:
    rows = [
        line(WinNoted(text="a"), subject=7, occurred_at=at)
        for at in (
            "2026-09-20T10:00:00+02:00",
            "2026-09-21T09:00:00+02:00",
            "2026-09-21T21:00:00+02:00",
            "1969-12-31T21:00:00+00:00",
        )
    ]

    days = days_from_rows(rows)

    assert ["2026-09-21", "2026-09-20", "1969-12-31"] == [day.date for day in days]
    assert ["21:00", "09:00"] == [row.time for row in days[0].rows]
