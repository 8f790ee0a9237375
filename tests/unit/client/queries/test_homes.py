"""A goal is at home in one lane; what hangs under it lives beside it or in ``self``."""

import pytest

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.goals import list_goals
from trailmark_client.queries.history import Moment, history_of_goal
from trailmark_client.queries.homes import goal_at_home, goals_at_home, lane_of_child
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.storage.read_models import refold_all
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def test_a_private_goal_is_at_home_in_self(person: Person) -> None:
    goal = person.goal("Walk")

    found = person.read(lambda conn: goal_at_home(conn, goal))

    assert (found.id, found.lane, found.document.title.value) == (goal, SELF, "Walk")


def test_a_shared_goal_is_at_home_where_it_is_shared(person: Person) -> None:
    goal = person.goal("Walk")
    person.let_in()
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))

    found = person.read(lambda conn: goal_at_home(conn, goal))

    assert found.lane == CARE
    assert set(found.copies) == {SELF, CARE}


def test_goals_come_in_the_order_of_writing(person: Person) -> None:
    goals = [person.goal(str(number)) for number in range(4)]

    assert [each.id for each in person.read(goals_at_home)] == goals


def test_a_goal_taken_back_elsewhere_keeps_nothing_from_being_shown(person: Person) -> None:
    """Another device holds it in a ``self`` that it keeps for itself; here is a frozen copy."""
    goal, other = person.goal("Walk"), person.goal("Swim")
    person.let_in()
    for each in (goal, other):
        person.write(lambda c, r, each=each: share_goal(c, r, each, r.now()))
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))

    def forget(conn: Connection) -> None:
        conn.execute("DELETE FROM event WHERE lane = ?", (SELF,))
        refold_all(conn, person.app.vault.opener())

    person.app.file.write(forget)

    assert [each.id for each in person.read(lambda conn: list_goals(conn, "2026-01-01"))] == [
        text_from_id(other)
    ]
    assert {each.goal for each in person.read(lambda conn: timeline(conn, Window()))} >= {
        "Walk",
        "Swim",
    }
    history = person.read(lambda conn: history_of_goal(conn, goal, Moment()))
    assert [each.type for each in history.events] == ["goal_shared", "goal_withdrawn"]
    assert history.state is None


def test_an_unknown_goal_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        person.read(lambda conn: goal_at_home(conn, bytes(16)))

    assert refused.value.code == ErrorCode.NOT_FOUND


def test_a_child_lives_beside_its_goal_else_in_self() -> None:
    assert lane_of_child({SELF: 1, CARE: 1}, CARE) == CARE
    assert lane_of_child({SELF: 1}, CARE) == SELF
    assert lane_of_child({SELF: 1, CARE: 1}, SELF) == SELF


def test_a_child_that_neither_lane_knows_is_not_found() -> None:
    with pytest.raises(DomainError) as refused:
        lane_of_child({CARE: 1}, SELF)

    assert refused.value.code == ErrorCode.NOT_FOUND
