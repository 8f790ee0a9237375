"""Stopping to share: goals come back first, the revocation is last, and nothing is left open."""

import msgspec
import pytest

from tests.support.person import Person
from trailmark_client.commands import goals, sharing, steps
from trailmark_client.commands.grants import Member
from trailmark_client.commands.stopping import Stopped, settle_stops, stop_member, stop_sharing
from trailmark_client.commands.terms import change_terms
from trailmark_client.queries.documents import documents
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.members import member_meant, members
from trailmark_client.storage.cursors import revoked_grants
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id
from trailmark_shared.projections.step import StepDocument

WHY = Reason(code="new-insight")
CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def let_in(person: Person, lane: Lane = CARE, **options: object) -> bytes:
    return person.let_in(lane=lane, **options)[0].subject  # pyright: ignore[reportArgumentType]


def share(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))


def stop(person: Person, grant: bytes) -> Stopped:
    return person.write(lambda c, r: stop_sharing(c, r, grant, r.now()))


def reword(person: Person, goal: bytes, title: str) -> tuple[Lane, int]:
    written = person.write(
        lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title=title), WHY)
    )
    return written.lane, len(written.events)


def home(person: Person, goal: bytes) -> Lane:
    return person.read(lambda conn: goal_at_home(conn, goal)).lane


def types_in(person: Person, lane: Lane) -> list[str]:
    rows = person.read(
        lambda conn: conn.execute(
            "SELECT type FROM event WHERE lane = ? ORDER BY dseq", (lane,)
        ).fetchall()
    )
    return [name for (name,) in rows]


def revoke_elsewhere(person: Person, grant: bytes) -> None:
    """Do what another device did: the grant is over, the goals were not known to it."""
    person.write(lambda c, r: r.record(c, CARE, grant, AccessRevoked()))


def test_goals_come_back_before_the_grant_ends(person: Person) -> None:
    grant = let_in(person)
    shared, kept = person.goal("Walk"), person.goal("Mine")
    share(person, shared)

    stopped = stop(person, grant)

    assert ["access_granted", "goal_shared", "goal_withdrawn", "access_revoked"] == types_in(
        person, CARE
    )
    assert (("Dr Demo", CARE), (shared,), ()) == (
        (stopped.name, stopped.lane),
        stopped.came_back,
        stopped.still_seen_by,
    )
    assert [SELF, SELF] == [home(person, each) for each in (shared, kept)]
    assert "goal_kept" == person.types(shared)[-1]
    assert [grant] == person.read(revoked_grants)
    assert [] == person.read(lambda conn: open_lanes(conn, person.now().day))


def test_what_is_written_afterwards_is_private(person: Person) -> None:
    grant = let_in(person)
    goal = person.goal("Walk")
    share(person, goal)
    stop(person, grant)

    assert (SELF, 1) == reword(person, goal, "Run")
    assert "access_revoked" == types_in(person, CARE)[-1]


def test_goals_stay_while_somebody_else_is_let_in(person: Person) -> None:
    grant = let_in(person)
    let_in(person, member=SECOND)
    goal = person.goal("Walk")
    share(person, goal)

    stopped = stop(person, grant)

    assert ((), ("Dr Second",)) == (stopped.came_back, stopped.still_seen_by)
    assert CARE == home(person, goal)


def test_a_goal_shared_twice_lives_on_where_somebody_is_let_in(person: Person) -> None:
    grant = let_in(person)
    goal = person.goal("Walk")
    share(person, goal)
    let_in(person, OTHER, member=SECOND)
    person.write(lambda c, r: r.record(c, OTHER, goal, GoalShared(title="Walk")))

    stopped = stop(person, grant)

    assert ((), OTHER) == (stopped.came_back, home(person, goal))


def test_a_grant_is_stopped_once(person: Person) -> None:
    grant = let_in(person)
    stop(person, grant)

    for asked, code in ((grant, ErrorCode.NOTHING_CHANGED), (bytes(16), ErrorCode.NOT_FOUND)):
        with pytest.raises(DomainError) as refused:
            stop(person, asked)
        assert code == refused.value.code


class TestAfterAnotherDeviceStopped:
    """The grant is over and the goal is still at home in its lane."""

    def test_a_change_brings_the_goal_home_and_is_written_there(self, person: Person) -> None:
        grant = let_in(person)
        goal = person.goal("Walk")
        share(person, goal)
        revoke_elsewhere(person, grant)

        assert (SELF, 3) == reword(person, goal, "Run")

        at_home = person.read(lambda conn: goal_at_home(conn, goal))
        assert (SELF, "Run", False) == (
            at_home.lane,
            at_home.document.title.value,
            at_home.document.title.conflict,
        )
        assert "goal_withdrawn" == types_in(person, CARE)[-1]
        assert (SELF, 1) == reword(person, goal, "Swim")

    def test_a_step_is_reached_at_home(self, person: Person) -> None:
        grant = let_in(person)
        goal = person.goal("Walk")
        share(person, goal)
        step = person.write(
            lambda c, r: steps.add_step(
                c, r, StepAdded(goal=text_from_id(goal), text="shoes"), r.now()
            )
        )
        revoke_elsewhere(person, grant)

        reached = person.write(lambda c, r: steps.reach_step(c, r, step.subject, r.now()))

        assert (CARE, SELF) == (step.lane, reached.lane)
        [own] = (
            each.document
            for each in person.read(lambda conn: documents(conn, "step", StepDocument))
            if each.lane == SELF
        )
        assert "reached" == own.status.value

    def test_sharing_the_goal_again_goes_to_whom_is_let_in_now(self, person: Person) -> None:
        grant = let_in(person)
        goal = person.goal("Walk")
        share(person, goal)
        revoke_elsewhere(person, grant)
        let_in(person, OTHER, member=SECOND)

        share(person, goal)

        assert OTHER == home(person, goal)


class TestWholeMember:
    """One step ends every grant of somebody, in whatever lanes."""

    def stop(self, person: Person, who: str) -> list[Stopped]:
        return person.write(lambda c, r: stop_member(c, r, member_meant(members(c), who), r.now()))

    def test_in_every_lane(self, person: Person) -> None:
        first, second = let_in(person), let_in(person, OTHER)
        goal = person.goal("Walk")
        share(person, goal)

        stopped = self.stop(person, "Dr Demo")

        assert [(first, CARE), (second, OTHER)] == [(each.grant, each.lane) for each in stopped]
        assert [(goal,), ()] == [each.came_back for each in stopped]
        assert {first, second} == set(person.read(revoked_grants))
        assert [] == person.read(lambda conn: open_lanes(conn, person.now().day))

    def test_two_grants_on_one_lane_let_the_goals_come_back_with_the_last(
        self, person: Person
    ) -> None:
        """Two devices changed the terms apart: both new grants are live."""
        let_in(person)
        let_in(person)
        goal = person.goal("Walk")
        share(person, goal)

        stopped = self.stop(person, "Dr Demo")

        assert [(), (goal,)] == [each.came_back for each in stopped]
        assert [(), ()] == [each.still_seen_by for each in stopped]
        assert SELF == home(person, goal)

    def test_others_go_on(self, person: Person) -> None:
        let_in(person)
        let_in(person, OTHER, member=SECOND)
        goal = person.goal("Walk")
        how = sharing.Sharing(names=("Dr Demo", "Dr Second"))
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now(), how))

        self.stop(person, "Dr Demo")

        at_home = person.read(lambda conn: goal_at_home(conn, goal))
        assert (SELF, [OTHER]) == (at_home.lane, at_home.copied_into)


class TestChangedApart:
    """One device stopped sharing while another, offline, changed the terms."""

    def apart(self, person: Person) -> tuple[bytes, bytes, bytes]:
        first = let_in(person)
        goal = person.goal("Walk")
        share(person, goal)
        [changed] = person.write(
            lambda c, r: change_terms(c, r, member_meant(members(c), "Dr Demo"), longer, r.now())
        )
        revoke_elsewhere(person, first)
        return first, changed.grant, goal

    def test_the_stop_wins_at_once_and_the_server_is_told(self, person: Person) -> None:
        first, second, _ = self.apart(person)

        assert [] == person.read(lambda conn: open_lanes(conn, person.now().day))
        assert [first, second] == person.read(revoked_grants)

    def test_the_next_exchange_records_it_and_goals_come_back(self, person: Person) -> None:
        _, second, goal = self.apart(person)

        [stopped] = person.write(lambda c, r: settle_stops(c, r, r.now()))

        assert (second, (goal,)) == (stopped.grant, stopped.came_back)
        assert "access_revoked" == types_in(person, CARE)[-1]
        assert [] == person.write(lambda c, r: settle_stops(c, r, r.now()))

    def test_letting_in_again_is_not_ended_by_it(self, person: Person) -> None:
        self.apart(person)
        again = let_in(person)

        person.write(lambda c, r: settle_stops(c, r, r.now()))

        [lane] = person.read(lambda conn: open_lanes(conn, person.now().day))
        assert ("Dr Demo",) == lane.names
        assert again not in person.read(revoked_grants)


def longer(terms: AccessGranted) -> AccessGranted:
    return msgspec.structs.replace(terms, until="2026-06-30")
