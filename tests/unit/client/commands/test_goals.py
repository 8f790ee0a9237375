"""Changing goals: one event each, a reason where meaning changes, a base for every setter."""

from collections.abc import Callable

import pytest

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.statuses import Lifecycle
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted, GoalReprioritised, GoalReworded
from trailmark_shared.ids import SELF, care_lane
from trailmark_shared.projections.goal import GoalDocument

WHY = Reason(code="new-insight", text="it is the mornings")


def shown(person: Person, goal: bytes) -> GoalDocument:
    return person.read(lambda conn: goal_at_home(conn, goal)).document


def test_a_new_goal_is_drafted_and_activated_in_one_transaction(person: Person) -> None:
    goal = person.goal("Two walks a week", why="they calm me")

    assert person.types(goal) == ["goal_drafted", "goal_activated"]
    assert shown(person, goal).lifecycle.value == "active"
    assert shown(person, goal).why.value == "they calm me"
    assert not shown(person, goal).lifecycle.conflict


def test_rewording_keeps_what_is_not_named(person: Person) -> None:
    goal = person.goal("Walk", why="it calms me", area="self-care")

    written = person.write(
        lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Walk daily"), WHY)
    )

    document = shown(person, goal)
    assert (written.kind, written.lane, written.seen_by) == ("goal", SELF, ())
    assert document.title.value == "Walk daily"
    assert (document.why.value, document.area.value) == ("it calms me", "self-care")
    assert not document.title.conflict


def test_rewording_names_what_it_replaces(person: Person) -> None:
    goal = person.goal("Walk")
    drafted = person.entries(goal)[0]

    person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))

    reworded = person.entries(goal)[-1].body
    assert reworded.base == (drafted.id,)
    assert reworded.reason == WHY


def test_a_target_is_set_first_and_adjusted_later(person: Person) -> None:
    goal = person.goal()
    first, second = (
        parse_target("at-least 1 walk per week"),
        parse_target("at-least 2 walk per week"),
    )

    person.write(lambda c, r: goals.set_target(c, r, goal, first, 30))
    person.write(lambda c, r: goals.adjust_target(c, r, goal, second, WHY))

    document = shown(person, goal)
    assert person.types(goal)[2:] == ["goal_target_set", "goal_target_adjusted"]
    assert (document.target.value, document.baseline_tenths.value) == (second, 30)


def test_a_date_is_moved_and_taken_away(person: Person) -> None:
    goal = person.goal()

    person.write(lambda c, r: goals.reschedule_goal(c, r, goal, "2026-03-01", WHY))
    assert shown(person, goal).due.value == "2026-03-01"

    person.write(lambda c, r: goals.reschedule_goal(c, r, goal, None, WHY))
    assert shown(person, goal).due.value is None


@pytest.mark.parametrize(
    ("moves", "types"),
    [
        (["on-hold", "active"], ["goal_put_on_hold", "goal_resumed"]),
        (["completed", "active"], ["goal_completed", "goal_reopened"]),
        (["cancelled"], ["goal_cancelled"]),
    ],
)
def test_a_goal_moves(person: Person, moves: list[Lifecycle], types: list[str]) -> None:
    goal = person.goal()

    for to in moves:
        person.write(lambda c, r, to=to: goals.move_goal(c, r, goal, to, WHY))

    assert person.types(goal)[2:] == types
    assert shown(person, goal).lifecycle.value == moves[-1]


def test_a_goal_that_was_let_go_does_not_move(person: Person) -> None:
    goal = person.goal()
    person.write(lambda c, r: goals.move_goal(c, r, goal, "cancelled", WHY))

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: goals.move_goal(c, r, goal, "on-hold", WHY))

    assert refused.value.code == ErrorCode.ILLEGAL_MOVE
    assert "let go" in refused.value.message


def test_blanks_around_are_no_other_words(person: Person) -> None:
    goal = person.goal(" Walk\r\nfar ")
    words = goals.Words(title="Walk\nfar", why="Air")

    person.write(lambda c, r: goals.reword_goal(c, r, goal, words, WHY))

    assert person.entries(goal)[-1].body.data == GoalReworded(why="Air")


def test_saying_the_same_again_is_refused(person: Person) -> None:
    goal = person.goal("Walk", due="2026-03-01")
    target = parse_target("done")
    person.write(lambda c, r: goals.set_target(c, r, goal, target))

    attempts: list[Callable[[Connection, Recorder], Written]] = [
        lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Walk"), WHY),
        lambda c, r: goals.reschedule_goal(c, r, goal, "2026-03-01", WHY),
        lambda c, r: goals.adjust_target(c, r, goal, target, WHY),
        lambda c, r: goals.move_goal(c, r, goal, "active", WHY),
    ]
    for again in attempts:
        with pytest.raises(DomainError) as refused:
            person.write(again)
        assert refused.value.code == ErrorCode.NOTHING_CHANGED

    assert len(person.types(goal)) == 3


def test_an_unknown_goal_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: goals.move_goal(c, r, bytes(16), "active", WHY))

    assert refused.value.code == ErrorCode.NOT_FOUND


def test_what_matters_most_is_said_field_by_field(person: Person) -> None:
    goal = person.goal("Walk")
    high = GoalReprioritised(priority="high", rank=2)
    person.write(lambda c, r: goals.reprioritise_goal(c, r, goal, high, WHY))
    person.write(
        lambda c, r: goals.reprioritise_goal(c, r, goal, GoalReprioritised(rank=None), WHY)
    )

    found = shown(person, goal)
    assert (found.priority.value, found.rank.value) == ("high", None)
    with pytest.raises(DomainError) as refused:
        person.write(
            lambda c, r: goals.reprioritise_goal(c, r, goal, GoalReprioritised(rank=None), WHY)
        )
    assert refused.value.code is ErrorCode.NOTHING_CHANGED


def test_a_goal_that_takes_the_place_of_a_shared_one_begins_private(person: Person) -> None:
    person.let_in()
    old = person.goal("Walk")
    person.write(lambda c, r: share_goal(c, r, old, r.now()))
    draft = GoalDrafted(title="Swim")

    written = person.write(lambda c, r: goals.replace_goal(c, r, old, draft, r.now(), WHY))

    before = shown(person, old)
    assert (written.lane, written.seen_by) == (SELF, ())
    assert (before.lifecycle.value, before.replaced_by.value) == ("cancelled", None)
    told = person.entries(old, care_lane(bytes(15) + b"\x09"))[-1].body
    assert ("goal_cancelled", WHY) == (told.type, told.reason)
    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: goals.replace_goal(c, r, old, draft, r.now(), WHY))
    assert refused.value.code is ErrorCode.NOTHING_CHANGED


def test_a_reached_goal_gives_its_place_to_none(person: Person) -> None:
    goal = person.goal("Walk")
    person.write(lambda c, r: goals.move_goal(c, r, goal, "completed", WHY))
    draft = GoalDrafted(title="Swim")

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: goals.replace_goal(c, r, goal, draft, r.now(), WHY))
    assert refused.value.code is ErrorCode.ILLEGAL_MOVE
