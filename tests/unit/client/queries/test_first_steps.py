"""Five first steps, read from what is there."""

from tests.support.person import Person
from trailmark_client.queries.first_steps import first_steps


def test_a_goal_is_the_first(person: Person) -> None:
    before = person.read(first_steps)
    person.goal()

    assert [False] * 5 == [each.taken for each in before]
    assert ["goal"] == [each.name for each in person.read(first_steps) if each.taken]
