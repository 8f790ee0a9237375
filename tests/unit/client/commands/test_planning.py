"""Links around goals: what survives two devices, and what is refused."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import planning
from trailmark_client.commands.cards import write_card
from trailmark_client.queries.planning import around, wholes_by_part
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.planning import GoalLookedBackOn, GoalPlaced
from trailmark_shared.ids import text_from_id


def test_a_goal_that_is_not_here_is_linked_with_nothing(person: Person) -> None:
    goal = person.goal()

    for pair in ((goal, bytes(16)), (bytes(16), goal)):
        with pytest.raises(DomainError) as refused:
            person.write(lambda c, r, pair=pair: planning.place_goal(c, r, *pair, r.now()))
        assert refused.value.code == ErrorCode.NOT_FOUND


def test_a_ring_that_two_devices_made_apart_ends(person: Person) -> None:
    one, two, three = person.goal("one"), person.goal("two"), person.goal("three")
    for part, whole in ((one, two), (two, one)):
        data = GoalPlaced(goal=text_from_id(part), whole=text_from_id(whole))
        person.write(lambda c, r, data=data: write_card(c, r, data, r.now()))

    person.write(lambda c, r: planning.place_goal(c, r, three, one, r.now()))

    assert text_from_id(one) == person.read(wholes_by_part)[text_from_id(three)]


def test_of_two_looks_back_that_were_written_apart_the_later_one_is_shown(person: Person) -> None:
    goal = person.goal()
    for words in ("first", "second"):
        data = GoalLookedBackOn(goal=text_from_id(goal), text=words)
        person.write(lambda c, r, data=data: write_card(c, r, data, r.now()))

    found = person.read(lambda c: around(c, goal)).looked_back

    assert found["text"] in {"first", "second"}
    assert found == person.read(lambda c: around(c, goal)).looked_back
