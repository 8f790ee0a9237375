"""A way, told from what was written."""

from tests.support.person import Person
from trailmark_client.commands import goals
from trailmark_client.queries.journey import journey
from trailmark_shared.events.body import Reason

DAY = "2025-10-09"


def test_the_first_words_of_a_goal_are_kept(person: Person) -> None:
    goal = person.goal("Ride five stops")
    words, why = goals.Words(title="Ride two stops"), Reason(code="too-ambitious")
    person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

    told = person.read(lambda c: journey(c, DAY))

    assert [("Ride two stops", "Ride five stops")] == [
        (each.title, each.first_words) for each in told.goals
    ]
    assert (DAY, DAY) == (told.first_day, told.last_day)


def test_nothing_written_is_no_way_yet(person: Person) -> None:
    told = person.read(lambda c: journey(c, DAY))

    assert (None, None, [], []) == (told.first_day, told.last_day, told.goals, told.wins)
