"""Control events: obeyed with a proof, kept without."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, connect_to, new_device, same_person, sync
from tests.support.fakes import SeededRandomness
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.commands.erasing import space_erased_bodies
from trailmark_client.identity import VaultKey, new_vault_key
from trailmark_client.storage.control import (
    Obeyed,
    is_proven,
    obey,
    proves_erasure,
    unlock,
)
from trailmark_client.storage.read_models import body_from_bytes, documents_of_lane
from trailmark_client.storage.verification import verify_all
from trailmark_shared.events.control import DeviceRemoved, VaultKeyWrapped, Wrap
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import SELF, EventId, SpaceId, text_from_id
from trailmark_shared.sealing import NONCE_BYTES, wrap_key

NEW = new_vault_key(SeededRandomness(99))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


def wrapped(app: App, key: VaultKey, under: VaultKey | None = None) -> Event:
    """Record that ``key`` was wrapped under the newest one (or under ``under``)."""
    holder = under or app.identity.newest_key
    sealed = wrap_key(app.vault.cipher, holder.id, holder.key, bytes(NONCE_BYTES), key.id, key.key)
    wraps = (
        Wrap(under=text_from_id(b"d" * 16), sealed=b"for a device"),
        Wrap(under=holder.id.hex(), sealed=sealed),
    )
    data = VaultKeyWrapped(key=key.id.hex(), wraps=wraps)
    return app.write(lambda conn: app.recorder.record(conn, SELF, b"k" * 16, data))


def obeyed(app: App, event: Event) -> Obeyed:
    body = body_from_bytes(event.body)
    assert body is not None
    return app.write(lambda conn: obey(conn, app.vault, SELF, [(event, body)]))


def test_a_wrapped_key_becomes_the_newest(app: App) -> None:
    obeyed(app, wrapped(app, NEW))

    assert app.identity.newest_key == NEW
    assert len(app.identity.vault_keys) == 2


def test_a_key_that_is_held_moves_to_the_end(app: App) -> None:
    first = app.identity.newest_key
    obeyed(app, wrapped(app, NEW))
    obeyed(app, wrapped(app, first))

    assert [each.id for each in app.identity.vault_keys] == [NEW.id, first.id]
    obeyed(app, wrapped(app, first))
    assert [each.id for each in app.identity.vault_keys] == [NEW.id, first.id]


def test_a_key_wrapped_for_others_is_not_taken(app: App) -> None:
    before = app.identity

    obeyed(app, wrapped(app, NEW, under=new_vault_key(SeededRandomness(5))))

    assert app.identity == before


def test_a_wrap_that_does_not_open_is_not_taken(app: App) -> None:
    stranger = new_vault_key(SeededRandomness(5))
    before = app.identity
    lying = VaultKey(id=app.identity.newest_key.id, key=stranger.key)

    obeyed(app, wrapped(app, NEW, under=lying))

    assert app.identity == before


def test_a_proof_under_an_unknown_key_or_over_other_bytes_is_none(app: App) -> None:
    event = wrapped(app, NEW)
    body = body_from_bytes(event.body)
    assert body is not None
    assert event.body is not None
    other = event.body.replace(NEW.id.hex().encode(), b"0" * 16)

    assert is_proven(app.identity, event, body)
    assert not is_proven(app.identity, event, msgspec.structs.replace(body, mac=None))
    assert not is_proven(app.identity, msgspec.structs.replace(event, body=other), body)
    assert not is_proven(app.identity, msgspec.structs.replace(event, body=b"[" * 99), body)
    assert not is_proven(app.identity, msgspec.structs.replace(event, body=None), body)
    stranger = msgspec.structs.replace(app.identity, vault_keys=(NEW,))
    assert not is_proven(stranger, event, body)


def test_only_a_mac_under_a_key_that_is_held_proves_that_everything_was_erased(app: App) -> None:
    event, identity = EventId(b"e" * 16), app.identity
    [raw] = space_erased_bodies(identity, event, 1)
    other = msgspec.structs.replace(identity, vault_keys=(NEW,))
    [elsewhere] = space_erased_bodies(
        msgspec.structs.replace(identity, space=SpaceId(b"o" * 16)), event, 1
    )

    assert proves_erasure(identity, event, raw)
    assert not proves_erasure(other, event, raw)
    assert not proves_erasure(identity, EventId(b"f" * 16), raw)
    assert not proves_erasure(identity, event, elsewhere)
    assert not proves_erasure(identity, event, raw.replace(b'"recorded_at":1', b'"recorded_at":2'))
    assert not proves_erasure(identity, event, b"no json")


def test_another_control_event_proves_no_erasure(app: App) -> None:
    data = DeviceRemoved(device=text_from_id(b"d" * 16))
    event = app.write(lambda conn: app.recorder.record(conn, SELF, app.identity.space, data))

    assert event.body is not None
    assert not proves_erasure(app.identity, event.id, event.body)


def test_a_device_that_holds_an_older_key_only_can_check_it_too(app: App) -> None:
    first, event = app.identity, EventId(b"e" * 16)
    obeyed(app, wrapped(app, NEW))

    bodies = space_erased_bodies(app.identity, event, 1)

    assert [True, False] == [proves_erasure(first, event, each) for each in bodies]
    assert 2 == len(bodies)


def test_other_control_events_change_nothing_here(app: App) -> None:
    data = DeviceRemoved(device=text_from_id(b"d" * 16))
    event = app.write(lambda conn: app.recorder.record(conn, SELF, b"d" * 16, data))

    result = obeyed(app, event)

    assert (result.touched, result.unlocked, result.erased) == ([], [], False)


async def test_a_key_that_comes_late_opens_what_was_locked(app: App, tmp_path: Path) -> None:
    home = Home(app.identity.space)
    connect_to(app, home)
    with new_device(tmp_path / "second", 2) as second:
        same_person(second, app)
        connect_to(second, home)
        old = app.identity.newest_key
        hold(app, old, NEW)
        add_reflection(app, "sealed under the new key")
        await sync(app, home)
        await sync(second, home)
        assert second.read(lambda conn: documents_of_lane(conn, SELF)) == []

        # As after a join: the MAC is under the key that the others hold already.
        hold(app, NEW, old)
        wrapped(app, NEW)
        await sync(app, home)
        await sync(second, home)

        kinds = [each.kind for each in second.read(lambda c: documents_of_lane(c, SELF))]
        assert sorted(kinds) == ["control", "reflection"]
        assert second.identity.newest_key == NEW
        assert second.read(lambda conn: verify_all(conn, second.vault)) == []


async def test_an_order_that_the_server_repeats_is_not_obeyed_again(app: App) -> None:
    home = Home(app.identity.space)
    connect_to(app, home)
    first = wrapped(app, NEW)
    await sync(app, home)
    newest = new_vault_key(SeededRandomness(7))
    wrapped(app, newest)
    await sync(app, home)
    assert app.identity.newest_key == newest

    home.lanes[SELF].put(first, home.clock.now_ms(), 0, "person", None)
    await sync(app, home)

    assert app.identity.newest_key == newest


def hold(app: App, *keys: VaultKey) -> None:
    """Let a device hold these keys, the newest last."""
    app.write(
        lambda _conn: app.identity_file.update(
            lambda own: msgspec.structs.replace(own, vault_keys=keys)
        )
    )


def test_an_unknown_key_unlocks_nothing(app: App) -> None:
    assert app.write(lambda conn: unlock(conn, app.vault, NEW.id)) == []
