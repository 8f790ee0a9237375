"""Open wishes, in the order in which their subjects began."""

from tests.support.person import Person
from trailmark_client.commands.reflections import reflect, share_excerpt
from trailmark_client.commands.sharing import share_goal
from trailmark_client.queries.wishes import open_wishes
from trailmark_shared.events.reflections import ReflectionWritten


def test_wishes_of_goals_and_excerpts_are_listed(person: Person) -> None:
    goal, _other = person.goal(), person.goal()
    text = ReflectionWritten(text="so it was")
    reflection = person.write(lambda c, r: reflect(c, r, text, r.now())).subject
    excerpt = person.write(lambda c, r: share_excerpt(c, r, reflection, "was", r.now()))
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))

    found = person.read(open_wishes)

    assert [(each.subject, each.wished.what) for each in found] == [
        (goal, "goal"),
        (excerpt.subject, "excerpt"),
    ]
    assert {each.device for each in found} == {person.app.identity.device}
    assert found[1].event == excerpt.events[0]


def test_without_wishes_there_are_none(person: Person) -> None:
    person.goal()

    assert person.read(open_wishes) == []
