"""New epochs: nothing lost, nothing doubled, whatever was cloned, restored or killed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    sync,
)
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App, open_app
from trailmark_client.storage.cursors import has_foreign_outbox
from trailmark_client.storage.epochs import start_epoch, write_again
from trailmark_client.storage.event_log import outbox_batch
from trailmark_client.storage.page_store import store_page
from trailmark_client.storage.read_models import refold_all
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_client.storage.verification import verify_all
from trailmark_shared.ids import SELF, DeviceId, Epoch
from trailmark_shared.protocol.messages import Events
from trailmark_shared.protocol.pages import runs_from_rows


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "device") as device:
        yield device


@pytest.fixture
def home(app: App) -> Home:
    made = Home(app.identity.space)
    connect_to(app, made)
    return made


def texts(home: Home) -> list[bytes]:
    return [row.event.id for row in home.lane(SELF).rows if row.code is None]


def test_everything_unsent_is_numbered_again(app: App, home: Home) -> None:
    assert home.lanes == {}
    add_goal(app, "one")
    add_goal(app, "two", CARE)
    add_goal(app, "three")
    before = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events

    epoch, lanes = app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))
    after = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events

    assert app.identity.epoch == epoch != before[0].epoch
    assert lanes == [CARE, SELF]
    assert [event.dseq for event in after] == [1, 2]
    assert [(e.id, e.salt, e.body) for e in after] == [(e.id, e.salt, e.body) for e in before]
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


def test_an_imported_lane_keeps_its_numbers(app: App) -> None:
    """It is sent to nobody, and carried to other devices as it stands."""
    add_goal(app, "one", CARE)
    add_goal(app, "two")
    app.write(lambda c: c.execute("INSERT INTO archived_lane VALUES (?)", (CARE,)))
    stands = "SELECT space, device, epoch, dseq, hash FROM event WHERE lane = ?"
    before = app.read(lambda conn: conn.execute(stands, (CARE,)).fetchall())

    _, lanes = app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))

    assert lanes == [SELF]
    assert app.read(lambda conn: conn.execute(stands, (CARE,)).fetchall()) == before
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


def test_what_is_shown_names_the_device_that_it_is_written_by_now(app: App) -> None:
    """As when a device that was removed comes back: it has another id then."""
    add_goal(app, "not sent yet")
    before = app.read(lambda conn: documents_of_lane(conn, SELF))

    def come_back(conn: Connection) -> None:
        other = Epoch(b"e" * 8)
        fresh = msgspec.structs.replace(app.identity.secrets, sign_seed=b"o" * 32)
        identity = app.identity_file.update(
            lambda own: msgspec.structs.replace(
                own, sign_seed=fresh.sign_seed, device=DeviceId(fresh.holder.id), epoch=other
            )
        )
        write_again(conn, identity)

    app.write(come_back)
    after = app.read(lambda conn: documents_of_lane(conn, SELF))

    app.write(lambda conn: refold_all(conn, app.vault.opener()))
    assert before != after == app.read(lambda conn: documents_of_lane(conn, SELF))


@pytest.mark.usefixtures("home")
def test_recording_goes_on_under_the_new_epoch(app: App) -> None:
    add_goal(app, "one")
    app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))

    add_goal(app, "two")

    first, second = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events

    assert (second.dseq, second.prev) == (2, first.hash)
    assert not app.read(lambda conn: has_foreign_outbox(conn, app.identity))
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []


async def test_a_clone_is_found_and_both_keep_their_words(
    app: App, home: Home, tmp_path: Path
) -> None:
    add_reflection(app, "before the clone")
    await sync(app, home)
    app.file.checkpoint()
    shutil.copytree(app.home, tmp_path / "clone")
    clone = open_app(tmp_path / "clone")
    add_reflection(app, "on the first")
    add_reflection(clone, "on the clone")

    await sync(app, home)
    ended = await sync(clone, home)

    assert ended.is_done
    assert clone.identity.epoch != app.identity.epoch
    assert len(texts(home)) == len(set(texts(home))) == 3
    assert (await sync(app, home)).is_done
    clone.close()


async def test_a_restored_device_goes_on_under_a_new_epoch(
    app: App, home: Home, tmp_path: Path
) -> None:
    add_reflection(app, "one")
    app.file.checkpoint()
    shutil.copytree(app.home, tmp_path / "backup")
    await sync(app, home)
    add_reflection(app, "two")
    await sync(app, home)

    with open_app(tmp_path / "backup") as restored:
        add_reflection(restored, "three")
        ended = await sync(restored, home)
        damages = restored.read(lambda conn: verify_all(conn, restored.vault))

    assert ended.is_done
    assert damages == []
    assert len(texts(home)) == len(set(texts(home))) == 3


async def test_a_kill_between_identity_and_transaction_is_made_good(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reflection(app, "one")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trailmark_client.storage.epochs.write_again", killed)
    with pytest.raises(KeyboardInterrupt):
        app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))
    monkeypatch.undo()
    add_reflection(app, "two")

    assert app.read(lambda conn: has_foreign_outbox(conn, app.identity))
    assert (await sync(app, home)).is_done
    assert len(set(texts(home))) == 2


def test_what_the_log_holds_already_is_struck(app: App, home: Home) -> None:
    """As where a clone sent it under the numbering of before: it is not sent once more."""
    add_reflection(app, "one")
    add_reflection(app, "two")
    first, second = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events
    row = home.lane(SELF).put(first, 1, 0, "person", None)
    head = home.signed(SELF, row.seq, row.lane_hash)
    page = Events(lane=SELF, after=0, runs=runs_from_rows([row]), signed_head=head)
    app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))
    app.write(lambda conn: store_page(conn, app.vault, page))

    app.write(lambda conn: start_epoch(conn, app.identity_file, app.randomness))
    left = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events

    assert [(each.id, each.dseq) for each in left] == [(second.id, 1)]
    assert app.read(lambda conn: verify_all(conn, app.vault)) == []
    shown = app.read(lambda conn: documents_of_lane(conn, SELF))
    app.write(lambda conn: refold_all(conn, app.vault.opener()))
    assert app.read(lambda conn: documents_of_lane(conn, SELF)) == shown
