"""What stands around a goal, in the order in which it was said."""

from tests.support.person import Person
from trailmark_client.commands import planning
from trailmark_client.commands.cards import write_card
from trailmark_client.queries.planning import around
from trailmark_shared.events.planning import ChallengeDescribed
from trailmark_shared.ids import text_from_id


def test_a_goal_alone_has_nothing_around_it(person: Person) -> None:
    found = person.read(lambda c: around(c, person.goal()))

    assert (None, [], [], {}) == (
        found.part_of,
        found.parts,
        found.challenges,
        found.looked_back,
    )


def test_both_goals_know_each_other_and_what_they_are_about(person: Person) -> None:
    whole, part = person.goal("Travel"), person.goal("Ride")
    hard = person.write(
        lambda c, r: write_card(c, r, ChallengeDescribed(text="Trains"), r.now())
    ).subject
    person.write(lambda c, r: planning.place_goal(c, r, part, whole, r.now()))
    person.write(lambda c, r: planning.address_challenge(c, r, hard, part, r.now()))

    above, below = (person.read(lambda c, g=each: around(c, g)) for each in (whole, part))

    assert ([text_from_id(part)], text_from_id(whole)) == (above.parts, below.part_of)
    assert [(text_from_id(hard), "Trains")] == [(each.id, each.words) for each in below.challenges]
    assert [] == above.challenges
