"""A goal's document and history in words."""

from tests.support.entries import an_entry
from tests.support.languages import language_of
from trailmark_server.pages.goal_view import (
    field_label,
    field_value,
    fields_of_goal,
    history_rows,
    notice_of_goal,
    steps_of_goal,
)
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.coping import BarrierResolved
from trailmark_shared.events.goals import (
    GoalActivated,
    GoalEnteredInError,
    GoalPutOnHold,
    GoalRescheduled,
    GoalResumed,
    GoalShared,
    GoalTargetAdjusted,
    GoalWithdrawn,
)
from trailmark_shared.events.steps import StepAdded, StepDropped, StepReached, StepReworded
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import goal_history
from trailmark_shared.projections.step import fold_step
from trailmark_shared.words import speaking

ACTORS = {"person": "Mira"}
SHARED = an_entry(
    1,
    GoalShared(
        title="Paint",
        why="joy",
        lifecycle="active",
        target=parse_target("at-least 1 hour per week"),
        baseline_tenths=25,
    ),
)


def test_conflict_shows_all_values_with_their_writers() -> None:
    two, three = (
        an_entry(number, GoalRescheduled(due=due), base=[1], device=device)
        for number, due, device in ((2, "2027-01-01", 200), (3, None, 201))
    )

    (field,) = [
        each for each in fields_of_goal(fold_goal([SHARED, two, three]), ACTORS) if each.conflict
    ]

    assert {"1 Jan 2027", "nothing"} == {value.words for value in field.values}
    assert all(value.by.startswith("Mira, 21 Sep 2026") for value in field.values)


def test_notices() -> None:
    shares = (text_from_id(SHARED.id),)
    withdrawn = an_entry(2, GoalWithdrawn(shares=shares))
    mistaken = an_entry(2, GoalEnteredInError(), base=[1])
    copy = an_entry(1, GoalShared(title="Paint", is_copy=True))

    assert notice_of_goal(fold_goal([SHARED]), "Mira") is None
    assert "Mira stopped sharing this goal on 21 Sep 2026." in str(
        notice_of_goal(fold_goal([SHARED, withdrawn]), "Mira")
    )
    assert "Mira marked this goal as entered by mistake." == notice_of_goal(
        fold_goal([SHARED, mistaken]), "Mira"
    )
    assert "This is a copy" in str(notice_of_goal(fold_goal([copy]), "Mira"))


def test_steps_stand_in_the_persons_order_and_those_let_go_last() -> None:
    goal = text_from_id(SHARED.body.subject)

    def added(number: int, text: str, order: str, due: str | None = None) -> Entry:
        data = StepAdded(goal=goal, text=text, order=order, due=due)
        return an_entry(number, data, subject=number)

    steps = {
        "reached": [added(1, "First", "b"), an_entry(2, StepReached(), subject=1, base=[1])],
        "open": [added(3, "Second", "c", "2026-12-01")],
        "plain": [added(4, "Third", "d")],
        "dropped": [added(5, "Last", "a"), an_entry(6, StepDropped(), subject=5, base=[5])],
        "wordless": [an_entry(7, StepReached(), subject=9)],
        "reworded": [an_entry(8, StepReworded(text="Words only"), subject=8)],
    }

    shown = steps_of_goal((name, fold_step(entries)) for name, entries in steps.items())

    assert [
        ("Words only", None),
        ("First", "Reached on 21 Sep 2026"),
        ("Second", "Hoped for by 1 Dec 2026"),
        ("Third", None),
        ("Last", "Let go"),
    ] == [(step.text, step.state) for step in shown]


def test_history_says_who_from_to_when_and_why_newest_first() -> None:
    adjusted = an_entry(
        2,
        GoalTargetAdjusted(target=parse_target("at-least 2 hours per week")),
        base=[1],
        reason=Reason(code="too-easy", text="It happens by itself."),
        delay=3 * 24 * 3600,
    )

    newest, oldest = history_rows(goal_history([SHARED, adjusted]), ACTORS)

    assert ("Mira", "", "recorded 3 days before it synced") == (
        newest.who,
        newest.sentence,
        newest.late,
    )
    assert "Because it had become easy. It happens by itself." == newest.why
    (change,) = newest.changes
    assert ("at least 1 hour per week", "at least 2 hours per week") == (
        change.before,
        change.after,
    )
    assert newest.recorded.endswith("(amendment)")
    assert ("Shared the goal", ()) == (oldest.sentence, tuple(oldest.changes))


def test_history_stands_by_when_it_was_written_however_it_arrived() -> None:
    first, offline, last = (
        an_entry(number, GoalRescheduled(due=f"2027-01-0{at}"), base=[1], at=at, delay=delay)
        for number, at, delay in ((2, 3, 1), (4, 4, 3600), (3, 5, 1))
    )

    rows = history_rows(goal_history([SHARED, first, last, offline]), ACTORS)

    shown = [change.after for row in rows for change in row.changes]
    assert ["5 Jan 2027", "4 Jan 2027", "3 Jan 2027"] == shown


def test_history_says_the_status_of_something_that_is_no_step() -> None:
    """Another program wrote it under the goal's id."""
    changes = goal_history([SHARED, an_entry(2, BarrierResolved())])

    assert "resolved" in str(history_rows(changes, ACTORS))


def test_history_keeps_the_sentence_where_it_says_more_than_from_and_to() -> None:
    begun = an_entry(
        3, GoalPutOnHold(), base=[1], reason=Reason(code="other", text="Too much at once.")
    )

    newest, _ = history_rows(goal_history([SHARED, begun]), ACTORS)

    assert "Too much at once." == newest.why


def test_history_says_a_reason_once_wherever_a_language_puts_it() -> None:
    begun = an_entry(3, GoalResumed(), base=[1], reason=Reason(code="too-easy"))
    texts = {"{what_happened}, {why}": "{why}: {what_happened}!"}

    with speaking(language_of(texts)):
        newest, _ = history_rows(goal_history([SHARED, begun]), ACTORS)

    assert ("Took the goal up again", "Because it had become easy") == (newest.sentence, newest.why)


def test_history_says_nothing_in_the_language_of_the_reader() -> None:
    undated = [
        an_entry(2, GoalRescheduled(due="2026-03-01"), base=[1], reason=Reason(code="other")),
        an_entry(3, GoalRescheduled(due=None), base=[2], reason=Reason(code="other")),
    ]

    with speaking(language_of({"nothing": "rien"})):
        newest, *_ = history_rows(goal_history([SHARED, *undated]), ACTORS)

    assert ["rien"] == [each.after for each in newest.changes]


def test_history_names_concurrent_changes_and_wrong_clocks() -> None:
    apart = [
        an_entry(number, GoalRescheduled(due=f"2027-01-0{number}"), base=[1], device=200 + number)
        for number in (2, 3)
    ]
    wrong = an_entry(4, GoalActivated(), base=[1], offset=3_600_000)

    rows = history_rows(goal_history([SHARED, *apart, wrong]), ACTORS)

    assert [None, "written while apart from another change"] == [
        rows[0].concurrent,
        rows[1].concurrent,
    ]
    assert "the device's clock was wrong" in rows[0].recorded


def test_unconfirmed_change_did_not_reach_the_server() -> None:
    waiting = an_entry(2, GoalActivated(), base=[1], confirmed=False)

    newest, _ = history_rows(goal_history([SHARED, waiting]), ACTORS)

    assert ("", None) == (newest.received, newest.late)


def test_every_field_has_a_name_that_people_know() -> None:
    shared = fold_goal((an_entry(1, GoalShared(title="Paint", limits="One free evening")),))
    shown = {each.label: each.words for each in fields_of_goal(shared, ACTORS)}

    assert "One free evening" == shown["What limits it"]
    assert ("In its place now", "another goal") == (
        field_label("replaced_by"),
        field_value("replaced_by", text_from_id(bytes(16))),
    )
    assert ("Their answer", "Declined") == (
        field_label("answer"),
        field_value("answer", "declined"),
    )
    assert ("How much it means", "Made up later") == (
        field_label("importance"),
        field_label("made_up_later"),
    )
