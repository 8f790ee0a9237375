"""The raw events: what is stored, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.standing import StoredEvent, stored_events
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id


class LogEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is stored.

    Attributes:
        event: Id of the event.
        lane: The lane.
        seq: Place in the lane, or null while unconfirmed.
        device: Id of the device that wrote it.
        dseq: Its number on that device.
        received_at: When the server had it, milliseconds UTC, or null.
        actor: Who wrote it, or null while unconfirmed.
        code: Why it was refused or set aside, or null.
        sealed: Only the person's devices can open it.
        hash: Its hash, hex.
        erased: Its body is gone, or was refused before it came here.
        body: The body as it was written, as a text where it cannot be read; null where there is
            none or its key is missing.
    """

    event: str
    lane: str
    seq: int | None
    device: str
    dseq: int
    received_at: int | None
    actor: str | None
    code: str | None
    sealed: bool
    hash: str
    erased: bool
    body: Any


def raw_events(conn: Connection, lane: str | None, limit: int) -> list[LogEvent]:
    """Return events as they are stored, the newest last.

    Args:
        conn: The store.
        lane: Only this lane; ``None`` for all.
        limit: At most so many, the newest ones.
    """
    return list(each_raw_event(conn, lane, limit))


def each_raw_event(
    conn: Connection, lane: str | None = None, limit: int = limits.INTEGER_MAX
) -> Iterator[LogEvent]:
    """Yield the same one by one; arguments as above."""
    for each in stored_events(conn, lane, limit):
        yield _log_event(each)


def words_count(conn: Connection) -> int:
    """Return how many events this device holds with their words."""
    count: int = conn.execute("SELECT count(*) FROM event WHERE body IS NOT NULL").fetchone()[0]
    return count


def things_count(conn: Connection) -> tuple[int, int]:
    """Return how many events and how many documents there are: how long reading them takes."""
    sql = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM document)"
    events, things = conn.execute(sql).fetchone()
    return events, things


def _log_event(stored: StoredEvent) -> LogEvent:
    return LogEvent(
        event=text_from_id(stored.id),
        lane=stored.lane,
        seq=stored.seq,
        device=text_from_id(stored.device),
        dseq=stored.dseq,
        received_at=stored.received_at,
        actor=stored.actor,
        code=stored.code,
        sealed=stored.sealed,
        hash=stored.hash.hex(),
        erased=not stored.has_body,
        body=None if stored.plain is None else _readable(stored.plain),
    )


def _readable(plain: bytes) -> Any:  # noqa: ANN401 - whatever somebody wrote
    """Return a body; whatever another program sealed, the events beside it are shown."""
    try:
        return msgspec.json.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return plain.decode(errors="replace")
