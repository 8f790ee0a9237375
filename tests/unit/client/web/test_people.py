"""Sharing: who sees what, as they see it, who looked, and an end with one tap."""

import msgspec
import pytest

from tests.support.languages import language_of
from tests.support.own_pages import NoServer, Window
from tests.support.person import THERAPIST
from trailmark_client.queries.pending import Agreed, PendingGrant, keep_pending
from trailmark_client.queries.sharing import list_grants
from trailmark_client.web.desk import Completed, Looked, Seen
from trailmark_client.web.people import GROUPS, connect_words
from trailmark_shared.domain.consent import CLASS_WORDS, CONSENT_CLASSES
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import speaking

PHRASE = "calm river stone lamp"
PENDING = PendingGrant(member=THERAPIST.id, name="Dr Demo", phrase=PHRASE, code="00", is_first=True)


class Server(NoServer):
    """A home server that answers, and remembers what it was told."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.agreed: Agreed | None = None
        self.is_confirmed = True
        self.is_let_in = False
        self.is_away = False
        self.is_first = True
        self.has_other_device = False

    def redeem(self, invitation: str) -> PendingGrant:
        if invitation != "trailmark://home.example/CODE":
            raise RefusedError(ErrorCode.WRONG_CODE, "this code does not work")
        pending = msgspec.structs.replace(PENDING, is_first=self.is_first)
        waiting = [] if self.is_let_in else [pending]
        self.window.person.write(lambda conn, _: keep_pending(conn, waiting))
        return pending

    def agree(self, member: str, agreed: Agreed) -> None:
        assert member == THERAPIST.id
        self.agreed = agreed

    def complete(self, member: str) -> Completed:
        assert member == THERAPIST.id
        if self.is_away:
            raise RefusedError(ErrorCode.UNREACHABLE, "the server cannot be reached", "later")
        if self.has_other_device:
            return "already-in"
        return "let-in" if self.is_confirmed else "agreed"

    def decline(self, member: str) -> None:
        assert member == THERAPIST.id
        self.window.person.write(lambda conn, _: keep_pending(conn, []))

    def looked(self) -> Looked:
        look = Seen(member=THERAPIST.id, name="Dr Demo", page="timeline", at=1_760_000_000_000)
        return Looked(entries=[look], asked_at=1_760_000_000_000)


@pytest.fixture
def server(window: Window) -> Server:
    server = Server(window)
    window.far = server
    return server


def states(window: Window) -> list[str]:
    day = window.desk.today
    return [each.state for each in window.person.read(lambda conn: list_grants(conn, day))]


def test_nobody_is_let_in_at_first(window: Window) -> None:
    assert "Only you can see this app." in window.get("/sharing")


def test_each_kind_is_a_yes_or_a_no(window: Window) -> None:
    window.person.let_in(classes=("goals", "steps"))
    page = window.get("/sharing")

    assert 2 == page.count('<li class="yes">')
    assert len(CLASS_WORDS) - 2 == page.count('<li class="no">')
    assert "until you stop it" in page


def test_each_kind_is_told_in_a_word_or_two_of_the_readers_language(window: Window) -> None:
    window.person.let_in(classes=("goals",))
    with speaking(language_of({"goals": "buts"})):
        page = window.get("/sharing")

    assert "<span>buts</span>" in page
    assert "wording, why they matter" not in page


def test_see_as_they_see_shows_what_is_shared_and_nothing_else(window: Window) -> None:
    window.person.let_in()
    shared = window.person.goal("Swim")
    window.person.goal("Nobody knows")
    window.post(f"/goals/{text_from_id(shared)}/share")
    day = window.desk.today
    (grant,) = window.person.read(lambda conn: list_grants(conn, day))
    page = window.get(f"/sharing/{grant.grant}")

    assert "As Dr Demo sees it" in page
    assert "Swim" in page
    assert "Nobody knows" not in page
    assert "What you changed or took back stays in their timeline" in page
    assert 404 == window.ask("GET", "/sharing/zzzz").status


def test_one_tap_stops_without_a_question(window: Window) -> None:
    window.person.let_in()
    told = window.post(f"/sharing/stop/{THERAPIST.id}")

    page = window.get(told.location or "")
    assert "You stopped it." in page
    assert ["stopping"] == states(window)
    assert "closes to them with the next connection of this device" in page
    assert "stops with the next connection" in page
    assert "Only you can see this app." not in page


def test_invitation_lets_nobody_in_before_the_words_are_compared(
    window: Window, server: Server
) -> None:
    told = window.post("/sharing/connect", invitation="trailmark://home.example/CODE")
    page = window.get(told.location or "")

    assert PHRASE in page
    assert " checked" not in page
    refused = window.post(told.location or "", **{"class": "goals"})
    assert 422 == refused.status
    assert 'value="goals" checked' in refused.html
    assert server.agreed is None
    assert "compare four words" in window.get("/sharing")


def test_who_is_let_in_already_stays_so(window: Window, server: Server) -> None:
    server.is_let_in = True
    told = window.post("/sharing/connect", invitation="trailmark://home.example/CODE")

    assert "They are let in already" in window.get(told.location or "")


def test_only_what_was_chosen_is_agreed_to(window: Window, server: Server) -> None:
    location = window.post("/sharing/connect", invitation="trailmark://home.example/CODE").location
    fields = {"same": "yes", "class": ("goals", "excerpts"), "action": "comment", "until": ""}
    told = window.post(location or "", **fields)

    assert Agreed(classes=("goals", "excerpts"), actions=("comment",)) == server.agreed
    assert "They are let in." in window.get(told.location or "")


def test_therapist_who_has_not_confirmed_is_waited_for(window: Window, server: Server) -> None:
    server.is_confirmed = False
    location = window.post("/sharing/connect", invitation="trailmark://home.example/CODE").location
    told = window.post(location or "", same="yes", until="2025-12-31")

    assert "as soon as they confirm" in window.get(told.location or "")
    assert server.agreed is not None
    assert "2025-12-31" == server.agreed.until


def test_day_that_is_over_is_named(window: Window, server: Server) -> None:
    location = window.post("/sharing/connect", invitation="trailmark://home.example/CODE").location
    told = window.post(location or "", same="yes", until="2020-01-01")

    assert "That day is over" in told.html
    assert server.agreed is None


def test_words_that_differ_let_nobody_in(window: Window, server: Server) -> None:
    window.post("/sharing/connect", invitation="trailmark://home.example/CODE")
    told = window.post(f"/sharing/decline/{THERAPIST.id}")

    assert "Nobody was let in." in window.get(told.location or "")
    answered = window.ask("GET", f"/sharing/waiting/{THERAPIST.id}")
    assert (303, "/sharing") == (answered.status, answered.location)
    assert 422 == window.ask("POST", f"/sharing/decline/{THERAPIST.id}").status
    assert isinstance(window.far, Server)
    del server


def test_code_that_does_not_work_stays_in_the_form(window: Window, server: Server) -> None:
    told = window.post("/sharing/connect", invitation="trailmark://home.example/OLD")
    del server

    assert "This code does not work" in told.html
    assert "trailmark://home.example/OLD</textarea>" in told.html
    assert 422 == window.post("/sharing/connect", invitation=" ").status


def test_a_device_that_the_server_does_not_know_is_told_its_ways_back() -> None:
    words = connect_words(RefusedError(ErrorCode.NOT_AUTHORISED, "with it: trailmark recover"))

    assert "trailmark" not in words
    assert "your recovery code" in words


def test_without_a_network_everything_stays_saved(window: Window) -> None:
    told = window.post("/sharing/connect", invitation="trailmark://home.example/CODE")

    assert "The server cannot be reached now." in told.html
    assert "The server cannot be reached now." in window.get("/sharing/looked")


def test_who_looked_is_told_in_words(window: Window, server: Server) -> None:
    del server

    assert "Dr Demo opened your timeline" in window.get("/sharing/looked")


def test_invitation_that_waits_can_be_forgotten(window: Window) -> None:
    window.person.write(lambda conn, _: keep_pending(conn, [PENDING]))
    told = window.post(f"/sharing/stop/{THERAPIST.id}")
    page = window.get(told.location or "")

    assert "Nobody was let in." in page
    assert "Only you can see this app." in page


def test_every_kind_stands_under_one_heading() -> None:
    assert sorted(CONSENT_CLASSES) == sorted(code for _, codes in GROUPS for code in codes)


def test_a_server_that_cannot_be_asked_keeps_what_was_agreed_to(
    window: Window, server: Server
) -> None:
    server.is_away = True
    location = window.post("/sharing/connect", invitation="trailmark://home.example/CODE").location
    told = window.post(location or "", **{"same": "yes", "class": "goals"})

    assert "/sharing?done=agreed" == told.location
    assert Agreed(classes=("goals",)) == server.agreed


def test_an_invitation_that_the_server_forgot_is_said_to_need_another(window: Window) -> None:
    lost = msgspec.structs.replace(PENDING, agreed=Agreed(), is_unknown=True)
    window.person.write(lambda conn, _: keep_pending(conn, [lost]))

    page = window.get("/sharing")

    assert "Ask Dr Demo for another one." in page
    assert "as soon as they confirm" not in page


def test_what_other_devices_did_is_known_before_anybody_is_let_in(
    window: Window, server: Server
) -> None:
    """Not until everything was exchanged: another device may have let them in."""
    server.is_first, server.has_other_device = False, True

    def answered() -> str:
        link = "trailmark://home.example/CODE"
        location = window.post("/sharing/connect", invitation=link).location
        told = window.post(location or "", same="yes")
        return window.get(told.location or "")

    assert "as soon as they confirm" in answered()
    window.phase = "live"
    assert "They are let in already" in answered()
