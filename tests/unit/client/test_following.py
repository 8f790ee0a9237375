"""What follows from news: who confirmed is let in, what a stop ended ends, wishes are shared."""

from collections.abc import Iterator

import pytest

from tests.support import supporters as circle
from tests.support.http_home import HttpHome, http_home
from tests.support.person import THERAPIST, Person
from trailmark_client.commands.terms import text_shown_now
from trailmark_client.following import follow, is_waiting
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.pending import (
    Agreed,
    PendingGrant,
    keep_pending,
    pending_grants,
)
from trailmark_client.queries.sharing import list_grants
from trailmark_shared import limits
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.ids import care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
STATUS_PATH = f"/api/join/status?member={THERAPIST.id}"


@pytest.fixture
def home(person: Person) -> Iterator[HttpHome]:
    """Serve a home where a therapist has confirmed whom this device has not let in yet."""
    waiting = PendingGrant(
        member=THERAPIST.id, name="Dr Demo", phrase="a b c d", code="0" * 64, agreed=Agreed()
    )
    person.write(lambda conn, _: keep_pending(conn, [waiting]))
    with http_home() as home:
        circle.connect(person, home.url)
        home.on("GET", STATUS_PATH, (200, {"confirmed": True}))
        yield home


def test_who_confirmed_is_let_in(person: Person, home: HttpHome) -> None:
    assert follow(person.app)
    assert not follow(person.app)

    day = person.now().day
    assert 1 == len(home.asked)
    assert ["live"] == [each.state for each in person.read(lambda c: list_grants(c, day))]


def test_who_cannot_be_let_in_now_keeps_nothing_else_from_being_done(
    person: Person, home: HttpHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 1)

    assert not follow(person.app)
    assert 1 == len(home.asked)
    assert 1 == len(person.read(pending_grants))


def test_whom_another_device_let_in_gets_no_second_lane(person: Person, home: HttpHome) -> None:
    person.let_in(lane=CARE)

    assert follow(person.app)

    day = person.now().day
    assert ([], []) == (home.asked, person.read(pending_grants))
    assert [CARE] == [each.lane for each in person.read(lambda conn: open_lanes(conn, day))]


def test_an_invitation_that_the_server_forgot_waits_and_says_so(
    person: Person, home: HttpHome
) -> None:
    """The server was put back from an older copy; perhaps a newer one follows."""
    home.on("GET", STATUS_PATH, (404, {"code": "not_found", "detail": "nobody"}))
    for _ in range(2):
        assert not follow(person.app)
    assert not person.read(is_waiting)
    assert [True] == [each.is_unknown for each in person.read(pending_grants)]

    home.on("GET", STATUS_PATH, (200, {"confirmed": False}))
    assert not follow(person.app)
    assert person.read(is_waiting)
    assert [False] == [each.is_unknown for each in person.read(pending_grants)]


def test_terms_that_followed_a_stop_end_with_it(person: Person) -> None:
    """Another device stopped sharing before it knew of them."""
    first = person.let_in(lane=CARE)[0].subject
    following = AccessGranted(
        member=THERAPIST.id,
        name=THERAPIST.name,
        role="therapist",
        classes=("goals",),
        history="from_now",
        consent=text_shown_now(),
        replaces=text_from_id(first),
    )
    person.write(lambda c, r: r.record(c, CARE, r.new_subject(), following))
    person.write(lambda c, r: r.record(c, CARE, first, AccessRevoked()))

    assert follow(person.app)
    assert not follow(person.app)

    day = person.now().day
    assert "live" not in {each.state for each in person.read(lambda c: list_grants(c, day))}
