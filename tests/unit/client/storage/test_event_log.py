"""The outbox: contiguous batches of the present epoch, nothing private without consent."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, connect_to, new_device, sync
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.identity import Identity
from trailmark_client.storage.event_log import (
    chain_end,
    outbox_batch,
    outbox_lanes,
    retry_refused,
    unsent_count,
)
from trailmark_client.storage.read_models import entries_of
from trailmark_client.storage.standing import refused_events
from trailmark_client.storage.verification import verify_all
from trailmark_shared import chain, limits
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.ids import SELF, Epoch


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        connect_to(device, Home(device.identity.space))
        yield device


def batch(app: App, after: int = 0, identity: Identity | None = None) -> list[int]:
    who = identity or app.identity
    return [
        each.dseq for each in app.read(lambda conn: outbox_batch(conn, who, SELF, after)).events
    ]


def is_all(app: App, after: int) -> bool:
    return app.read(lambda conn: outbox_batch(conn, app.identity, SELF, after)).is_all


def test_batches_are_contiguous_and_bounded(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_EVENTS_MAX", 3)
    for number in range(5):
        add_goal(app, f"goal {number}")

    assert [batch(app), batch(app, 3), batch(app, 5)] == [[1, 2, 3], [4, 5], []]
    assert [is_all(app, 0), is_all(app, 3), is_all(app, 5)] == [False, True, True]


def test_a_batch_ends_before_too_many_bytes(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_BYTES_MAX", 2000)
    for number in range(5):
        add_reflection(app, f"{number}" * 500)

    assert batch(app) == [1, 2]
    assert [is_all(app, 2), is_all(app, 4)] == [False, True]


def test_only_the_present_epoch_is_pushed(app: App) -> None:
    add_goal(app, "one")
    other = msgspec.structs.replace(app.identity, epoch=Epoch(b"another!"))

    assert batch(app, identity=other) == []


def test_self_stays_here_without_a_private_copy(app: App) -> None:
    add_goal(app, "one")
    add_goal(app, "two", CARE)
    without = msgspec.structs.replace(app.identity, private_copy=False)

    assert batch(app, identity=without) == []
    assert app.read(lambda conn: unsent_count(conn, without)) == 1
    assert app.read(lambda conn: unsent_count(conn, app.identity)) == 2
    assert app.read(outbox_lanes) == [CARE, SELF]


def test_a_plain_body_never_leaves_self(app: App) -> None:
    add_goal(app, "one")
    app.write(lambda conn: conn.execute("UPDATE event SET key = zeroblob(8)"))

    with pytest.raises(IntegrityError) as caught:
        batch(app)
    assert ErrorCode.PLAIN_IN_SELF == caught.value.code


def test_a_chain_begins_at_genesis(app: App) -> None:
    assert app.read(lambda conn: chain_end(conn, app.identity, SELF)) == (0, chain.GENESIS)


async def test_a_refused_event_can_be_tried_again(tmp_path: Path) -> None:
    with new_device(tmp_path / "again", 3) as app:
        home = Home(app.identity.space)
        connect_to(app, home)
        subject = add_reflection(app, "words")
        [event] = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events
        home.refused_ids[event.id] = ErrorCode.TOO_LARGE
        await sync(app, home)
        home.refused_ids.clear()

        again = app.write(lambda conn: retry_refused(conn, app.identity, event.id))
        ended = await sync(app, home)

        assert ended.is_done
        assert (again.id, again.salt, again.body) == (event.id, event.salt, event.body)
        assert [row.code for row in home.lane(SELF).rows] == ["too_large", None]
        assert len(app.read(lambda conn: entries_of(conn, SELF, subject))) == 1
        assert app.read(refused_events) == []


async def test_a_repetition_of_nothing_is_set_aside_with_its_words(tmp_path: Path) -> None:
    """A server that lies makes no entry vanish from all lists."""
    with new_device(tmp_path / "again", 3) as app:
        home = Home(app.identity.space)
        connect_to(app, home)
        subject = add_reflection(app, "words")
        [event] = app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events
        home.refused_ids[event.id] = ErrorCode.DUPLICATE
        await sync(app, home)

        assert [event.id] == [each.id for each in app.read(refused_events)]

        app.write(lambda conn: retry_refused(conn, app.identity, event.id))
        await sync(app, home)

        assert [event.id] == [each.id for each in app.read(refused_events)]

        home.refused_ids.clear()
        app.write(lambda conn: retry_refused(conn, app.identity, event.id))

        assert (await sync(app, home)).is_done
        assert app.read(refused_events) == []
        assert len(app.read(lambda conn: entries_of(conn, SELF, subject))) == 1
        assert [] == app.read(lambda conn: verify_all(conn, app.vault))


def test_only_what_was_refused_can_be_tried_again(app: App) -> None:
    with pytest.raises(DomainError):
        app.write(lambda conn: retry_refused(conn, app.identity, b"x" * 16))
