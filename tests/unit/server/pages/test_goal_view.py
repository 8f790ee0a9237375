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
    GoalPutOnHold,
    GoalRescheduled,
    GoalResumed,
    GoalShared,
    GoalTargetAdjusted,
    GoalWithdrawn,
)
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import text_from_id
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


def test_moments_are_told_as_the_members_page_tells_them() -> None:
    two, three = (
        an_entry(number, GoalRescheduled(due=due), base=[1], device=device)
        for number, due, device in ((2, "2027-01-01", 200), (3, None, 201))
    )
    withdrawn = an_entry(2, GoalWithdrawn(shares=(text_from_id(SHARED.id),)))

    (field,) = [
        each for each in fields_of_goal(fold_goal([SHARED, two, three]), ACTORS) if each.conflict
    ]

    assert {"Mira, 21 Sep 2026, 14:13 UTC"} == {value.by for value in field.values}
    notice = notice_of_goal(fold_goal([SHARED, withdrawn]), "Mira", lambda _: "2026-09-22")
    assert "Mira stopped sharing this goal on 22 Sep 2026." in str(notice)


def test_a_change_can_be_proposed_at_each_step_where_one_can_be_at_all() -> None:
    added = an_entry(1, StepAdded(goal=text_from_id(SHARED.body.subject), text="First", order="b"))
    documents = [("01", fold_step([added]))]

    (plain,), (proposable,) = steps_of_goal(documents), steps_of_goal(documents, "/propose?goal=g")

    assert ("First", "") == (plain.text, plain.propose_url)
    assert "/propose?goal=g&step=01" == proposable.propose_url


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
