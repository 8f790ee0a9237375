"""Control events: obeyed where the person's word is in force, kept without a sound elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, connect_to, new_device, sync
from tests.support.fakes import SeededRandomness
from tests.support.home import Home
from tests.support.people import change_keys
from trailmark_client.app import App
from trailmark_client.commands.erasing import space_erased_bodies
from trailmark_client.identity import new_vault_key
from trailmark_client.storage.control import (
    Obeyed,
    control_event,
    is_in_force,
    obey,
    own_erasures,
    proves_erasure,
)
from trailmark_client.storage.key_ring import key_ring
from trailmark_client.storage.read_models import body_from_bytes, documents_of_lane
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_shared.events.body import Body
from trailmark_shared.events.control import DeviceRemoved, SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF, EventId, Lane, SpaceId, text_from_id


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


def event_of(app: App, subject: bytes) -> bytes:
    return app.read(
        lambda conn: conn.execute("SELECT id FROM event WHERE subject = ?", (subject,)).fetchone()
    )[0]


def erasing(app: App, subject: bytes) -> SubjectErased:
    return SubjectErased(events=(text_from_id(event_of(app, subject)),))


def last_row(app: App) -> tuple[Row, Body]:
    values = app.read(
        lambda conn: conn.execute(
            f"SELECT {ROW_COLUMNS} FROM event ORDER BY pos DESC LIMIT 1"  # noqa: S608  (own names)
        ).fetchone()
    )
    row = row_from_values(values)
    body = body_from_bytes(row.event.body)
    assert body is not None
    return row, body


async def said(app: App, lane: Lane, subject: bytes, data: EventData) -> tuple[Row, Body]:
    """Record a control event, let the server place it, and return it."""
    server = Home(app.identity.space)
    connect_to(app, server)
    app.write(lambda conn: app.recorder.record(conn, lane, subject, data))
    await sync(app, server)
    return last_row(app)


def obeyed(app: App, order: tuple[Row, Body]) -> Obeyed:
    lane = order[0].event.lane
    return app.write(lambda conn: obey(conn, app.vault, lane, [order]))


async def test_an_erasure_in_force_is_obeyed(app: App) -> None:
    subject = add_reflection(app, "words")
    order = await said(app, SELF, subject, erasing(app, subject))

    done = obeyed(app, order)

    assert done.erased
    assert done.has_keys
    assert {SELF} == set(done.touched)


async def test_a_word_that_is_not_in_force_erases_nothing(app: App) -> None:
    kept, subject = add_reflection(app, "kept"), add_reflection(app, "other")
    row, body = await said(app, SELF, subject, erasing(app, subject))
    change_keys(app)
    forged = msgspec.structs.replace(row.event, id=b"x" * 16)

    assert not obeyed(app, (msgspec.structs.replace(row, event=forged), body)).erased
    found = app.read(lambda conn: documents_of_lane(conn, SELF))
    assert kept in {each.subject for each in found}


class TestErasingEverything:
    """What another device proves to this one when the server has nothing left."""

    def test_only_a_mac_under_the_trusted_key_proves_it(self, app: App) -> None:
        event, identity = EventId(b"e" * 16), app.identity
        [raw] = space_erased_bodies(identity, event, 1)
        stranger = new_vault_key(SeededRandomness(99))
        other = msgspec.structs.replace(identity, vault_keys=(stranger,), trusted_key=stranger.id)
        [elsewhere] = space_erased_bodies(
            msgspec.structs.replace(identity, space=SpaceId(b"o" * 16)), event, 1
        )

        assert proves_erasure(identity, event, raw)
        assert not proves_erasure(other, event, raw)
        assert not proves_erasure(identity, EventId(b"f" * 16), raw)
        assert not proves_erasure(identity, event, elsewhere)
        assert not proves_erasure(
            identity, event, raw.replace(b'"recorded_at":1', b'"recorded_at":2')
        )
        assert not proves_erasure(identity, event, b"no json")

    def test_another_control_event_proves_nothing(self, app: App) -> None:
        data = DeviceRemoved(device=text_from_id(b"d" * 16))
        event = app.write(lambda conn: app.recorder.record(conn, SELF, app.identity.space, data))

        assert event.body is not None
        assert not proves_erasure(app.identity, event.id, event.body)

    def test_each_device_believes_the_newest_key_that_it_knows(self, app: App) -> None:
        """A device that was removed still knows the older one."""
        before, event = app.identity, EventId(b"e" * 16)
        change_keys(app)

        bodies = space_erased_bodies(app.identity, event, 1)

        assert [True, False] == [proves_erasure(before, event, each) for each in bodies]
        assert [False, True] == [proves_erasure(app.identity, event, each) for each in bodies]


def test_nothing_new_says_nothing(app: App) -> None:
    assert Obeyed() == app.write(lambda conn: obey(conn, app.vault, SELF, []))


class TestOtherLanes:
    """There the server's clock says which key was the newest."""

    async def order(self, app: App) -> tuple[Row, Body]:
        goal = add_goal(app, "Walk", CARE)
        return await said(app, CARE, goal, erasing(app, goal))

    async def test_an_erasure_is_in_force_as_long_as_its_key_was(self, app: App) -> None:
        row, body = await self.order(app)
        ring = app.read(lambda conn: key_ring(conn, app.vault))
        assert is_in_force(ring, row, body)

        change_keys(app)
        server = Home(app.identity.space)
        connect_to(app, server)
        await sync(app, server)
        ring = app.read(lambda conn: key_ring(conn, app.vault))
        late = msgspec.structs.replace(row, received_at=row.received_at + 1)
        assert is_in_force(ring, row, body)
        assert not is_in_force(ring, late, body)

    async def test_it_needs_a_proof(self, app: App) -> None:
        row, body = await self.order(app)
        ring = app.read(lambda conn: key_ring(conn, app.vault))
        without = msgspec.structs.replace(row, event=msgspec.structs.replace(row.event, body=None))

        assert not is_in_force(ring, row, msgspec.structs.replace(body, mac=None))
        assert not is_in_force(ring, without, body)
        other = msgspec.structs.replace(row.event, space=b"x" * 16)
        assert not is_in_force(ring, msgspec.structs.replace(row, event=other), body)

    async def test_it_tells_nothing_about_keys(self, app: App) -> None:
        done = obeyed(app, await self.order(app))

        assert (True, False, {CARE}) == (done.erased, done.has_keys, set(done.touched))


class TestOwnErasures:
    async def test_they_are_found_from_a_place_on(self, app: App) -> None:
        subject = add_reflection(app, "words")
        row, _ = await said(app, SELF, subject, erasing(app, subject))
        device = app.identity.device

        found = app.read(lambda conn: own_erasures(conn, device, 0))

        ((pos, (own, _)),) = found
        assert own.event.id == row.event.id
        assert [] == app.read(lambda conn: own_erasures(conn, device, pos))
        assert [] == app.read(lambda conn: own_erasures(conn, b"x" * 16, 0))

    async def test_a_row_in_its_name_is_not_its_word(self, app: App) -> None:
        """Somebody else wrote it: this device erased nothing of the kind."""
        subject = add_reflection(app, "words")
        await said(app, SELF, subject, erasing(app, subject))
        app.write(lambda conn: conn.execute("DELETE FROM erased"))

        assert [] == app.read(lambda conn: own_erasures(conn, app.identity.device, 0))


async def test_a_control_event_is_its_exact_bytes(app: App) -> None:
    row, body = await said(app, SELF, b"d" * 16, DeviceRemoved(device=text_from_id(b"d" * 16)))
    event = control_event(row.event, body, row.received_at)

    assert (row.event.body, row.received_at) == (event.plain, event.received_at)
