"""Where a new item goes is decided by what was agreed, and a private goal never shows through."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import sharing
from trailmark_client.commands.grants import Member
from trailmark_client.commands.places import (
    AS_AGREED,
    PRIVATE,
    Choice,
    Place,
    place_of_child,
    place_of_note,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")
DAY = "2025-10-09"
THERE = Place(lane=CARE, seen_by=("Dr Demo",))


def shared_goal(person: Person) -> bytes:
    goal = person.goal()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    return goal


def child(person: Person, goal: bytes, agreed: str = "steps") -> Place:
    return person.read(lambda conn: place_of_child(conn, goal, agreed, DAY))


def note(person: Person, goal: bytes | None = None, choice: Choice = AS_AGREED) -> Place:
    return person.read(lambda conn: place_of_note(conn, goal, DAY, choice))


def test_everything_is_private_while_nobody_is_let_in(person: Person) -> None:
    assert child(person, person.goal()) == note(person) == PRIVATE


def test_what_is_written_after_the_wish_to_share_its_goal_is_told_to_go_along(
    person: Person,
) -> None:
    goal = shared_goal(person)

    assert Place(lane=SELF, wished=True) == child(person, goal, "check_ins")
    assert Place(lane=SELF, wished=True) == child(person, goal)
    assert PRIVATE == note(person, goal)
    kept = person.read(lambda c: place_of_child(c, goal, "steps", DAY, Choice(private=True)))
    assert PRIVATE == kept


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
    assert note(person, choice=Choice(private=True)) == PRIVATE


def test_an_unknown_goal_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        child(person, bytes(16))

    assert refused.value.code == ErrorCode.NOT_FOUND


class TestWithTwoTherapists:
    """Each item can differ: for both, for one, for nobody."""

    @pytest.fixture(autouse=True)
    def both(self, person: Person) -> None:
        person.let_in()
        person.let_in(["goals", "wins_setbacks"], lane=OTHER, member=SECOND)

    def test_a_note_goes_to_everybody_with_whom_it_was_agreed(self, person: Person) -> None:
        assert Place(lane=CARE, others=(OTHER,), seen_by=("Dr Demo", "Dr Second")) == note(person)

    def test_or_to_whom_the_person_names(self, person: Person) -> None:
        one, other = (note(person, choice=Choice(names=(who,))) for who in ("dr d", "Dr Second"))

        assert ((CARE,), ("Dr Demo",)) == (one.lanes, one.seen_by)
        assert ((OTHER,), ("Dr Second",)) == (other.lanes, other.seen_by)

    def test_a_child_goes_where_its_goal_lives(self, person: Person) -> None:
        goal = person.goal()
        share(person, goal, "Dr Demo", "Dr Second")

        assert ((CARE,), ("Dr Demo",)) == (
            child(person, goal).lanes,
            child(person, goal).seen_by,
        )

    def test_a_child_for_who_has_a_copy_lives_with_the_person(self, person: Person) -> None:
        goal = person.goal()
        share(person, goal, "Dr Demo", "Dr Second")

        place = note(person, goal, Choice(names=("Dr Second",)))

        assert ((SELF, OTHER), ("Dr Second",)) == (place.lanes, place.seen_by)

    def test_nothing_goes_under_a_goal_that_they_do_not_see(self, person: Person) -> None:
        goal = person.goal()
        share(person, goal, "Dr Demo")

        with pytest.raises(DomainError) as refused:
            note(person, goal, Choice(names=("Dr Second",)))

        assert ErrorCode.NOT_SHARED == refused.value.code

    def test_nothing_goes_that_was_not_agreed_to(self, person: Person) -> None:
        goal = person.goal()
        share(person, goal, "Dr Second")

        with pytest.raises(DomainError) as refused:
            person.read(
                lambda conn: place_of_child(conn, goal, "steps", DAY, Choice(names=("Dr Second",)))
            )

        assert ErrorCode.NOT_AGREED == refused.value.code

    def test_who_is_let_in_twice_gets_a_note_once(self, person: Person) -> None:
        person.let_in(lane=care_lane(bytes(15) + b"\x0d"))

        assert (CARE, OTHER) == note(person).lanes


def share(person: Person, goal: bytes, *names: str) -> None:
    how = sharing.Sharing(names=names)
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now(), how))
