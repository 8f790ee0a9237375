"""Which goal took whose place: known to the person, whoever sees the old one."""

from tests.support.person import Person
from trailmark_client.commands import goals, withdrawing
from trailmark_client.commands.sharing import share_goal
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.succession import successor_of
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import text_from_id

WHY = Reason(code="new-issue")


def replaced(person: Person, goal: bytes) -> str:
    draft = GoalDrafted(title="Swim")
    return text_from_id(
        person.write(lambda c, r: goals.replace_goal(c, r, goal, draft, r.now(), WHY)).subject
    )


def successor(person: Person, goal: bytes) -> str | None:
    return person.read(lambda c: successor_of(c, goal_at_home(c, goal)))


def test_the_successor_of_a_private_goal_is_known(person: Person) -> None:
    goal = person.goal()

    assert replaced(person, goal) == successor(person, goal)


def test_the_successor_of_a_shared_goal_is_known_here_also_when_it_came_back(
    person: Person,
) -> None:
    person.let_in()
    goal = person.goal()
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))
    new = replaced(person, goal)
    shared = successor(person, goal)

    person.write(lambda c, r: withdrawing.withdraw_goal(c, r, goal, r.now()))

    assert (new, new) == (shared, successor(person, goal))


def test_a_goal_that_is_worked_on_or_was_only_let_go_has_none(person: Person) -> None:
    person.let_in()
    goal = person.goal()
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))
    at_work = successor(person, goal)

    person.write(lambda c, r: goals.move_goal(c, r, goal, "cancelled", WHY))

    assert (None, None) == (at_work, successor(person, goal))


def test_a_private_goal_that_was_let_go_has_none(person: Person) -> None:
    goal = person.goal()
    person.write(lambda c, r: goals.move_goal(c, r, goal, "cancelled", WHY))

    assert successor(person, goal) is None
