"""A goal changes its home: both lanes in one transaction, nothing flipped, nothing lost."""

import pytest

from tests.support.person import NOON, Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals, sharing, steps
from trailmark_client.commands.grants import Member
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.goals import left_behind
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.wishes import open_wishes
from trailmark_client.recorder import Recorder
from trailmark_client.storage.read_models import refold_all
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import (
    GoalDrafted,
    GoalMoved,
    GoalReprioritised,
    GoalRescheduled,
    GoalReworded,
)
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, Lane, care_lane, id_from_text, text_from_id

WHY = Reason(code="new-insight")
CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def home(person: Person, goal: bytes) -> GoalAtHome:
    return person.read(lambda conn: goal_at_home(conn, goal))


def share(person: Person, goal: bytes, since: int | None = None) -> tuple[Lane, tuple[str, ...]]:
    written = person.write(
        lambda c, r: sharing.share_goal(c, r, goal, r.now(), sharing.Sharing(check_ins_since=since))
    )
    return written.lane, written.seen_by


def withdraw(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))


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

    def test_a_goal_whose_words_are_locked_is_not_shared(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        drafted, _ = person.entries(goal)
        lock = "UPDATE event SET type = NULL, subject = NULL, day = NULL WHERE id = ?"

        def locked(conn: Connection, _recorder: Recorder) -> None:
            conn.execute(lock, (drafted.id,))
            refold_all(conn, person.app.vault.opener())

        person.write(locked)
        with pytest.raises(DomainError) as caught:
            share(person, goal)

        assert ErrorCode.NOT_FOUND == caught.value.code

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


class TestWithTwoTherapists:
    """A goal has one home; whoever else it is shared with gets it as it reads."""

    @pytest.fixture(autouse=True)
    def both(self, person: Person) -> None:
        person.let_in()
        person.let_in(["goals", "steps"], lane=OTHER, member=SECOND)

    def share_with(self, person: Person, goal: bytes, *names: str) -> Written:
        how = sharing.Sharing(names=names)
        return person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now(), how))

    def titles(self, person: Person, goal: bytes) -> list[str | None]:
        copies = home(person, goal).copies
        return [copies[lane].title.value for lane in (CARE, OTHER) if lane in copies]

    def test_one_must_be_named(self, person: Person) -> None:
        goal = person.goal()

        with pytest.raises(DomainError) as refused:
            self.share_with(person, goal)

        assert ErrorCode.AMBIGUOUS_ID == refused.value.code
        assert SELF == home(person, goal).lane

    def test_it_lives_with_the_one_named(self, person: Person) -> None:
        goal = person.goal()

        written = self.share_with(person, goal, "dr s")

        assert (OTHER, ("Dr Second",)) == (written.lane, written.seen_by)
        assert [] == person.entries(goal, CARE)

    def test_the_second_gets_a_frozen_copy(self, person: Person) -> None:
        goal = person.goal("Walk")
        self.share_with(person, goal, "Dr Demo")

        written = self.share_with(person, goal, "Dr Second")

        at_home = home(person, goal)
        assert (CARE, ("Dr Second",)) == (written.lane, written.seen_by)
        assert (CARE, [OTHER]) == (at_home.lane, at_home.copied_into)
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))
        assert ["Run", "Walk"] == self.titles(person, goal)

    def test_sharing_again_brings_the_copy_up_to_date(self, person: Person) -> None:
        goal = person.goal("Walk")
        self.share_with(person, goal, "Dr Demo", "Dr Second")
        step = person.write(
            lambda c, r: steps.add_step(
                c, r, StepAdded(goal=text_from_id(goal), text="shoes"), r.now()
            )
        ).subject
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))

        self.share_with(person, goal, "Dr Second")
        person.write(lambda c, r: steps.reach_step(c, r, step, r.now()))
        self.share_with(person, goal, "Dr Second")

        assert ["Run", "Run"] == self.titles(person, goal)
        assert not home(person, goal).copies[OTHER].title.conflict
        assert ["step_added", "step_reached"] == person.types(step, OTHER)
        with pytest.raises(DomainError) as refused:
            self.share_with(person, goal, "Dr Second")
        assert ErrorCode.NOTHING_CHANGED == refused.value.code

    def test_both_at_once_say_both(self, person: Person) -> None:
        written = self.share_with(person, person.goal(), "Dr Second", "Dr Demo")

        assert (OTHER, ("Dr Second", "Dr Demo")) == (written.lane, written.seen_by)

    def test_an_explicit_share_settles_a_wish(self, person: Person) -> None:
        goal = person.goal()
        wish = SharingWished(what="goal")
        person.write(lambda c, r: r.record(c, SELF, goal, wish))

        self.share_with(person, goal, "Dr Demo")

        assert "sharing_wish_settled" == person.types(goal)[-1]
        assert [] == person.read(open_wishes)


def test_a_kind_that_was_not_agreed_to_is_not_shared(person: Person) -> None:
    person.let_in(["steps"])
    goal = person.goal()

    for names in ((), ("Dr Demo",)):
        how = sharing.Sharing(names=names)
        with pytest.raises(DomainError) as refused:
            person.write(lambda c, r, h=how: sharing.share_goal(c, r, goal, r.now(), h))
        assert ErrorCode.NOT_AGREED == refused.value.code

    assert SELF == home(person, goal).lane


def test_of_two_lanes_of_one_therapist_the_older_one_is_meant(person: Person) -> None:
    person.let_in()
    person.let_in(lane=OTHER)

    assert (CARE, ("Dr Demo",)) == share(person, person.goal())


def test_the_clock_of_the_tests_is_noon_in_berlin(person: Person) -> None:
    person.clock.ms = NOON
    assert person.now().occurred_at == "2025-10-09T12:00:00+02:00"


def test_a_place_among_private_goals_is_not_told_and_stays_with_the_person(person: Person) -> None:
    person.let_in()
    goal = person.goal("Walk", rank=3)
    share(person, goal)
    there = home(person, goal)

    withdraw(person, goal)

    assert (None, 3) == (there.copies[CARE].rank.value, there.own_place)
    assert (3, 3) == (home(person, goal).document.rank.value, home(person, goal).own_place)


def test_a_second_therapist_is_not_told_of_it_either(person: Person) -> None:
    person.let_in()
    person.let_in(lane=OTHER, member=SECOND)
    goal = person.goal("Walk", rank=2)
    both = sharing.Sharing(names=("Dr Demo", "Dr Second"))
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now(), both))

    copies = home(person, goal).copies

    assert (None, None) == (copies[CARE].rank.value, copies[OTHER].rank.value)


def test_a_place_that_is_chosen_where_others_see_the_goal_tells_of_no_other(
    person: Person,
) -> None:
    person.let_in()
    goal = person.goal("Walk", rank=4)
    share(person, goal)
    person.goal("Mine alone")

    def placed(rank: int) -> int | None:
        data = GoalReprioritised(rank=rank)
        person.write(lambda c, r: goals.reprioritise_goal(c, r, goal, data, WHY))
        return home(person, goal).own_place

    with pytest.raises(DomainError) as refused:
        placed(2)
    assert ErrorCode.INVALID_INPUT == refused.value.code
    assert 1 == placed(1)


def test_a_place_that_others_know_stays_when_more_is_shared(person: Person) -> None:
    person.let_in()
    goal = person.goal("Walk", rank=3)
    share(person, goal)
    data = GoalReprioritised(rank=1)
    person.write(lambda c, r: goals.reprioritise_goal(c, r, goal, data, WHY))
    late = GoalReworded(title="Swim")
    base = [id_from_text(each.event) for each in home(person, goal).copies[SELF].title.values]
    person.write(lambda c, r: r.record(c, SELF, goal, late, reason=WHY, base=base))

    share(person, goal)

    assert ("Swim", 1) == (home(person, goal).document.title.value, home(person, goal).own_place)
