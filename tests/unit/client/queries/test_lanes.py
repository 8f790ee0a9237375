"""Who is let in, as the grants of each lane say."""

from tests.support.person import Person
from trailmark_client.commands.grants import Member
from trailmark_client.queries.lanes import OpenLane, audience, is_live, member_names, open_lanes
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id
from trailmark_shared.projections.grant import GrantDocument

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
DAY = "2025-10-09"
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def opened(person: Person, day: str = DAY) -> list[OpenLane]:
    return person.read(lambda conn: open_lanes(conn, day))


def test_nobody_is_let_in_at_first(person: Person) -> None:
    assert opened(person) == []


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


def test_a_grant_ends_after_its_last_day() -> None:
    consent = ConsentText(version=1, sha256="0" * 64)
    granted = AccessGranted(
        member=SECOND.id, name="x", role="therapist", classes=(), until=DAY, consent=consent
    )
    facts = {
        "created_at": 0,
        "changed_at": 0,
        "created_by": "person",
        "changed_by": "person",
        "first_seq": None,
        "last_seq": None,
    }
    grant = GrantDocument(**facts, granted=granted)  # pyright: ignore[reportArgumentType]

    assert is_live(grant, DAY)
    assert not is_live(grant, "2025-10-10")
    assert not is_live(GrantDocument(**facts), DAY)  # pyright: ignore[reportArgumentType]


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
