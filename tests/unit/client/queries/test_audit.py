"""What is part of an audit: what hangs under a goal, and what was erased under its id."""

import pytest

from tests.support.full_person import CARE, write_everything
from tests.support.person import Person
from trailmark_client.commands.erasing import erase
from trailmark_client.queries.audit import Asked, audit_goal, find_goal, lanes_of_goal
from trailmark_client.queries.erasing import what_goes
from trailmark_shared.errors import DomainError
from trailmark_shared.ids import id_from_text


def test_everything_under_a_goal_is_part_of_its_audit(person: Person) -> None:
    goal = id_from_text(write_everything(person, "words").shared)

    audit = person.read(lambda conn: audit_goal(conn, goal, Asked(at=person.clock.ms)))

    kinds = {each.kind for each in audit.events}
    assert {"goal", "step", "check_in", "win", "proposal"} <= kinds
    assert "reflection" not in kinds
    assert audit.events == sorted(audit.events, key=lambda each: (each.effective_at, each.lane))


def test_an_erased_goal_is_found_by_the_id_that_it_had(person: Person) -> None:
    things = write_everything(person, "words")
    goal = id_from_text(things.shared)
    person.write(lambda c, r: erase(c, r, what_goes(c, things.shared), r.now(), None))

    found = person.read(lambda conn: find_goal(conn, things.shared))
    lanes = person.read(lambda conn: lanes_of_goal(conn, goal))
    with pytest.raises(DomainError):
        person.read(lambda conn: find_goal(conn, "zzzzzz"))

    assert goal == found
    assert CARE in lanes
