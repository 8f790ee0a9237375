"""Joining a therapist's server with an invitation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from trailmark_client.app import App
from trailmark_client.commands.stopping import stop_member
from trailmark_client.joining import (
    agree,
    complete,
    decline,
    redeem,
    redeem_or_resume,
)
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.pending import Agreed, pending_grant, pending_grants
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.phrases import comparison_phrase

MEMBER = {"id": text_from_id(b"m" * 16), "name": "Dr Demo", "role": "therapist"}
SECOND = {"id": text_from_id(b"n" * 16), "name": "Dr Second", "role": "therapist"}
GOALS = Agreed(classes=("goals",))
KEY = Home(SpaceId(b"s" * 16)).signer.public_key.hex()
SERVER = {"id": text_from_id(b"h" * 16), "name": "Home", "signing_key": KEY}


def status_path(member: dict[str, str]) -> str:
    return f"/api/join/status?member={member['id']}"


def confirm(home: HttpHome, member: dict[str, str] = MEMBER) -> None:
    home.on("GET", status_path(member), (200, {"confirmed": True}))


@pytest.fixture
def home() -> Iterator[HttpHome]:
    """Serve a home that knows two therapists' invitations."""
    members = {"BCDFG-HJKLM": MEMBER, "BCDFG-HJKLN": SECOND}

    def join(body: dict[str, Any], _credential: str) -> Answer:
        if body["code"] not in members:
            return 403, {"code": "wrong_code", "detail": "this code does not work"}
        return 200, {
            "space": body["space"],
            "credential": "tmd_first",
            "credential_expires_at": 1,
            "server": SERVER,
            "member": members[body["code"]],
            "phrase": "what a liar in between would like to be read",
            "confirmed": False,
        }

    with http_home() as served:
        served.routes["POST", "/api/join"] = join
        for member in (MEMBER, SECOND):
            served.on("GET", status_path(member), (200, {"confirmed": False}))
        yield served


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


def first_answer(home: HttpHome) -> dict[str, Any]:
    _, answer = home.answer("POST", "/api/join", {"code": "BCDFG-HJKLM", "space": ""}, "")
    assert isinstance(answer, dict)
    return cast("dict[str, Any]", answer)


def joined(app: App, home: HttpHome) -> None:
    redeem(app, home.url, "BCDFG-HJKLM", GOALS)


def stop(app: App) -> None:
    member = app.read(lambda conn: member_meant(members(conn), "Dr Demo"))
    app.write(lambda conn: stop_member(conn, app.recorder, member, app.recorder.now()))


def test_redeeming_keeps_space_and_words_and_grants_nothing(app: App, home: HttpHome) -> None:
    add_reflection(app, "before")
    space = app.identity.space

    redeemed = redeem(app, home.url, "BCDFG-HJKLM", GOALS)

    identity = app.identity
    assert redeemed.phrase == comparison_phrase(
        bytes.fromhex(KEY), space, identity.device, b"m" * 16
    )
    assert (identity.space, identity.credential) == (space, "tmd_first")
    assert identity.server is not None
    assert identity.server.signing_key.hex() == KEY
    assert app.read(lambda conn: open_lanes(conn, app.recorder.today())) == []
    assert not identity.private_copy


def test_a_code_that_is_not_taken_changes_nothing(app: App, home: HttpHome) -> None:
    before = app.identity

    with pytest.raises(RefusedError) as raised:
        redeem(app, home.url, "WRONG")

    assert raised.value.code is ErrorCode.WRONG_CODE
    assert app.identity == before
    home.on("POST", "/api/join", (401, {"code": "not_signed_in", "detail": "known already"}))
    with pytest.raises(RefusedError, match="trailmark recover"):
        redeem(app, home.url, "BCDFG-HJKLM")


def test_another_home_server_is_refused_by_name(app: App, home: HttpHome) -> None:
    joined(app, home)

    with pytest.raises(RefusedError, match=r"Home .* trailmark export FILE here") as raised:
        redeem(app, "https://other.example", "BCDFG-HJKLM")

    assert raised.value.code is ErrorCode.OTHER_HOME_SERVER


def test_a_server_with_another_key_than_before_is_refused(app: App, home: HttpHome) -> None:
    joined(app, home)
    other = dict(SERVER, signing_key="00" * 32)
    answer = first_answer(home)
    home.on("POST", "/api/join", (200, {**answer, "server": other}))

    with pytest.raises(RefusedError) as raised:
        redeem(app, home.url, "BCDFG-HJKLM")

    assert raised.value.code is ErrorCode.UNKNOWN_SIGNING_KEY


def test_a_server_without_a_key_is_no_server(app: App, home: HttpHome) -> None:
    answer = first_answer(home)
    home.on("POST", "/api/join", (200, {**answer, "server": {**SERVER, "signing_key": "no"}}))

    with pytest.raises(RefusedError):
        redeem(app, home.url, "BCDFG-HJKLM")


def test_the_grant_is_written_last_and_once(app: App, home: HttpHome) -> None:
    joined(app, home)
    assert complete(app, MEMBER["id"]) is None
    assert app.read(pending_grants)

    confirm(home)
    written = complete(app, MEMBER["id"])
    again = complete(app, MEMBER["id"])

    assert written is not None
    assert [each.kind for each in written] == ["grant"]
    assert again == []
    [lane] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
    assert lane.names == ("Dr Demo",)


def test_a_declined_phrase_grants_nothing(app: App, home: HttpHome) -> None:
    joined(app, home)

    decline(app, MEMBER["id"])

    assert complete(app, MEMBER["id"]) == []


def test_a_declined_first_server_does_not_stay_the_home(app: App, home: HttpHome) -> None:
    before = app.identity
    joined(app, home)
    joined(app, home)

    decline(app, MEMBER["id"])

    assert app.identity == before


def test_a_declined_second_invitation_leaves_the_home(app: App, home: HttpHome) -> None:
    joined(app, home)
    confirm(home)
    assert complete(app, MEMBER["id"])
    connected = app.identity
    joined(app, home)

    decline(app, MEMBER["id"])

    assert app.identity == connected


class TestSeveralInvitations:
    """Each waits for its own therapist; the second does not drop the first."""

    def both(self, app: App, home: HttpHome) -> None:
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)
        redeem(app, home.url, "BCDFG-HJKLN", Agreed(classes=("goals", "steps")))

    def test_both_wait_and_each_is_completed_by_itself(self, app: App, home: HttpHome) -> None:
        self.both(app, home)
        assert ["Dr Demo", "Dr Second"] == [each.name for each in app.read(pending_grants)]

        confirm(home, SECOND)
        assert complete(app, MEMBER["id"]) is None
        assert complete(app, SECOND["id"])

        assert ["Dr Demo"] == [each.name for each in app.read(pending_grants)]
        [lane] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
        assert (("Dr Second",), {"goals", "steps"}) == (lane.names, lane.classes)

    def test_a_phrase_that_differs_drops_that_invitation_alone(
        self, app: App, home: HttpHome
    ) -> None:
        self.both(app, home)

        decline(app, SECOND["id"])

        assert ["Dr Demo"] == [each.name for each in app.read(pending_grants)]
        assert app.identity.server is not None

    def test_with_no_equal_phrase_at_all_the_server_goes(self, app: App, home: HttpHome) -> None:
        before = app.identity
        redeem(app, home.url, "BCDFG-HJKLM")
        redeem(app, home.url, "BCDFG-HJKLN")

        decline(app, MEMBER["id"])

        assert [] == app.read(pending_grants)
        assert before == app.identity

    def test_once_somebody_is_let_in_no_other_phrase_unmakes_the_server(
        self, app: App, home: HttpHome
    ) -> None:
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)
        redeem(app, home.url, "BCDFG-HJKLN")
        confirm(home)
        assert complete(app, MEMBER["id"])

        decline(app, SECOND["id"])

        assert app.identity.server is not None

    def test_the_same_code_goes_on_where_it_stopped(self, app: App, home: HttpHome) -> None:
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)

        redeem(app, home.url, "bcdfg hjklm".replace(" ", "-").upper())

        [waiting] = app.read(pending_grants)
        assert GOALS == waiting.agreed

    def test_another_code_of_the_same_therapist_is_asked_anew(
        self, app: App, home: HttpHome
    ) -> None:
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)
        answer = first_answer(home)
        home.on("POST", "/api/join", (200, answer))

        redeem(app, home.url, "BBBBB-BBBBB")

        [waiting] = app.read(pending_grants)
        assert waiting.agreed is None

    def test_there_is_a_bound(self, app: App, home: HttpHome) -> None:
        answer = first_answer(home)
        for number in range(limits.PENDING_GRANTS_MAX):
            member = {**MEMBER, "id": text_from_id(bytes([number]) * 16)}
            home.on("POST", "/api/join", (200, {**answer, "member": member}))
            redeem(app, home.url, f"BBBBB-BBBB{number}")
        asked = len(home.asked)

        with pytest.raises(DomainError) as raised:
            redeem(app, home.url, "BBBBB-CCCCC")
        redeem(app, home.url, "BBBBB-BBBB3")

        assert ErrorCode.INVALID_INPUT is raised.value.code
        assert asked + 1 == len(home.asked)
        assert limits.PENDING_GRANTS_MAX == len(app.read(pending_grants))


class TestRoom:
    def test_no_code_is_used_up_for_somebody_who_could_not_be_let_in(
        self, app: App, home: HttpHome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 1)
        asked = len(home.asked)

        with pytest.raises(DomainError) as raised:
            redeem(app, home.url, "BCDFG-HJKLM")

        assert ErrorCode.TOO_MANY_LANES is raised.value.code
        assert asked == len(home.asked)

    def test_who_waits_is_not_let_in_when_the_last_lane_was_taken_meanwhile(
        self, app: App, home: HttpHome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)
        confirm(home)
        monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 1)

        with pytest.raises(DomainError) as raised:
            complete(app, MEMBER["id"])

        assert ErrorCode.TOO_MANY_LANES is raised.value.code
        assert 1 == len(app.read(pending_grants))


class TestWhatWasAgreedTo:
    def test_an_invitation_that_was_not_answered_lets_nobody_in(
        self, app: App, home: HttpHome
    ) -> None:
        redeem(app, home.url, "BCDFG-HJKLM")
        confirm(home)

        assert [] == complete(app, MEMBER["id"])

        agree(app, MEMBER["id"], GOALS)
        assert complete(app, MEMBER["id"])

    def test_the_terms_are_those_that_were_agreed_to(self, app: App, home: HttpHome) -> None:
        redeem(app, home.url, "BCDFG-HJKLM")
        agreed = Agreed(classes=("goals",), actions=("comment",), until="2099-01-01")
        agree(app, MEMBER["id"], agreed)
        confirm(home)
        complete(app, MEMBER["id"])

        [member] = app.read(members)
        granted = member.grants[0].document.granted
        assert granted is not None
        assert (("goals",), ("comment",), "2099-01-01", "care", "from_now") == (
            granted.classes,
            granted.actions,
            granted.until,
            granted.purpose,
            granted.history,
        )

    def everything(self, app: App, home: HttpHome) -> str:
        """Let one in, and agree that the other sees everything of the same lane."""
        redeem(app, home.url, "BCDFG-HJKLM", GOALS)
        confirm(home)
        complete(app, MEMBER["id"])
        [lane] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
        whole = Agreed(classes=("goals",), history="everything", lane=lane.lane)
        redeem(app, home.url, "BCDFG-HJKLN", whole)
        confirm(home, SECOND)
        return lane.lane

    def test_everything_is_a_grant_on_the_lane_that_is_there(
        self, app: App, home: HttpHome
    ) -> None:
        lane = self.everything(app, home)

        complete(app, SECOND["id"])

        [opened] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
        assert (lane, {"Dr Demo", "Dr Second"}) == (opened.lane, set(opened.names))

    def test_a_lane_that_was_stopped_meanwhile_is_not_opened_again(
        self, app: App, home: HttpHome
    ) -> None:
        """They see less than was agreed to, never more."""
        lane = self.everything(app, home)
        stop(app)

        complete(app, SECOND["id"])

        [opened] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
        assert lane != opened.lane
        second = app.read(lambda conn: member_meant(members(conn), "Dr Second"))
        granted = second.grants[0].document.granted
        assert granted is not None
        assert ("Dr Second", "from_now") == (granted.name, granted.history)

    def test_one_that_is_not_there_is_not_found(self, app: App) -> None:
        assert app.read(lambda conn: pending_grant(conn, MEMBER["id"])) is None


def test_who_is_let_in_already_stays_so_and_the_device_is_let_in_again(
    app: App, home: HttpHome
) -> None:
    joined(app, home)
    confirm(home)
    complete(app, MEMBER["id"])
    home.on("POST", "/api/join", (200, {**first_answer(home), "credential": "tmd_second"}))

    assert GOALS == redeem_or_resume(app, home.url, "BBBBB-BBBBB").agreed
    assert ([], "tmd_second") == (app.read(pending_grants), app.identity.credential)
    stop(app)
    assert redeem_or_resume(app, home.url, "BBBBB-BBBBB").agreed is None


def test_a_used_code_goes_on_where_it_stopped(app: App, home: HttpHome) -> None:
    first = redeem_or_resume(app, home.url, "BCDFG-HJKLM")
    home.on("POST", "/api/join", (403, {"code": "wrong_code", "detail": "used"}))
    assert first == redeem_or_resume(app, home.url, "bcdfg hjklm")
    with pytest.raises(RefusedError):
        redeem_or_resume(app, home.url, "BCDFG-HJKLN")
