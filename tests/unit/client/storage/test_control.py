"""Control events: obeyed where the person's word is in force, kept without a sound elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, connect_to, new_device, sync
from tests.support.fakes import SeededRandomness
from tests.support.home import Home
from tests.support.people import change_keys, ring
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.erasing import space_erased_bodies
from trailmark_client.identity import new_vault_key
from trailmark_client.storage.control import (
    Obedience,
    control_event,
    ends_of_lanes,
    obey,
    orders_to_repeat,
    proves_erasure,
)
from trailmark_client.storage.read_models import body_from_bytes, documents_of_lane
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.control import DeviceRemoved, SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF, EventId, Lane, SpaceId, id_from_text, text_from_id


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


def obeyed(app: App) -> bool:
    return app.write(lambda conn: obey(conn, app.vault, app.key_sharing.ring(conn)))


def forget(app: App) -> None:
    """Let the device not know that it erased anything, as one that reads the lane anew."""
    app.write(lambda conn: conn.execute("DELETE FROM erased"))


async def test_an_order_that_counts_is_carried_out_once(app: App) -> None:
    subject = add_reflection(app, "words")
    await said(app, SELF, subject, erasing(app, subject))
    assert not obeyed(app), "its author erased the words at once"

    forget(app)
    assert obeyed(app)
    assert not obeyed(app)


async def test_a_word_that_does_not_count_erases_nothing(app: App) -> None:
    kept, subject = add_reflection(app, "kept"), add_reflection(app, "other")
    order = SubjectErased(events=(text_from_id(event_of(app, kept)),))
    await said(app, SELF, subject, erasing(app, subject))
    app.write(
        lambda conn: conn.execute(
            "UPDATE event SET body = ? WHERE type = 'subject_erased'",
            (forged(conn, order),),
        )
    )

    assert not obeyed(app)
    found = app.read(lambda conn: documents_of_lane(conn, SELF))
    assert kept in {each.subject for each in found}


def forged(conn: Connection, order: SubjectErased) -> bytes:
    """Return the order in the store with other words under the same MAC."""
    (plain,) = conn.execute("SELECT body FROM event WHERE type = 'subject_erased'").fetchone()
    body = body_from_bytes(plain)
    assert body is not None
    return encode_body(msgspec.structs.replace(body, data=order))


class TestErasingEverything:
    """What another device proves to this one when the server has nothing left."""

    def test_only_a_mac_under_the_trusted_key_proves_it(self, app: App) -> None:
        event, identity = EventId(b"e" * 16), app.identity
        [raw] = space_erased_bodies(identity, event, 1)
        stranger = new_vault_key(SeededRandomness(99))
        other = msgspec.structs.replace(identity, vault_keys=(stranger,), trusted_key=stranger.id)
        own = ring(app)
        [elsewhere] = space_erased_bodies(
            msgspec.structs.replace(identity, space=SpaceId(b"o" * 16)), event, 1
        )

        assert proves_erasure(identity, own, event, raw)
        assert not proves_erasure(other, own, event, raw)
        assert not proves_erasure(identity, own, EventId(b"f" * 16), raw)
        assert not proves_erasure(identity, own, event, elsewhere)
        assert not proves_erasure(
            identity, own, event, raw.replace(b'"recorded_at":1', b'"recorded_at":2')
        )
        assert not proves_erasure(identity, own, event, b"no json")

    def test_another_control_event_proves_nothing(self, app: App) -> None:
        data = DeviceRemoved(device=text_from_id(b"d" * 16))
        event = app.write(lambda conn: app.recorder.record(conn, SELF, app.identity.space, data))

        assert event.body is not None
        assert not proves_erasure(app.identity, ring(app), event.id, event.body)

    def test_each_device_believes_the_newest_key_that_it_knows(self, app: App) -> None:
        """A device that was removed still knows the older one."""
        before, known, event = app.identity, ring(app), EventId(b"e" * 16)
        change_keys(app)

        bodies = space_erased_bodies(app.identity, event, 1)

        now = app.identity
        assert [True, False] == [proves_erasure(before, known, event, each) for each in bodies]
        assert [False, True] == [proves_erasure(now, ring(app), event, each) for each in bodies]
        parted = [proves_erasure(before, ring(app), event, each) for each in bodies]
        assert [False, False] == parted, "it is to see first who holds the newest one"


class TestWhatCounts:
    """Under the newest key, and under one that was passed as far as its end is told."""

    async def order(self, app: App) -> tuple[Row, Body]:
        goal = add_goal(app, "Walk", CARE)
        return await said(app, CARE, goal, erasing(app, goal))

    def is_due(self, app: App, row: Row, body: Body) -> bool:
        return app.write(
            lambda conn: Obedience(conn, app.vault, app.key_sharing.ring(conn)).is_due(row, body)
        )

    async def test_what_the_author_of_the_next_key_had_read_counts(self, app: App) -> None:
        row, body = await self.order(app)
        assert self.is_due(app, row, body)

        change_keys(app)
        late = msgspec.structs.replace(row, seq=row.seq + 1)
        other = msgspec.structs.replace(row, event=msgspec.structs.replace(row.event, lane=SELF))
        assert self.is_due(app, row, body)
        assert not self.is_due(app, late, body)
        assert not self.is_due(app, other, body)

        app.write(lambda conn: conn.execute("UPDATE event SET lane_hash = ?", (bytes(32),)))
        assert not self.is_due(app, row, body), "this is another history"

    async def test_it_needs_a_proof(self, app: App) -> None:
        row, body = await self.order(app)
        without = msgspec.structs.replace(row, event=msgspec.structs.replace(row.event, body=None))

        assert not self.is_due(app, row, msgspec.structs.replace(body, mac=None))
        assert not self.is_due(app, without, body)
        other = msgspec.structs.replace(row.event, space=b"x" * 16)
        assert not self.is_due(app, msgspec.structs.replace(row, event=other), body)


class TestOwnOrders:
    """What this device ordered and others need not obey any more."""

    def repeated(self, app: App) -> list[bytes]:
        orders = app.write(
            lambda conn: orders_to_repeat(conn, app.vault, app.key_sharing.ring(conn))
        )
        return [row.event.id for row, _ in orders]

    async def test_one_behind_the_end_that_was_told_is_said_again(self, app: App) -> None:
        server, subject = Home(app.identity.space), add_reflection(app, "words")
        connect_to(app, server)
        order = erasing(app, subject)
        app.write(lambda conn: app.recorder.record(conn, SELF, subject, order))
        change_keys(app)
        await sync(app, server)

        rows = app.read(
            lambda conn: conn.execute(
                "SELECT id FROM event WHERE type = 'subject_erased' AND seq IS NOT NULL"
            ).fetchall()
        )
        assert (2, []) == (len(rows), self.repeated(app))

    async def test_one_that_counts_or_is_not_its_own_is_left_alone(self, app: App) -> None:
        subject = add_reflection(app, "words")
        row, _ = await said(app, SELF, subject, erasing(app, subject))
        assert [] == self.repeated(app)

        app.write(app.key_sharing.change_keys)
        app.write(lambda conn: conn.execute("UPDATE event SET lane_hash = ?", (bytes(32),)))
        app.write(app.key_sharing.ring)
        assert [row.event.id] == self.repeated(app)

        forget(app)
        assert [] == self.repeated(app), "somebody else wrote it in the name of this device"


class TestEnds:
    """How far a device says that orders count."""

    def ends(self, app: App) -> list[tuple[str, int]]:
        return [(end.lane, end.seq) for end in app.read(ends_of_lanes)]

    async def test_they_stop_before_what_it_did_not_obey(self, app: App) -> None:
        assert [] == self.ends(app)
        server, first, second = (
            Home(app.identity.space),
            add_goal(app, "one", CARE),
            add_goal(app, "two", CARE),
        )
        connect_to(app, server)
        for goal in (first, second):
            order = erasing(app, goal)
            app.write(lambda conn, g=goal, o=order: app.recorder.record(conn, CARE, g, o))
        await sync(app, server)
        assert [(CARE, 4)] == self.ends(app)

        app.write(lambda conn: conn.execute("DELETE FROM erased WHERE id = ?", (named(app, 4),)))
        assert [(CARE, 3)] == self.ends(app)
        forget(app)
        assert [(CARE, 2)] == self.ends(app)

    async def test_what_stays_whatever_is_asked_holds_nobody_up(self, app: App) -> None:
        subject = add_reflection(app, "words")
        row, _ = await said(app, SELF, subject, erasing(app, subject))
        order = SubjectErased(events=(text_from_id(row.event.id),))
        server = Home(app.identity.space)
        connect_to(app, server)
        app.write(lambda conn: app.recorder.record(conn, SELF, subject, order))
        await sync(app, server)

        assert [(SELF, 3)] == self.ends(app)


def named(app: App, seq: int) -> bytes:
    """Return the event that the order in this row names."""
    (plain,) = app.read(
        lambda conn: conn.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()
    )
    body = body_from_bytes(plain)
    assert body is not None
    assert isinstance(body.data, SubjectErased)
    return id_from_text(body.data.events[0])


async def test_a_control_event_is_its_exact_bytes(app: App) -> None:
    row, body = await said(app, SELF, b"d" * 16, DeviceRemoved(device=text_from_id(b"d" * 16)))

    assert row.event.body == control_event(row.event, body).plain
