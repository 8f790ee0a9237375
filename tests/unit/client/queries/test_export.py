"""Everything readable in one document; what was erased is in it as a stub only."""

import msgspec

from tests.support.person import Person
from trailmark_client.commands.erasing import erase
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.export import FORMAT, Export, export
from trailmark_shared.ids import text_from_id


def exported(person: Person) -> Export:
    day, now = person.now().day, person.clock.ms
    return person.read(lambda conn: export(conn, person.app.identity, day, now))


def test_goals_grants_timeline_and_events_are_in_it(person: Person) -> None:
    person.let_in()
    goal = person.goal("Walk")

    found = exported(person)

    assert (FORMAT, person.clock.ms, text_from_id(person.app.identity.space)) == (
        found.format,
        found.made_at,
        found.space,
    )
    assert [text_from_id(goal)] == [each.goal.id for each in found.goals]
    assert ["Dr Demo"] == [each.name for each in found.sharing]
    assert 3 == len(found.events) == len(found.timeline)


def test_erased_words_are_not_in_it(person: Person) -> None:
    goal = text_from_id(person.goal("thistlevane"))
    person.write(lambda c, r: erase(c, r, what_goes(c, goal), r.now()))

    found = exported(person)

    assert [] == found.goals
    assert [True, True, False] == [each.erased for each in found.events]
    assert b"thistlevane" not in msgspec.json.encode(found)
