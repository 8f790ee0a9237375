"""Taking a goal back: it comes home as it reads, and nobody is left with a copy."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import goals, sharing
from trailmark_client.commands.grants import Member
from trailmark_client.commands.sharing import Sharing
from trailmark_client.commands.withdrawing import withdraw_from_members, withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.goals import list_goals
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalShared, GoalWithdrawn
from trailmark_shared.ids import SELF, care_lane, text_from_id

WHY = Reason(code="new-insight")
CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def home(person: Person, goal: bytes) -> GoalAtHome:
    return person.read(lambda conn: goal_at_home(conn, goal))


def share(person: Person, goal: bytes, *names: str) -> None:
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now(), Sharing(names=names)))


def withdraw(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))


def withdraw_from(person: Person, goal: bytes, *names: str) -> Written:
    return person.write(lambda c, r: withdraw_from_members(c, r, goal, names, r.now()))


def readers(person: Person, goal: bytes) -> tuple[list[str], list[str]]:
    today = person.now().day
    lines = {each.id: each for each in person.read(lambda conn: list_goals(conn, today))}
    line = lines[text_from_id(goal)]
    return line.seen_by, line.copied_to


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


class TestWithTwoTherapists:
    @pytest.fixture
    def goal(self, person: Person) -> bytes:
        person.let_in()
        person.let_in(lane=OTHER, member=SECOND)
        goal = person.goal("Walk")
        share(person, goal, "Dr Demo", "Dr Second")
        assert (["Dr Demo"], ["Dr Second"]) == readers(person, goal)
        return goal

    def test_it_is_taken_back_from_both(self, person: Person, goal: bytes) -> None:
        withdraw(person, goal)

        assert (SELF, []) == (home(person, goal).lane, home(person, goal).copied_into)
        assert ["goal_shared", "goal_withdrawn"] == person.types(goal, CARE)
        assert ["goal_shared", "goal_withdrawn"] == person.types(goal, OTHER)
        assert ([], []) == readers(person, goal)

    def test_from_whom_it_lives_with_leaves_the_copy(self, person: Person, goal: bytes) -> None:
        written = withdraw_from(person, goal, "Dr Demo")

        assert (SELF, ("Dr Second",)) == (written.lane, written.seen_by)
        assert ([], ["Dr Second"]) == readers(person, goal)

    def test_from_whom_has_a_copy_leaves_the_home(self, person: Person, goal: bytes) -> None:
        written = withdraw_from(person, goal, "Dr Second")

        assert (CARE, ("Dr Demo",)) == (written.lane, written.seen_by)
        assert (["Dr Demo"], []) == readers(person, goal)

    def test_what_they_do_not_see_cannot_be_taken_back(self, person: Person, goal: bytes) -> None:
        withdraw_from(person, goal, "Dr Second")

        with pytest.raises(DomainError) as refused:
            withdraw_from(person, goal, "Dr Second")

        assert ErrorCode.NOT_SHARED == refused.value.code

    def test_a_copy_that_is_left_alone_is_taken_back_too(self, person: Person, goal: bytes) -> None:
        withdraw_from(person, goal, "Dr Demo")

        withdraw(person, goal)

        assert ([], []) == readers(person, goal)
        with pytest.raises(DomainError) as refused:
            withdraw(person, goal)
        assert ErrorCode.NOT_SHARED == refused.value.code

    def test_shared_again_it_lives_where_only_a_copy_was(self, person: Person, goal: bytes) -> None:
        withdraw_from(person, goal, "Dr Demo")
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))

        share(person, goal, "Dr Second")

        at_home = home(person, goal)
        assert (OTHER, "Run", False) == (
            at_home.lane,
            at_home.document.title.value,
            at_home.document.title.conflict,
        )
        assert not at_home.document.frozen


def test_two_devices_that_share_apart_are_withdrawn_together(person: Person) -> None:
    goal = person.goal("Walk")
    person.let_in()
    share(person, goal)
    person.let_in(lane=OTHER)
    again = GoalShared(title="Walk")
    person.write(lambda c, r: r.record(c, OTHER, goal, again))
    assert home(person, goal).home.also == (OTHER,)

    withdraw(person, goal)

    assert home(person, goal).lane == SELF
    assert person.types(goal, OTHER) == ["goal_shared", "goal_withdrawn"]
