"""Words that go to others name only what those know."""

from tests.support.person import Person
from trailmark_client.commands import sharing
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.shown import known_there, place_told, places_told
from trailmark_shared.events.joint import InterventionPlanned
from trailmark_shared.ids import care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def test_only_goals_that_are_shown_there_are_named(person: Person) -> None:
    person.let_in()
    shown, private, back = person.goal("a"), person.goal("b"), person.goal("c")
    for goal in (shown, back):
        person.write(lambda c, r, g=goal: sharing.share_goal(c, r, g, r.now()))
    person.write(lambda c, r: withdraw_goal(c, r, back, r.now()))
    said = InterventionPlanned(text="x", goals=tuple(map(text_from_id, (shown, private, back))))

    told = person.read(lambda c: known_there(c, CARE, said))

    assert (text_from_id(shown),) == told.goals


def test_words_without_links_stay(person: Person) -> None:
    said = InterventionPlanned(text="x")

    assert said == person.read(lambda c: known_there(c, CARE, said))


def test_a_place_is_told_up_to_the_number_of_goals_that_are_seen(person: Person) -> None:
    person.let_in()
    shown, other = person.goal("a"), person.goal("b")
    person.write(lambda c, r: sharing.share_goal(c, r, shown, r.now()))

    told = [person.read(lambda c, at=at: place_told(c, CARE, other, at)) for at in (None, 1, 2, 3)]

    assert [None, 1, 2, None] == told
    assert 1 == person.read(lambda c: places_told(c, CARE, shown))
