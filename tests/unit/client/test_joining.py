"""Joining a therapist's server, and joining one's own space from a second device."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.support.devices import add_goal, add_reflection, new_device, sync
from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from trailmark_client.app import App
from trailmark_client.identity import Identity
from trailmark_client.joining import (
    complete,
    decline,
    devices,
    invite_device,
    join_space,
    pending_grant,
    redeem,
    remove_device,
)
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.storage.read_models import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SELF, DeviceId, SpaceId, text_from_id
from trailmark_shared.phrases import comparison_phrase

STATUS = f"/api/join/status?member={text_from_id(b'm' * 16)}"
MEMBER = {"id": text_from_id(b"m" * 16), "name": "Dr Demo", "role": "therapist"}
KEY = Home(SpaceId(b"s" * 16)).signer.public_key.hex()
SERVER = {"id": text_from_id(b"h" * 16), "name": "Home", "signing_key": KEY}


@pytest.fixture
def home() -> Iterator[HttpHome]:
    """Serve a home that knows one invitation and one relay for devices."""
    relay: dict[str, Any] = {}

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

    def invite(body: dict[str, Any], credential: str) -> Answer:
        assert credential == "Bearer tmd_first"
        relay.update(body)
        return 201, {"expires_at": 5}

    def join_device(body: dict[str, Any], _credential: str) -> Answer:
        if sha256(bytes.fromhex(body["lookup"])).hexdigest() != relay.get("lookup_hash"):
            return 403, {"code": "wrong_code", "detail": "this code does not work"}
        return 200, {
            "space": relay["space"],
            "credential": "tmd_second",
            "credential_expires_at": 1,
            "server": relay.get("server", SERVER),
            "bundle": relay["bundle"],
        }

    with http_home() as served:
        served.routes["POST", "/api/join"] = join
        served.routes["POST", "/api/device-invitations"] = invite
        served.routes["POST", "/api/device-joins"] = join_device
        served.on("GET", STATUS, (200, {"confirmed": False}))
        served.on("GET", "/api/devices", (200, {"devices": [{"id": "x", "name": "phone"}]}))
        served.on("DELETE", f"/api/devices/{text_from_id(b'd' * 16)}", (204, b""))
        served.relay = relay
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
    home.relay["space"] = text_from_id(app.identity.space)


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

    with pytest.raises(RefusedError, match="another key"):
        redeem(app, home.url, "BCDFG-HJKLM", [])


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


def test_a_second_device_gets_the_keys_end_to_end(app: App, home: HttpHome, tmp_path: Path) -> None:
    joined(app, home)
    code = invite_device(app)
    with new_device(tmp_path / "second", 2) as second:
        own_key = second.identity.newest_key

        join_space(second, home.url, code.text.upper())

        identity = second.identity
        assert identity.space == app.identity.space
        assert identity.newest_key == app.identity.newest_key
        assert identity.vault_key(own_key.id) == own_key.key
        assert identity.credential == "tmd_second"
        assert second.read(lambda conn: verify_all(conn, second.vault)) == []
    assert app.identity.newest_key.key.hex() not in str(home.asked)
    assert code.expires_at == 5


async def test_what_a_device_wrote_alone_comes_along_and_others_can_read_it(
    app: App, home: HttpHome, tmp_path: Path
) -> None:
    joined(app, home)
    app.write(lambda _conn: app.identity_file.update(with_private_copy))
    server = Home(app.identity.space)
    add_goal(app, "on the first")
    code = invite_device(app)
    with new_device(tmp_path / "second", 2) as second:
        add_reflection(second, "alone on the second")
        own = second.identity.newest_key
        join_space(second, home.url, code.text)
        for each in (app, second, app, second):
            assert (await sync(each, server)).is_done

        assert app.identity.vault_key(own.id) == own.key
        assert app.identity.newest_key == second.identity.newest_key == own
        hashes = {each.read(lambda conn: state_hash(conn, SELF)) for each in (app, second)}
        assert len(hashes) == 1
    kinds = app.read(lambda conn: conn.execute("SELECT kind FROM document ORDER BY 1").fetchall())
    assert kinds == [("control",), ("goal",), ("reflection",)]
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


def with_private_copy(identity: Identity) -> Identity:
    return msgspec.structs.replace(identity, private_copy=True)


def test_a_connected_device_joins_no_other_space(app: App, home: HttpHome) -> None:
    joined(app, home)

    with pytest.raises(RefusedError) as raised:
        join_space(app, home.url, invite_device(app).text)

    assert raised.value.code is ErrorCode.ALREADY_CONNECTED


@pytest.mark.parametrize("change", ["bundle", "server", "space"])
def test_a_relay_that_lies_is_refused(
    app: App, home: HttpHome, tmp_path: Path, change: str
) -> None:
    joined(app, home)
    code = invite_device(app)
    home.relay[change] = {
        "bundle": "AAAA",
        "server": dict(SERVER, signing_key="11" * 32),
        "space": text_from_id(b"x" * 16),
    }[change]
    with new_device(tmp_path / "second", 2) as second:
        before = second.identity
        with pytest.raises(RefusedError):
            join_space(second, home.url, code.text)
        assert second.identity == before


def test_devices_are_listed_and_removed(app: App, home: HttpHome) -> None:
    joined(app, home)

    assert [each.name for each in devices(app)] == ["phone"]
    remove_device(app, DeviceId(b"d" * 16))

    assert home.asked[-1][0] == "DELETE"


def test_what_needs_a_server_says_so(app: App) -> None:
    with pytest.raises(RefusedError) as raised:
        invite_device(app)

    assert raised.value.code is ErrorCode.NOT_CONNECTED
