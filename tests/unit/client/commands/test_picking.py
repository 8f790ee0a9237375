"""What was picked of the time before is written again, one by one, with its own time."""

import pytest

from tests.support.person import AGREED, Person
from trailmark_client.commands import notes, reflections, sharing, steps
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.grants import Member
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import When
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.seen import see_lane
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")
MARCH = When(occurred_at="2025-03-02T08:00:00+01:00", zone="Europe/Berlin", day="2025-03-02")


def checked_in(person: Person, goal: bytes, *, private: bool = False) -> bytes:
    said = CheckIn(value_tenths=30, choice=Choice(private=private))
    return person.write(lambda c, r: check_in(c, r, goal, said, MARCH)).subject


def let_second_in(person: Person, *picks: bytes, classes: tuple[str, ...] = AGREED) -> list[str]:
    """Let a second therapist in with what was picked; return the kinds that were written."""
    ids = [text_from_id(each) for each in picks]
    written = person.let_in(
        classes, lane=OTHER, member=SECOND, history="since", since="2025-03-01", picks=ids
    )
    return [each.kind for each in written]


def test_a_private_goal_becomes_at_home_there(person: Person) -> None:
    goal = person.goal("Walk")

    assert ["grant", "goal"] == let_second_in(person, goal)

    assert OTHER == person.read(lambda conn: goal_at_home(conn, goal)).lane


def test_of_a_goal_that_lives_with_somebody_else_they_get_a_copy(person: Person) -> None:
    person.let_in()
    goal = person.goal("Walk")
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

    assert ["grant", "goal"] == let_second_in(person, goal)

    at_home = person.read(lambda conn: goal_at_home(conn, goal))
    assert (CARE, [OTHER]) == (at_home.lane, at_home.copied_into)
    assert ["copy"] == [g.standing for g in person.read(lambda c: see_lane(c, OTHER, "UTC")).goals]


def test_everything_keeps_the_time_at_which_it_happened(person: Person) -> None:
    person.let_in()
    goal = person.goal("Walk")
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    value = checked_in(person, goal)
    win = person.write(lambda c, r: notes.note(c, r, WinNoted(text="out"), MARCH)).subject

    assert ["grant", "goal", "check_in", "win"] == let_second_in(person, goal, value, win)

    [again], [noted] = person.entries(value, OTHER), person.entries(win, OTHER)
    assert [MARCH.occurred_at] * 2 == [again.body.occurred_at, noted.body.occurred_at]
    seen = person.read(lambda conn: see_lane(conn, OTHER, "UTC"))
    assert [["2025-03-02"]] == [[each.day for each in g.check_ins] for g in seen.goals]


@pytest.mark.parametrize("kind", ["step", "check_in"])
def test_a_pick_overrules_that_it_was_written_as_private(person: Person, kind: str) -> None:
    goal = person.goal("Walk")
    if kind == "check_in":
        picked = checked_in(person, goal, private=True)
    else:
        added, choice = StepAdded(goal=text_from_id(goal), text="shoes"), Choice(private=True)
        picked = person.write(lambda c, r: steps.add_step(c, r, added, MARCH, choice)).subject
    left = checked_in(person, goal, private=True)

    assert ["grant", "goal", kind] == let_second_in(person, goal, picked)

    assert person.entries(picked, OTHER)
    assert [] == person.entries(left, OTHER)


def test_what_hangs_under_a_goal_that_is_not_there_stays(person: Person) -> None:
    """The goal was picked, and erased before the therapist confirmed."""
    value = checked_in(person, person.goal())

    assert ["grant"] == let_second_in(person, value)

    assert [] == person.entries(value, OTHER)


def test_a_kind_that_was_not_agreed_to_stays(person: Person) -> None:
    goal = person.goal()

    assert ["grant"] == let_second_in(person, goal, classes=("steps",))

    assert SELF == person.read(lambda conn: goal_at_home(conn, goal)).lane


def test_a_step_that_came_along_with_its_goal_is_not_written_twice(person: Person) -> None:
    goal = person.goal("Walk")
    added = StepAdded(goal=text_from_id(goal), text="shoes")
    step = person.write(lambda c, r: steps.add_step(c, r, added, MARCH)).subject

    assert ["grant", "goal"] == let_second_in(person, goal, step)

    assert ["step_added"] == person.types(step, OTHER)


def test_a_part_of_a_reflection_gets_an_id_of_its_own(person: Person) -> None:
    person.let_in()
    text = ReflectionWritten(text="It was hard, and I said so.")
    reflection = person.write(lambda c, r: reflections.reflect(c, r, text, r.now())).subject
    excerpt = person.write(
        lambda c, r: reflections.share_excerpt(c, r, reflection, "I said so", r.now())
    ).subject

    assert ["grant", "excerpt"] == let_second_in(person, excerpt)

    [seen] = person.read(lambda conn: see_lane(conn, OTHER, "UTC")).excerpts
    assert "I said so" == seen.text
    assert text_from_id(excerpt) != seen.id
