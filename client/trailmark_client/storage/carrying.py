"""Carrying imported lanes to the person's other devices, row by row, in sealed events of ``self``.

The id of a carrying event begins with a mark of its row, so what is carried already, by whatever
device, is not carried again, and what was erased there does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.event_log import Words, append_own
from trailmark_client.storage.read_models import body_from_bytes, refold
from trailmark_client.storage.settings import set_setting, setting
from trailmark_client.storage.standing import placed_at
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.exports.carried import CARRIED, carried_mark, carrying_body
from trailmark_shared.ids import SELF, EventId
from trailmark_shared.sealing import NONCE_BYTES

ALL_CARRIED: Final = "all_carried"
"""Setting: what stood in the imported lanes, and was erased, when all of it was carried."""

_ARCHIVED: Final = "lane IN (SELECT lane FROM archived_lane)"


class Uncarried(msgspec.Struct, frozen=True):
    """What the person's other devices are not told yet.

    Attributes:
        places: Rows of imported lanes that nothing carries, by their place in the store.
        gone: (lane, event) of rows whose carrying event was erased, and they were not.
        content: What stood in the imported lanes then, and was erased.
    """

    places: tuple[int, ...]
    gone: tuple[tuple[str, bytes], ...]
    content: str


def uncarried(conn: Connection) -> Uncarried:
    """Return what of the imported lanes is not carried yet.

    First comes what their logs do not hold, so that whoever gets a part of it does not take
    somebody for let in who was stopped at the import.
    """
    rows = conn.execute(
        f"SELECT pos, lane, id, seq, held, body IS NOT NULL FROM event WHERE {_ARCHIVED}"
        " ORDER BY seq IS NOT NULL AND held IS NULL, lane, seq, pos"
    ).fetchall()
    # All marks at once: a question for each of many rows takes far longer.
    here = _marks(conn, "SELECT id FROM event WHERE lane = ?", SELF)
    erased = _marks(conn, "SELECT id FROM erased")
    places: list[int] = []
    gone: list[tuple[str, bytes]] = []
    for pos, *row in rows:
        mark = _mark(*row)
        if mark in erased:
            gone.append((row[0], row[1]))
        elif mark not in here:
            places.append(pos)
    return Uncarried(tuple(places), tuple(gone), _content(conn))


def uncarried_lanes(conn: Connection) -> frozenset[str]:
    """Return the imported lanes with something that nothing carries."""
    if not may_have_uncarried(conn):
        return frozenset()
    return frozenset(each.event.lane for each in placed_at(conn, uncarried(conn).places))


def _mark(lane: str, event: bytes, seq: int | None, held: int | None, has_body: int) -> bytes:
    return carried_mark(lane, event, seq, held, has_body=bool(has_body))


def _marks(conn: Connection, select: str, *values: str) -> set[bytes]:
    ids = conn.execute(select, values)
    return {event[: limits.CARRIED_MARK_BYTES] for (event,) in ids}


def _is_here(conn: Connection, mark: bytes) -> bool:
    found = conn.execute(
        "SELECT 1 FROM event WHERE id BETWEEN ? AND ? AND lane = ? LIMIT 1",
        (*_ids_with(mark), SELF),
    ).fetchone()
    return found is not None


def _is_erased(conn: Connection, mark: bytes) -> bool:
    found = conn.execute(
        "SELECT 1 FROM erased WHERE id BETWEEN ? AND ? LIMIT 1", _ids_with(mark)
    ).fetchone()
    return found is not None


def _ids_with(mark: bytes) -> tuple[bytes, bytes]:
    rest = limits.ID_BYTES - len(mark)
    return mark + bytes(rest), mark + b"\xff" * rest


def _content(conn: Connection) -> str:
    told: Iterable[Any] = conn.execute(
        "SELECT count(*), count(body), max(pos), (SELECT count(*) FROM erased) FROM event"
        f" WHERE {_ARCHIVED}"
    ).fetchone()
    return " ".join(map(str, told))


def may_have_uncarried(conn: Connection) -> bool:
    """Say whether something changed in the imported lanes since all of it was carried."""
    found = conn.execute("SELECT 1 FROM archived_lane LIMIT 1").fetchone()
    return found is not None and setting(conn, ALL_CARRIED) != _content(conn)


def note_all_carried(conn: Connection, content: str) -> None:
    """Note that there is nothing to carry until something changes in the imported lanes.

    Args:
        conn: The store, inside a write transaction.
        content: Of ``Uncarried``.
    """
    set_setting(conn, ALL_CARRIED, content)


def erase_as_carried(conn: Connection, gone: Iterable[tuple[str, bytes]]) -> None:
    """Erase rows whose carrying event was erased by a device that knows of no imported lanes.

    Args:
        conn: The store, inside a write transaction; pay the cleaning that is owed after it.
        gone: From ``uncarried``.
    """
    for lane, event in gone:
        refold(conn, lane, erase_events(conn, lane, [event]))


def carry(
    conn: Connection, vault: Vault, randomness: Randomness, places: Sequence[int], now: Body
) -> int:
    """Record what carries rows of imported lanes.

    Args:
        conn: The store, inside a write transaction.
        vault: Identity and keys.
        randomness: Where salts and nonces come from.
        places: Of ``Uncarried``; what is carried, or erased, meanwhile is passed over.
        now: What is recorded now, in all but subject and data.

    Returns:
        How many events were recorded: a row that is too long stays where it is.
    """
    count = 0
    for placed in placed_at(conn, places):
        event = placed.event
        mark = _mark(event.lane, event.id, placed.seq, placed.held, event.body is not None)
        if _is_here(conn, mark) or _is_erased(conn, mark):
            continue
        body = carrying_body(placed, body_from_bytes(placed.plain), now)
        if body is not None:
            token = randomness.token(limits.ID_BYTES - len(mark))
            _append(conn, vault, randomness, EventId(mark + token), body)
            count += 1
    return count


def _append(
    conn: Connection, vault: Vault, randomness: Randomness, event: EventId, body: Body
) -> None:
    nonce = randomness.token(NONCE_BYTES)
    key, sealed = vault.sealed(event, encode_body(body), nonce)
    words = Words(
        id=event,
        key=key,
        salt=randomness.token(limits.SALT_BYTES),
        body=sealed,
        type=CARRIED,
        subject=body.subject,
        day=body.day,
    )
    append_own(conn, vault.identity_file.current, SELF, words)
