"""Who is let in, as the grants of each lane say."""

import msgspec
import pytest

from tests.support import supporters as circle
from tests.support.person import Person
from trailmark_client.commands.grants import Member
from trailmark_client.commands.terms import change_terms
from trailmark_client.queries.lanes import (
    OpenLane,
    audience,
    circle_lanes,
    is_open,
    lanes_agreed,
    lanes_meant,
    live_grants,
    member_names,
    open_lanes,
    require_room,
    supporter_names,
)
from trailmark_client.queries.members import member_meant, members
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
DAY = "2025-10-09"
THIRD_LANE = care_lane(bytes(15) + b"\x0b")
THIRD = Member(id=text_from_id(bytes(15) + b"\x06"), name="Noor")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def opened(person: Person, day: str = DAY) -> list[OpenLane]:
    return person.read(lambda conn: open_lanes(conn, day))


def test_nobody_is_let_in_at_first(person: Person) -> None:
    assert opened(person) == []


@pytest.mark.parametrize(("most", "waiting"), [(2, 0), (3, 1)])
def test_there_is_no_room_for_one_lane_more_than_a_space_takes(
    person: Person, monkeypatch: pytest.MonkeyPatch, most: int, waiting: int
) -> None:
    person.let_in()
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", most)

    with pytest.raises(DomainError) as refused:
        person.read(lambda conn: require_room(conn, waiting))
    assert ErrorCode.TOO_MANY_LANES == refused.value.code

    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", most + 1)
    person.read(lambda conn: require_room(conn, waiting))


def test_a_grant_opens_its_lane(person: Person) -> None:
    person.let_in(["goals", "steps"])

    [lane] = opened(person)

    assert (lane.lane, lane.names, lane.classes) == (CARE, ("Dr Demo",), {"goals", "steps"})


def test_what_goes_there_by_itself_was_agreed_for_everybody_there(person: Person) -> None:
    person.let_in(["goals", "steps"])
    person.let_in(["goals", "check_ins"], member=SECOND)

    [lane] = opened(person)

    assert (lane.names, lane.classes) == (("Dr Demo", "Dr Second"), {"goals"})


def test_the_oldest_lane_comes_first(person: Person) -> None:
    person.let_in(lane=OTHER)
    person.let_in()

    assert [each.lane for each in opened(person)] == [OTHER, CARE]


def test_a_revoked_grant_closes_its_lane(person: Person) -> None:
    [granted] = person.let_in()

    person.write(lambda c, r: r.record(c, CARE, granted.subject, AccessRevoked()))

    assert opened(person) == []


def test_supporters_lanes_are_no_circles_of_care(person: Person) -> None:
    person.let_in(lane=Lane("circle/" + text_from_id(bytes(16))))

    assert opened(person) == []


def test_a_grant_ends_after_its_last_day(person: Person) -> None:
    person.let_in(until=DAY)

    assert [CARE] == [each.lane for each in opened(person)]
    assert person.read(lambda conn: is_open(conn, CARE, DAY))
    assert [] == opened(person, "2025-10-10")
    assert not person.read(lambda conn: is_open(conn, CARE, "2025-10-10"))


def test_a_revocation_without_its_grant_opens_nothing(person: Person) -> None:
    grant = person.app.recorder.new_subject()
    person.write(lambda c, r: r.record(c, CARE, grant, AccessRevoked()))

    assert [] == person.read(lambda conn: live_grants(conn, DAY))


def test_a_stop_ends_what_took_the_place_of_what_was_stopped(person: Person) -> None:
    """Another device changed the terms before it knew of the stop."""
    first = person.let_in()[0].subject
    [changed] = person.write(
        lambda c, r: change_terms(c, r, member_meant(members(c), "Dr Demo"), until, r.now())
    )
    assert [changed.grant] == [each.subject for each in person.read(lambda c: live_grants(c, DAY))]

    person.write(lambda c, r: r.record(c, CARE, first, AccessRevoked()))

    assert [] == opened(person)


def until(terms: AccessGranted) -> AccessGranted:
    return msgspec.structs.replace(terms, until="2026-06-30")


def test_an_audience_is_named(person: Person) -> None:
    person.let_in()

    assert person.read(lambda conn: audience(conn, CARE, DAY)) == ("Dr Demo",)
    assert person.read(lambda conn: audience(conn, SELF, DAY)) == ()
    assert person.read(lambda conn: audience(conn, OTHER, DAY)) == ()


def test_members_keep_their_names_after_they_left(person: Person) -> None:
    [granted] = person.let_in()
    person.write(lambda c, r: r.record(c, CARE, granted.subject, AccessRevoked()))

    [(actor, name)] = person.read(member_names).items()

    assert (actor.partition("/")[0], name) == ("member", "Dr Demo")


class TestWithWhom:
    """One lane for each whom the person names, where its kind was agreed to."""

    @pytest.fixture(autouse=True)
    def both(self, person: Person) -> None:
        person.let_in(["goals", "steps"])
        person.let_in(["goals"], lane=OTHER, member=SECOND)

    def named(self, person: Person, *names: str, agreed: str = "goals") -> list[Lane]:
        found = person.read(lambda conn: lanes_meant(conn, DAY, names, agreed))
        return [each.lane for each in found]

    def refusal(self, person: Person, *names: str, agreed: str = "goals") -> ErrorCode:
        with pytest.raises(DomainError) as refused:
            self.named(person, *names, agreed=agreed)
        return refused.value.code

    def test_by_name_each_once(self, person: Person) -> None:
        assert [OTHER, CARE] == self.named(person, "Dr Second", "dr demo", "Dr Demo")

    def test_the_only_one_that_agreed_needs_no_name(self, person: Person) -> None:
        assert [CARE] == self.named(person, agreed="steps")

    def test_among_several_one_must_be_named(self, person: Person) -> None:
        assert ErrorCode.AMBIGUOUS_ID == self.refusal(person)
        assert ErrorCode.AMBIGUOUS_ID == self.refusal(person, "Dr")

    def test_what_was_not_agreed_to_goes_nowhere(self, person: Person) -> None:
        assert ErrorCode.NOT_AGREED == self.refusal(person, "Dr Second", agreed="steps")
        assert ErrorCode.NOT_AGREED == self.refusal(person, agreed="excerpts")

    def test_who_is_not_let_in_is_not_found(self, person: Person) -> None:
        assert ErrorCode.NOT_FOUND == self.refusal(person, "Dr Who")

    def test_a_supporter_is_no_circle_of_care(self, person: Person) -> None:
        circle = Lane("circle/" + text_from_id(bytes(16)))
        person.let_in(["goals"], lane=circle, member=THIRD)

        assert ErrorCode.NOT_FOUND == self.refusal(person, "Noor")

    def test_a_lane_whose_readers_read_an_older_one_is_left_out(self, person: Person) -> None:
        person.let_in(["goals"], lane=THIRD_LANE)

        agreed = person.read(lambda conn: lanes_agreed(conn, DAY, "goals"))

        assert [CARE, OTHER] == [each.lane for each in agreed]


def test_with_nobody_let_in_there_is_no_lane(person: Person) -> None:
    assert [] == person.read(lambda conn: lanes_meant(conn, DAY, (), "goals"))


def test_supporters_lanes_are_asked_for_apart(person: Person) -> None:
    sam = circle.let_in(person)
    circle.let_in(person, "Kim", "2025-10-09")
    person.let_in()

    lanes = person.read(lambda conn: circle_lanes(conn, "2025-10-10"))

    assert [(sam.lane, ("Sam",), frozenset())] == [(e.lane, e.names, e.classes) for e in lanes]
    assert ("Sam",) == person.read(lambda conn: audience(conn, sam.lane, DAY))
    assert ["Kim", "Sam"] == sorted(person.read(supporter_names).values())
