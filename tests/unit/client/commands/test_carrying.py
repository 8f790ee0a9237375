"""Steps and check-ins follow their goal as they read now, each with the time of its own."""

from tests.support.person import Person
from trailmark_client.commands import check_ins, sharing, steps
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_shared.events.body import Reason
from trailmark_shared.events.check_ins import CheckInCorrected
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.events.steps import (
    StepAdded,
    StepDropped,
    StepReached,
    StepRescheduled,
    StepReworded,
    StepUnreached,
)
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
LAST_WEEK = When("2025-10-02T18:00:00+02:00", "Europe/Berlin", "2025-10-02")
THIS_WEEK = When("2025-10-08T18:00:00+02:00", "Europe/Berlin", "2025-10-08")


def add(person: Person, goal: bytes, text: str, due: str | None = None) -> bytes:
    step = StepAdded(goal=text_from_id(goal), text=text, due=due)
    return person.write(lambda c, r: steps.add_step(c, r, step, LAST_WEEK)).subject


def check_in(person: Person, goal: bytes, tenths: int) -> bytes:
    said = check_ins.CheckIn(value_tenths=tenths, note="so so")
    return person.write(lambda c, r: check_ins.check_in(c, r, goal, said, LAST_WEEK)).subject


def share(person: Person, goal: bytes, since: int | None = None) -> None:
    person.write(
        lambda c, r: sharing.share_goal(c, r, goal, r.now(), sharing.Sharing(check_ins_since=since))
    )


def withdraw(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))


def view(person: Person, goal: bytes) -> GoalView:
    return person.read(lambda conn: show_goal(conn, goal, "2025-10-09"))


def test_steps_follow_with_their_own_time_and_status(person: Person) -> None:
    goal = person.goal()
    opened, reached = add(person, goal, "buy shoes", "2025-11-01"), add(person, goal, "find a path")
    person.write(lambda c, r: steps.reach_step(c, r, reached, THIS_WEEK))
    dropped = add(person, goal, "join a club")
    reason = Reason(code="no-longer-fits")
    person.write(lambda c, r: r.record(c, SELF, dropped, StepDropped(), reason=reason))
    person.let_in()

    share(person, goal)

    lines = {each.text: (each.status, each.due, each.lane) for each in view(person, goal).steps}
    assert lines == {
        "buy shoes": ("open", "2025-11-01", CARE),
        "find a path": ("reached", None, CARE),
        "join a club": ("dropped", None, CARE),
    }
    [added, then] = person.entries(reached, CARE)
    assert (added.body.occurred_at, then.body.occurred_at) == (
        LAST_WEEK.occurred_at,
        THIS_WEEK.occurred_at,
    )
    assert person.types(opened, CARE) == ["step_added"]
    assert person.entries(dropped, CARE)[-1].body.reason == reason


def test_earlier_check_ins_stay_private_unless_asked_for(person: Person) -> None:
    goal = person.goal()
    early = check_in(person, goal, 30)
    person.let_in()

    share(person, goal)
    assert person.entries(early, CARE) == []

    withdraw(person, goal)
    share(person, goal, since=0)
    [entry] = person.entries(early, CARE)
    assert entry.body.occurred_at == LAST_WEEK.occurred_at
    assert [each.lane for each in view(person, goal).check_ins] == [CARE]


def test_what_was_written_as_private_never_follows(person: Person) -> None:
    goal = person.goal()
    step = StepAdded(goal=text_from_id(goal), text="tell nobody")
    kept = person.write(
        lambda c, r: steps.add_step(c, r, step, LAST_WEEK, Choice(private=True))
    ).subject
    said = check_ins.CheckIn(value_tenths=30, note="not for others", choice=Choice(private=True))
    early = person.write(lambda c, r: check_ins.check_in(c, r, goal, said, LAST_WEEK)).subject
    person.let_in()

    share(person, goal, since=0)

    assert [] == person.entries(kept, CARE) == person.entries(early, CARE)
    assert [SELF] == [each.lane for each in view(person, goal).steps]


def test_nothing_follows_that_was_not_agreed_to(person: Person) -> None:
    goal = person.goal()
    step, early = add(person, goal, "buy shoes"), check_in(person, goal, 30)
    person.let_in(["goals"])

    share(person, goal, since=0)

    assert person.entries(step, CARE) == person.entries(early, CARE) == []
    assert [each.lane for each in view(person, goal).steps] == [SELF]


def test_earlier_wordings_stay_behind(person: Person) -> None:
    goal = person.goal()
    early = check_in(person, goal, 30)
    corrected = CheckInCorrected(value_tenths=50, note=None)
    base = (person.entries(early)[0].id,)
    why = Reason(code="correction")
    person.write(lambda c, r: r.record(c, SELF, early, corrected, reason=why, base=base))
    person.let_in()

    share(person, goal, since=0)

    [entry] = person.entries(early, CARE)
    assert (entry.body.type, entry.body.data.value_tenths) == ("check_in_recorded", 50)  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]


def test_words_of_why_something_changed_stay_where_they_were_said(person: Person) -> None:
    goal = person.goal()
    dropped, early = add(person, goal, "join a club"), check_in(person, goal, 30)
    moved = add(person, goal, "buy shoes", "2025-11-01")
    person.let_in()
    share(person, goal, since=0)
    withdraw(person, goal)
    why = Reason(code="correction", text="for me alone")
    rest = Reason(code="no-longer-fits", text="for me alone")
    person.write(lambda c, r: steps.change_step(c, r, dropped, StepDropped(), THIS_WEEK, rest))
    later = StepRescheduled(due="2025-12-01")
    person.write(lambda c, r: steps.change_step(c, r, moved, later, THIS_WEEK, why))
    corrected = CheckInCorrected(value_tenths=50, note=None)
    base = (person.entries(early)[0].id,)
    person.write(lambda c, r: r.record(c, SELF, early, corrected, reason=why, base=base))

    share(person, goal, since=0)

    said = [person.entries(each, CARE)[-1].body.reason for each in (dropped, moved, early)]
    assert said == [Reason(code="no-longer-fits"), *[Reason(code="correction")] * 2]
    there = Reason(code="circumstances-changed", text="as we said")
    again = StepRescheduled(due="2026-01-01")
    person.write(lambda c, r: steps.change_step(c, r, moved, again, THIS_WEEK, there))
    withdraw(person, goal)
    assert there == person.entries(moved, SELF)[-1].body.reason


def test_what_was_written_there_comes_home(person: Person) -> None:
    goal = person.goal()
    step = add(person, goal, "buy shoes", "2025-11-01")
    early = check_in(person, goal, 30)
    person.let_in()
    share(person, goal, since=0)
    there = check_in(person, goal, 70)
    base = (person.entries(step, CARE)[0].id,)
    later = StepRescheduled(due="2025-12-01")
    person.write(lambda c, r: r.record(c, CARE, step, later, base=base))
    person.write(lambda c, r: steps.reach_step(c, r, step, THIS_WEEK))
    amended = CheckInCorrected(value_tenths=40, note="better")
    base = (person.entries(early, CARE)[0].id,)
    why = Reason(code="correction")
    person.write(lambda c, r: r.record(c, CARE, early, amended, reason=why, base=base))

    withdraw(person, goal)

    found = view(person, goal)
    assert [(each.status, each.due, each.lane) for each in found.steps] == [
        ("reached", "2025-12-01", SELF)
    ]
    assert {(each.value, each.lane) for each in found.check_ins} == {(4, SELF), (7, SELF)}
    assert person.types(there) == ["check_in_recorded"]
    assert person.types(step) == ["step_added", "step_rescheduled", "step_reached"]


def test_a_step_reads_the_same_wherever_its_goal_goes(person: Person) -> None:
    """Its words, and that it is open again, go along each time, as its day and the rest do."""
    goal = person.goal()
    step = add(person, goal, "buy shoes")
    person.let_in()
    why = Reason(code="correction", text="a word of mine")

    def change(data: EventData) -> None:
        reason = why if type_of(data).reason_required else None
        person.write(lambda c, r: steps.change_step(c, r, step, data, THIS_WEEK, reason))

    def shown() -> tuple[str, str, str]:
        [line] = view(person, goal).steps
        return line.text, line.status, line.lane

    share(person, goal)
    change(StepReworded(text="buy boots"))
    change(StepDropped())
    withdraw(person, goal)
    assert ("buy boots", "dropped", SELF) == shown()
    change(StepReworded(text="buy sandals"))
    change(StepUnreached())
    share(person, goal)
    assert ("buy sandals", "open", CARE) == shown()
    assert [
        None if each.body.reason is None else each.body.reason.text
        for each in person.entries(step, CARE)[-2:]
    ] == [None, None]
    withdraw(person, goal)
    assert ("buy sandals", "open", SELF) == shown()


def test_a_child_whose_beginning_is_not_here_is_left_alone(person: Person) -> None:
    """Its first event was refused or erased: there is nothing to write it again from."""
    goal = person.goal()
    person.let_in()
    lost = bytes(15) + b"\x01"
    person.write(lambda c, r: r.record(c, SELF, lost, StepReached()))

    share(person, goal, since=0)

    assert person.entries(lost, CARE) == []
