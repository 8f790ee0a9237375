"""A goal changes its home: both lanes in one transaction, nothing flipped, nothing lost."""

import pytest

from tests.support.person import NOON, Person
from trailmark_client.commands import goals, sharing
from trailmark_client.queries.goals import left_behind
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import (
    GoalDrafted,
    GoalMoved,
    GoalRescheduled,
    GoalReworded,
    GoalShared,
    GoalWithdrawn,
)
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id

WHY = Reason(code="new-insight")
CARE = care_lane(bytes(15) + b"\x09")


def home(person: Person, goal: bytes) -> GoalAtHome:
    return person.read(lambda conn: goal_at_home(conn, goal))


def share(person: Person, goal: bytes, since: int | None = None) -> tuple[Lane, tuple[str, ...]]:
    written = person.write(
        lambda c, r: sharing.share_goal(c, r, goal, r.now(), check_ins_since=since)
    )
    return written.lane, written.seen_by


def withdraw(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: sharing.withdraw_goal(c, r, goal, r.now()))


class TestSharing:
    def test_writes_the_goal_as_it_stands_into_the_shared_lane(self, person: Person) -> None:
        goal = person.goal("Walk", why="it calms me", due="2026-01-01")
        person.let_in()

        assert share(person, goal) == (CARE, ("Dr Demo",))

        [shared] = person.entries(goal, CARE)
        at_home = home(person, goal)
        assert shared.body.type == "goal_shared"
        assert at_home.lane == CARE
        assert at_home.document.title.value == "Walk"
        assert at_home.document.why.value == "it calms me"
        assert at_home.document.lifecycle.value == "active"

    def test_the_move_links_the_share_and_names_every_value(self, person: Person) -> None:
        goal = person.goal("Walk")
        drafted, activated = person.entries(goal)
        person.let_in()

        share(person, goal)

        moved = person.entries(goal)[-1].body
        [shared] = person.entries(goal, CARE)
        assert moved.data == GoalMoved(lane=CARE, shared=text_from_id(shared.id))
        assert {drafted.id, activated.id} <= set(moved.base)

    def test_changes_go_where_the_goal_is_at_home(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        share(person, goal)

        written = person.write(
            lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY)
        )

        assert (written.lane, written.seen_by) == (CARE, ("Dr Demo",))
        assert home(person, goal).document.title.value == "Run"
        assert not home(person, goal).document.title.conflict

    def test_is_kept_as_a_wish_while_nobody_is_let_in(self, person: Person) -> None:
        goal = person.goal()

        written = person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

        assert (written.wished, written.lane, written.seen_by) == (True, SELF, ())
        assert person.types(goal)[-1] == "sharing_wished"
        assert home(person, goal).lane == SELF

    def test_a_wish_is_not_wished_twice(self, person: Person) -> None:
        goal = person.goal()
        share(person, goal)

        with pytest.raises(DomainError) as refused:
            share(person, goal)

        assert refused.value.code == ErrorCode.NOTHING_CHANGED

    def test_what_is_shared_is_not_shared_again(self, person: Person) -> None:
        goal = person.goal()
        person.let_in()
        share(person, goal)

        with pytest.raises(DomainError) as refused:
            share(person, goal)

        assert refused.value.code == ErrorCode.NOTHING_CHANGED

    def test_a_new_goal_can_be_shared_at_once(self, person: Person) -> None:
        person.let_in()
        draft = GoalDrafted(title="Walk")

        written = person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now()))

        assert written.lane == CARE
        assert len(written.events) == 4
        assert person.types(written.subject) == ["goal_drafted", "goal_activated", "goal_moved"]


class TestWithdrawing:
    def test_brings_the_goal_home_with_what_changed_there(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        share(person, goal)
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))
        [shared, _] = person.entries(goal, CARE)

        withdraw(person, goal)

        at_home = home(person, goal)
        withdrawn = person.entries(goal, CARE)[-1].body.data
        assert withdrawn == GoalWithdrawn(shares=(text_from_id(shared.id),))
        assert at_home.lane == SELF
        assert at_home.document.title.value == "Run"
        assert not at_home.document.title.conflict

    def test_a_private_goal_cannot_be_withdrawn(self, person: Person) -> None:
        goal = person.goal()

        with pytest.raises(DomainError) as refused:
            withdraw(person, goal)

        assert refused.value.code == ErrorCode.NOT_SHARED

    def test_and_sharing_again_shares_what_stands_now(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        share(person, goal)
        withdraw(person, goal)
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))

        share(person, goal)

        at_home = home(person, goal)
        assert at_home.lane == CARE
        assert at_home.document.title.value == "Run"
        assert not at_home.document.title.conflict
        withdraw(person, goal)
        assert not home(person, goal).document.title.conflict


class TestWrittenBeforeTheMoveWasKnown:
    """Another device, apart, changed the goal in ``self`` while this one shared it."""

    def late(self, person: Person, goal: bytes) -> None:
        base = person.read(lambda conn: person.app.recorder.base_of(conn, SELF, goal, "title"))
        data = GoalReworded(title="Swim")
        person.write(lambda c, r: r.record(c, SELF, goal, data, reason=WHY, base=base))

    def test_is_shown_and_stays_private(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        share(person, goal)

        self.late(person, goal)

        at_home = home(person, goal)
        assert at_home.document.title.value == "Walk"
        assert [(each.field, each.value) for each in left_behind(at_home)] == [("title", "Swim")]

    def test_is_carried_over_by_sharing_again(self, person: Person) -> None:
        goal = person.goal("Walk", why="it calms me")
        person.let_in()
        share(person, goal)
        self.late(person, goal)

        assert share(person, goal) == (CARE, ("Dr Demo",))

        at_home = home(person, goal)
        assert (at_home.document.title.value, at_home.document.why.value) == ("Swim", "it calms me")
        assert not at_home.document.title.conflict
        assert left_behind(at_home) == []

    def test_a_value_taken_away_is_carried_over_too(self, person: Person) -> None:
        goal = person.goal("Walk", due="2026-01-01")
        person.let_in()
        share(person, goal)
        base = person.read(lambda conn: person.app.recorder.base_of(conn, SELF, goal, "due"))
        gone = GoalRescheduled(due=None)
        person.write(lambda c, r: r.record(c, SELF, goal, gone, reason=WHY, base=base))

        share(person, goal)

        assert home(person, goal).document.due.value is None

    def test_stays_visible_beside_what_comes_back(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        share(person, goal)
        self.late(person, goal)

        withdraw(person, goal)

        title = home(person, goal).document.title
        assert title.conflict
        assert {each.value for each in title.values} == {"Walk", "Swim"}


def test_two_devices_that_share_apart_are_withdrawn_together(person: Person) -> None:
    other = care_lane(bytes(15) + b"\x0a")
    goal = person.goal("Walk")
    person.let_in()
    share(person, goal)
    person.let_in(lane=other)
    again = GoalShared(title="Walk")
    person.write(lambda c, r: r.record(c, other, goal, again))
    assert home(person, goal).home.also == (other,)

    withdraw(person, goal)

    assert home(person, goal).lane == SELF
    assert person.types(goal, other) == ["goal_shared", "goal_withdrawn"]


def test_the_clock_of_the_tests_is_noon_in_berlin(person: Person) -> None:
    person.clock.ms = NOON
    assert person.now().occurred_at == "2025-10-09T12:00:00+02:00"
