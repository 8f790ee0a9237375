"""Who was let in on this device, kept to be said again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import new_device
from trailmark_client.app import App
from trailmark_client.holders import LetIn, is_over, keep_let_in, let_in_here
from trailmark_shared.events.control import DeviceAdded, RecoveryCodeMade
from trailmark_shared.ids import KeyId, text_from_id
from trailmark_shared.key_ring import Holding, KeyRing

LAPTOP = LetIn(kind="device", id=b"l" * 16, public_key=b"p" * 32, name="laptop")
CODE = LetIn(kind="recovery", id=b"r" * 16, public_key=b"q" * 32)
TRUSTED = KeyId(b"1" * 8)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


def a_ring() -> KeyRing:
    return KeyRing(Holding(first_key=TRUSTED, keys={}, private_keys={}))


def test_they_are_kept(app: App) -> None:
    assert [] == app.read(let_in_here)

    app.write(lambda conn: keep_let_in(conn, [LAPTOP, CODE]))

    assert [LAPTOP, CODE] == app.read(let_in_here)


def test_each_is_said_in_its_own_words() -> None:
    assert (
        DeviceAdded(device=text_from_id(LAPTOP.id), name="laptop", public_key=b"p" * 32)
        == LAPTOP.said()
    )
    assert RecoveryCodeMade(recovery=text_from_id(CODE.id), public_key=b"q" * 32) == CODE.said()


@pytest.mark.parametrize("holder", [LAPTOP, CODE], ids=["device", "code"])
def test_it_is_over_once_it_was_removed(holder: LetIn) -> None:
    ring, older, later = a_ring(), KeyId(b"0" * 8), KeyId(b"2" * 8)
    ring.follows = {TRUSTED: {older}, later: {TRUSTED}}
    assert not is_over(ring, TRUSTED, holder)

    ring.removals[holder.id] = {older}
    assert not is_over(ring, TRUSTED, holder), "who was removed itself may still say so"
    ring.removals[holder.id] = {older, later}
    assert is_over(ring, TRUSTED, holder)
    ring.removals[holder.id] = {older}
    ring.removed = {holder.id}
    assert is_over(ring, TRUSTED, holder)
