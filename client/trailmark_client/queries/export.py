"""Everything that can be read on this device, in one JSON document that other programs can read.

It comes in pieces, so that ten years of entries need not be in memory at once. ``trailmark import``
reads it back from ``events``, ``erased`` and ``states`` (``exports.whole``). Its members:

| member | meaning |
|---|---|
| `format` | `trailmark-export/1` |
| `made_at` | when it was made, milliseconds UTC |
| `space`, `device` | ids of everything of this person, and of the device that made it |
| `goals` | every goal with everything under it, as `goal show --json` |
| `timeline` | what happened, the earliest first, with all words, as `timeline --json` |
| `sharing` | who is let in, and who was, as `sharing list --json` |
| `access_log` | who looked, the newest first, as the server told it last |
| `events` | every event as it is stored, with all that its hashes cover and the body as written |
| `erased` | ids of the events whose words are gone for ever |
| `states` | what each lane of the server's log comes to: its last row, its state hash |
| `sha256` | hash of every byte before its line |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.queries.export_records import Source
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.sharing import list_grants
from trailmark_client.queries.timeline import Window, each_line
from trailmark_client.storage.cursors import cursor_of
from trailmark_client.storage.standing import placed_events
from trailmark_client.storage.state_hashes import state_hash
from trailmark_shared.exports.whole import FORMAT, LaneState, sum_line, whole_event
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.fold import PROJECTION_VERSION

_ENCODER: Final = msgspec.json.Encoder()
_MEMBERS: Final[dict[str, Callable[[Source], Iterable[Any]]]] = {
    "goals": lambda source: (
        show_goal(source.conn, each.id, source.day) for each in goals_at_home(source.conn)
    ),
    "timeline": lambda source: each_line(source.conn, Window()),
    "sharing": lambda source: list_grants(source.conn, source.day),
    "access_log": lambda source: source.looks,
    "events": lambda source: map(whole_event, placed_events(source.conn)),
    "erased": lambda source: _erased(source.conn),
    "states": lambda source: _states(source.conn),
}


def _erased(conn: Connection) -> Iterator[str]:
    for (event,) in conn.execute("SELECT id FROM erased ORDER BY id").fetchall():
        yield text_from_id(event)


def _states(conn: Connection) -> Iterator[LaneState]:
    for (lane,) in conn.execute("SELECT lane FROM cursor ORDER BY lane").fetchall():
        yield LaneState(
            lane=lane,
            seq=cursor_of(conn, Lane(lane)).seq,
            projection=PROJECTION_VERSION,
            sha256=state_hash(conn, lane).hex(),
        )


def json_pieces(source: Source, identity: Identity, made_at: int) -> Iterator[tuple[str, bytes]]:
    """Yield the document in pieces: UTF-8, one line for each thing.

    Args:
        source: The store, and what the server told.
        identity: Who this device is.
        made_at: Now, milliseconds UTC.

    Yields:
        The member that one more thing of is in the piece, or ``""``; and the piece.
    """
    digest = sha256()
    for member, piece in _pieces(source, identity, made_at):
        digest.update(piece)
        yield member, piece
    yield "", sum_line(digest.digest())


def _pieces(source: Source, identity: Identity, made_at: int) -> Iterator[tuple[str, bytes]]:
    head = {
        "format": FORMAT,
        "made_at": made_at,
        "space": text_from_id(identity.space),
        "device": text_from_id(identity.device),
    }
    for number, (name, value) in enumerate(head.items()):
        yield "", b"%s%s: %s" % (b"{\n" if number == 0 else b",\n", _json(name), _json(value))
    for name, things in _MEMBERS.items():
        yield "", b",\n%s: [" % _json(name)
        between = b"\n"
        for each in things(source):
            yield name, between + _json(each)
            between = b",\n"
        yield "", b"]" if between == b"\n" else b"\n]"
    yield "", b",\n"


def _json(value: object) -> bytes:
    return _ENCODER.encode(value)
