"""Where a new item goes is decided by what was agreed, and a private goal never shows through."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import sharing
from trailmark_client.commands.places import PRIVATE, Place, place_of_child, place_of_note
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")
DAY = "2025-10-09"
THERE = Place(lane=CARE, seen_by=("Dr Demo",))


def shared_goal(person: Person) -> bytes:
    goal = person.goal()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    return goal


def child(person: Person, goal: bytes, agreed: str = "steps") -> Place:
    return person.read(lambda conn: place_of_child(conn, goal, agreed, DAY))


def note(person: Person, goal: bytes | None = None, *, private: bool = False) -> Place:
    return person.read(lambda conn: place_of_note(conn, goal, DAY, private=private))


def test_everything_is_private_while_nobody_is_let_in(person: Person) -> None:
    assert child(person, person.goal()) == note(person) == PRIVATE


def test_what_hangs_under_a_private_goal_is_private(person: Person) -> None:
    person.let_in()
    goal = person.goal()

    assert child(person, goal) == note(person, goal) == PRIVATE


def test_what_hangs_under_a_shared_goal_goes_with_it_as_far_as_agreed(person: Person) -> None:
    person.let_in(["goals", "steps"])
    goal = shared_goal(person)

    assert child(person, goal, "steps") == THERE
    assert child(person, goal, "check_ins") == note(person, goal) == PRIVATE


def test_a_note_without_goal_goes_to_the_circle_of_care_where_agreed(person: Person) -> None:
    person.let_in(["goals"])
    assert note(person) == PRIVATE

    person.let_in(["wins_setbacks"], lane=care_lane(bytes(15) + b"\x0b"))
    assert note(person).lane == care_lane(bytes(15) + b"\x0b")


def test_each_item_can_differ(person: Person) -> None:
    person.let_in()

    assert note(person) == THERE
    assert note(person, private=True) == PRIVATE


def test_an_unknown_goal_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        child(person, bytes(16))

    assert refused.value.code == ErrorCode.NOT_FOUND
