"""Rows that no honest log can hold, given what is held here."""

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
from tests.support.exports import placed, row_of, written_again
from tests.support.home import Home
from tests.support.lane_devices import LaneDevice
from trailmark_client.app import App
from trailmark_client.storage.contradictions import contradicts
from trailmark_client.storage.importing import send_imported
from trailmark_client.storage.settings import set_setting
from trailmark_client.storage.standing import placed_events
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import PLAIN, SELF, KeyId


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


@pytest.fixture
async def row(app: App) -> Row:
    """Return a row that the device wrote and that the log holds."""
    home = Home(app.identity.space)
    connect_to(app, home)
    add_goal(app, "walk", CARE)
    await sync(app, home)
    return home.lane(CARE).rows[0]


def found(app: App, *rows: Row) -> bool:
    return app.read(lambda conn: contradicts(conn, app.identity, CARE, rows))


def other_words(row: Row, **changes: object) -> Row:
    device = LaneDevice(CARE, seed=9)
    event = written_again(row.event, device=device.device, body=b'{"other":"words"}')
    return msgspec.structs.replace(row, event=event, **changes)


async def test_the_same_words_again_are_none(app: App, row: Row) -> None:
    """They come back after a restore, also under another numbering or as a stub."""
    again = written_again(row.event, epoch=b"anew.now")

    assert not found(app, row)
    assert not found(app, msgspec.structs.replace(row, event=again, code="aside"))
    assert not found(app, msgspec.structs.replace(row, event=without_body(row.event)))


async def test_other_words_under_a_known_id_are_one(app: App, row: Row) -> None:
    assert found(app, other_words(row))
    assert found(app, msgspec.structs.replace(row, event=without_body(other_words(row).event)))


async def test_a_refused_event_may_have_any_words(app: App, row: Row) -> None:
    """The log keeps its stub: an id that is taken, with whatever somebody wrote."""
    assert not found(app, other_words(row, code="duplicate"))


async def test_words_that_wait_to_be_sent_are_known_too(app: App, row: Row) -> None:
    add_goal(app, "not sent", CARE)
    event = app.read(lambda conn: conn.execute("SELECT id FROM event WHERE seq IS NULL").fetchone())
    taken = msgspec.structs.replace(row.event, id=event[0])

    assert found(app, other_words(msgspec.structs.replace(row, event=taken)))


def test_what_was_imported_twice_is_compared_by_its_words(app: App) -> None:
    """Another device of the person imported the same, and sealed it anew."""
    add_reflection(app, "imported")
    app.write(lambda conn: set_setting(conn, "imported_from", bytes(16).hex()))
    app.write(send_imported)
    add_reflection(app, "written here")
    here, own = (each.event for each in app.read(lambda conn: list(placed_events(conn))))
    assert here.body is not None
    plain = app.vault.opened(here.id, here.key, here.body)
    assert plain is not None

    def sealed(event: Event, words: bytes) -> Row:
        key, body = app.vault.sealed(event.id, words, b"n" * 24)
        return row_of(written_again(event, key=key, body=body))

    def says(row: Row) -> bool:
        return app.read(lambda conn: contradicts(conn, app.identity, SELF, [row]))

    assert not says(sealed(here, plain))
    assert says(sealed(here, plain + b" "))
    assert says(row_of(written_again(here, key=PLAIN, body=plain)))
    # What no key opens yet may be anything; what was written here is known.
    unknown = written_again(here, key=KeyId(b"unknown!"), body=here.body + b"!")
    assert not says(row_of(unknown))
    assert says(sealed(own, b"{}"))
    app.write(lambda conn: conn.execute("UPDATE event SET seq = dseq"))
    assert says(sealed(here, plain))


def test_two_rows_of_one_page_must_agree(app: App) -> None:
    device = LaneDevice(CARE)
    first = device.shares("one")
    (row,) = placed([row_of(first)])

    assert found(app, row, other_words(row))
    assert not found(app, row, row)


async def test_nobody_else_wrote_what_this_device_wrote(app: App, row: Row) -> None:
    assert found(app, msgspec.structs.replace(row, actor="member/x"))
