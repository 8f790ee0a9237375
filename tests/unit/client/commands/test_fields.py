"""What a setter of several fields names."""

from tests.support.person import Person
from trailmark_client.commands.fields import base_of_fields
from trailmark_shared.ids import SELF


def test_each_value_is_named_once(person: Person) -> None:
    goal = person.goal("Walk", why="it calms me")
    drafted, activated = person.entries(goal)

    named = person.write(
        lambda c, r: base_of_fields(c, r, SELF, goal, ("title", "why", "lifecycle"))
    )

    assert (drafted.id, activated.id) == named
