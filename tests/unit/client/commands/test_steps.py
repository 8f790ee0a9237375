"""Steps are added under a goal and reached where they are at home."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import sharing, steps
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.steps import StepAdded, StepDropped
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
YESTERDAY = When("2025-10-08T18:00:00+02:00", "Europe/Berlin", "2025-10-08")


def add(person: Person, goal: bytes, *, private: bool = False) -> Written:
    step = StepAdded(goal=text_from_id(goal), text="buy shoes", due="2025-11-01")
    return person.write(lambda c, r: steps.add_step(c, r, step, r.now(), Choice(private=private)))


def shared_goal(person: Person) -> bytes:
    goal = person.goal()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    return goal


def test_a_step_of_a_private_goal_is_private(person: Person) -> None:
    added = add(person, person.goal())

    assert (added.kind, added.lane, added.seen_by) == ("step", SELF, ())
    assert person.types(added.subject) == ["step_added"]


def test_a_step_of_a_shared_goal_goes_with_it(person: Person) -> None:
    person.let_in()
    goal = shared_goal(person)

    assert (add(person, goal).lane, add(person, goal).seen_by) == (CARE, ("Dr Demo",))
    assert add(person, goal, private=True).lane == SELF


def test_a_step_is_reached_where_it_is_at_home(person: Person) -> None:
    person.let_in()
    goal = shared_goal(person)
    shared, private = add(person, goal), add(person, goal, private=True)

    there = person.write(lambda c, r: steps.reach_step(c, r, shared.subject, YESTERDAY))
    here = person.write(lambda c, r: steps.reach_step(c, r, private.subject, YESTERDAY))

    assert (there.lane, there.seen_by) == (CARE, ("Dr Demo",))
    assert (here.lane, here.seen_by) == (SELF, ())
    [added, reached] = person.entries(shared.subject, CARE)
    assert reached.body.base == (added.id,)
    assert reached.body.day == "2025-10-08"


def test_a_step_is_reached_once(person: Person) -> None:
    step = add(person, person.goal()).subject
    person.write(lambda c, r: steps.reach_step(c, r, step, YESTERDAY))

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: steps.reach_step(c, r, step, YESTERDAY))

    assert refused.value.code == ErrorCode.NOTHING_CHANGED


def test_what_is_left_of_a_step_is_private(person: Person) -> None:
    """Its first event was refused, so nothing says which goal it belongs to."""
    lost = bytes(15) + b"\x01"
    person.write(lambda c, r: r.record(c, SELF, lost, StepDropped(), reason=Reason(code="other")))

    reached = person.write(lambda c, r: steps.reach_step(c, r, lost, YESTERDAY))

    assert (reached.lane, reached.seen_by) == (SELF, ())


def test_an_unknown_step_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: steps.reach_step(c, r, bytes(16), YESTERDAY))

    assert refused.value.code == ErrorCode.NOT_FOUND
