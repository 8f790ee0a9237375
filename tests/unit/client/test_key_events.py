"""What a device says about keys: new ones, told on every branch, and who does not hold them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import new_device
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.key_events import KeyEvents
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_shared.events.control import DeviceRemoved, VaultKeyWrapped
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import text_from_id

CODE = b"c" * 16
PHONE = b"p" * 16


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


def events(app: App) -> KeyEvents:
    return KeyEvents(app.vault, app.recorder, app.randomness)


def said(conn: Connection) -> list[tuple[bytes, EventData]]:
    found: list[tuple[bytes, EventData]] = []
    for (plain,) in conn.execute("SELECT body FROM event ORDER BY pos"):
        body = body_from_bytes(plain)
        assert body is not None
        assert body.mac is not None
        assert isinstance(body.data, EventData)
        found.append((body.mac.key, body.data))
    return found


def test_a_new_key_is_told_once_on_each_branch_and_follows_all(app: App) -> None:
    newest, keys = app.identity.trusted_key, events(app)
    rival = app.write(lambda _conn: keys.new_key()).id
    planted = app.write(lambda conn: keys.plant(conn, newest, {}, [rival]))

    one, other = app.read(said)
    assert (newest, rival) == (one[0], other[0])
    assert isinstance(one[1], VaultKeyWrapped)
    assert isinstance(other[1], VaultKeyWrapped)
    assert planted.hex() == one[1].key == other[1].key
    assert [[rival.hex()], [newest.hex()]] == [
        [link.key for link in each.links] for each in (one[1], other[1])
    ]
    assert newest == app.identity.newest_key.id, "used once it was committed and read"


def test_who_does_not_hold_it_is_said_under_it(app: App) -> None:
    keys = events(app)
    planted = app.write(lambda conn: keys.plant(conn, app.identity.trusted_key, {}))
    app.write(lambda conn: keys.remove(conn, [PHONE, CODE], {CODE}, planted))

    [_, device, code] = app.read(said)
    assert (planted, DeviceRemoved(device=text_from_id(PHONE))) == device
    assert (planted, DeviceRemoved(device=text_from_id(CODE), is_code=True)) == code
