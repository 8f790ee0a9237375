"""Joining one's own space from a second device; listing and removing devices."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.devices import add_goal, add_reflection, new_device, sync
from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from trailmark_client.app import App
from trailmark_client.device_joining import devices, invite_device, join_space, remove_device
from trailmark_client.identity import HomeServer, Identity
from trailmark_client.storage.read_models import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SELF, DeviceId, SpaceId, text_from_id

KEY = Home(SpaceId(b"s" * 16)).signer.public_key
SERVER = {"id": text_from_id(b"h" * 16), "name": "Home", "signing_key": KEY.hex()}


@pytest.fixture
def home() -> Iterator[HttpHome]:
    """Serve a home that relays for devices."""
    relay: dict[str, Any] = {}

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
        served.routes["POST", "/api/device-invitations"] = invite
        served.routes["POST", "/api/device-joins"] = join_device
        served.on("GET", "/api/devices", (200, {"devices": [{"id": "x", "name": "phone"}]}))
        served.on("DELETE", f"/api/devices/{text_from_id(b'd' * 16)}", (204, b""))
        served.relay = relay
        yield served


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


def connected(app: App, home: HttpHome) -> None:
    server = HomeServer(url=home.url, id=b"h" * 16, name="Home", signing_key=KEY)
    app.write(
        lambda _conn: app.identity_file.update(
            lambda old: msgspec.structs.replace(old, server=server, credential="tmd_first")
        )
    )
    home.relay["space"] = text_from_id(app.identity.space)


def test_a_second_device_gets_the_keys_end_to_end(app: App, home: HttpHome, tmp_path: Path) -> None:
    connected(app, home)
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
    connected(app, home)
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
    connected(app, home)

    with pytest.raises(RefusedError) as raised:
        join_space(app, home.url, invite_device(app).text)

    assert raised.value.code is ErrorCode.ALREADY_CONNECTED


@pytest.mark.parametrize("change", ["bundle", "server", "space"])
def test_a_relay_that_lies_is_refused(
    app: App, home: HttpHome, tmp_path: Path, change: str
) -> None:
    connected(app, home)
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
    connected(app, home)

    assert [each.name for each in devices(app)] == ["phone"]
    remove_device(app, DeviceId(b"d" * 16))

    assert home.asked[-1][0] == "DELETE"


def test_what_needs_a_server_says_so(app: App) -> None:
    with pytest.raises(RefusedError) as raised:
        invite_device(app)

    assert raised.value.code is ErrorCode.NOT_CONNECTED
