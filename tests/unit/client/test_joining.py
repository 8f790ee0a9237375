"""Joining a therapist's server with an invitation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from trailmark_client.app import App
from trailmark_client.joining import (
    complete,
    decline,
    pending_grant,
    redeem,
)
from trailmark_client.queries.lanes import open_lanes
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.phrases import comparison_phrase

STATUS = f"/api/join/status?member={text_from_id(b'm' * 16)}"
MEMBER = {"id": text_from_id(b"m" * 16), "name": "Dr Demo", "role": "therapist"}
KEY = Home(SpaceId(b"s" * 16)).signer.public_key.hex()
SERVER = {"id": text_from_id(b"h" * 16), "name": "Home", "signing_key": KEY}


@pytest.fixture
def home() -> Iterator[HttpHome]:
    """Serve a home that knows one invitation."""

    def join(body: dict[str, Any], _credential: str) -> Answer:
        if body["code"] != "BCDFG-HJKLM":
            return 403, {"code": "wrong_code", "detail": "this code does not work"}
        return 200, {
            "space": body["space"],
            "credential": "tmd_first",
            "credential_expires_at": 1,
            "server": SERVER,
            "member": MEMBER,
            "phrase": "what a liar in between would like to be read",
            "confirmed": False,
        }

    with http_home() as served:
        served.routes["POST", "/api/join"] = join
        served.on("GET", STATUS, (200, {"confirmed": False}))
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
    redeem(app, home.url, "BCDFG-HJKLM", ["goals"])


def test_redeeming_keeps_space_and_words_and_grants_nothing(app: App, home: HttpHome) -> None:
    add_reflection(app, "before")
    space = app.identity.space

    redeemed = redeem(app, home.url, "BCDFG-HJKLM", ["goals"])

    identity = app.identity
    assert redeemed.phrase == comparison_phrase(
        bytes.fromhex(KEY), space, identity.device, b"m" * 16
    )
    assert (identity.space, identity.credential) == (space, "tmd_first")
    assert identity.server is not None
    assert identity.server.signing_key.hex() == KEY
    assert app.read(lambda conn: open_lanes(conn, app.recorder.today())) == []
    assert not identity.private_copy


def test_a_wrong_code_changes_nothing(app: App, home: HttpHome) -> None:
    before = app.identity

    with pytest.raises(RefusedError) as raised:
        redeem(app, home.url, "WRONG", [])

    assert raised.value.code is ErrorCode.WRONG_CODE
    assert app.identity == before


def test_another_home_server_is_refused_by_name(app: App, home: HttpHome) -> None:
    joined(app, home)

    with pytest.raises(RefusedError, match="Home") as raised:
        redeem(app, "https://other.example", "BCDFG-HJKLM", [])

    assert raised.value.code is ErrorCode.OTHER_HOME_SERVER


def test_a_server_with_another_key_than_before_is_refused(app: App, home: HttpHome) -> None:
    joined(app, home)
    other = dict(SERVER, signing_key="00" * 32)
    answer = first_answer(home)
    home.on("POST", "/api/join", (200, {**answer, "server": other}))

    with pytest.raises(RefusedError) as raised:
        redeem(app, home.url, "BCDFG-HJKLM", [])

    assert raised.value.code is ErrorCode.UNKNOWN_SIGNING_KEY


def test_a_server_without_a_key_is_no_server(app: App, home: HttpHome) -> None:
    answer = first_answer(home)
    home.on("POST", "/api/join", (200, {**answer, "server": {**SERVER, "signing_key": "no"}}))

    with pytest.raises(RefusedError):
        redeem(app, home.url, "BCDFG-HJKLM", [])


def test_the_grant_is_written_last_and_once(app: App, home: HttpHome) -> None:
    joined(app, home)
    assert complete(app) is None
    assert app.read(pending_grant) is not None

    home.on("GET", STATUS, (200, {"confirmed": True}))
    written = complete(app)
    again = complete(app)

    assert written is not None
    assert [each.kind for each in written] == ["grant"]
    assert again == []
    [lane] = app.read(lambda conn: open_lanes(conn, app.recorder.today()))
    assert lane.names == ("Dr Demo",)


def test_a_declined_phrase_grants_nothing(app: App, home: HttpHome) -> None:
    joined(app, home)

    decline(app)

    assert complete(app) == []


def test_a_declined_first_server_does_not_stay_the_home(app: App, home: HttpHome) -> None:
    before = app.identity
    joined(app, home)
    joined(app, home)

    decline(app)

    assert app.identity == before


def test_a_declined_second_invitation_leaves_the_home(app: App, home: HttpHome) -> None:
    joined(app, home)
    home.on("GET", STATUS, (200, {"confirmed": True}))
    assert complete(app)
    connected = app.identity
    joined(app, home)

    decline(app)

    assert app.identity == connected
