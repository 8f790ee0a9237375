"""Events that somebody does not know, or does not take, never stand in the way of the rest."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.whole import World, events_of, record_bytes, written
from trailmark_shared.ids import SELF, text_from_id

SUBJECT = "0" * 26


def body(**changes: object) -> bytes:
    """Return a body that is well formed; ``changes`` say what is not known about it."""
    known = {
        "type": "win_noted",
        "ver": 1,
        "subject": SUBJECT,
        "occurred_at": "2026-03-01T09:00:00+01:00",
        "zone": "Europe/Berlin",
        "day": "2026-03-01",
        "recorded_at": 1_772_352_000_000,
        "data": {"text": "danced"},
    }
    return json.dumps({**known, **changes}).encode()


def stored(database: Path, event: bytes) -> tuple[bytes | None, str | None]:
    """Return the body and the code of an event's row."""
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute("SELECT body, code FROM event WHERE id = ?", (event,)).fetchone()


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "picture_drawn", "data": {"strokes": [1, 2]}},
        {"ver": 99, "data": {"words": "danced", "mood": 7}},
    ],
    ids=["type", "version"],
)
def test_unknown_events_are_kept_and_passed_on(world: World, changes: dict[str, object]) -> None:
    sent = body(**changes)
    event = record_bytes(world.phone, world.care, sent)
    behind = events_of(world.phone.run("win", "behind it"))

    world.settle()

    assert behind <= written(world.laptop.database)
    assert (sent, None) == stored(world.laptop.database, event)
    assert text_from_id(event) in str(world.laptop.run("log"))
    world.check()


@pytest.mark.parametrize(
    "refused",
    [b"[]", b"{" * 40, b"\xff\xfe", body(subject="nobody"), body(day="2026-02-30")],
    ids=["no-body", "deep", "no-text", "no-id", "no-day"],
)
def test_a_refused_event_blocks_nothing_and_is_shown(world: World, refused: bytes) -> None:
    """What no server takes becomes a stub with a code there, and keeps its words here."""
    event = record_bytes(world.phone, world.care, refused)
    behind = events_of(world.phone.run("win", "behind it"))

    assert 1 == world.phone.run("sync")["refused"]
    world.laptop.run("sync")

    assert behind <= written(world.laptop.database)
    (shown,) = world.phone.run("status")["set_aside"]
    assert text_from_id(event) == shown["event"]
    kept, code = stored(world.phone.database, event)
    assert (refused, shown["code"]) == (kept, code)
    assert (None, code) == stored(world.laptop.database, event)
    assert (None, code) == stored(world.server.database, event)
    assert world.phone.state_hashes() == world.laptop.state_hashes()
    for device in world.devices:
        device.run("verify")
    world.server.admin("verify")


def test_a_plain_word_never_leaves_the_private_lane(world: World) -> None:
    """A defect that forgot to seal is stopped on the device, before anything is sent."""
    event = record_bytes(world.phone, SELF, body())

    assert "plain_in_self" == world.phone.refused("sync")
    assert event not in written(world.server.database)
