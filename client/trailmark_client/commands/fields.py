"""What a setter of several fields names: every value that it replaces, each once."""

from __future__ import annotations

from collections.abc import Iterable

from trailmark_adapters.sqlite import Connection
from trailmark_client.recorder import Recorder
from trailmark_shared.ids import Lane


def base_of_fields(
    conn: Connection, recorder: Recorder, lane: Lane, subject: bytes, fields: Iterable[str]
) -> tuple[bytes, ...]:
    """Return every id that a setter of ``fields`` names, each once."""
    named: dict[bytes, None] = {}
    for field in fields:
        named.update(dict.fromkeys(recorder.base_of(conn, lane, subject, field)))
    return tuple(named)
