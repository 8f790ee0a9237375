"""Imported lanes on a device that did not import them: unfolded out of what ``self`` carries.

Invariants:

1. The rows of a log come in their order, without a gap and with their hashes; what came too early
   waits for what is before it.
2. A lane that is known here otherwise is never taken for an imported one.
3. What was erased comes without its words.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.cursors import cursor_of, lane_hash_at, set_cursor
from trailmark_client.storage.erasure import erased_among
from trailmark_client.storage.importing import insert_placed, place_behind
from trailmark_client.storage.read_models import LIVE, body_from_bytes, refold
from trailmark_client.storage.settings import set_setting, setting
from trailmark_client.storage.unlocking import LOCKED
from trailmark_shared import limits
from trailmark_shared.errors import IntegrityError
from trailmark_shared.events.envelope import CODES_WITH_BODY, without_body
from trailmark_shared.events.registry import is_kept
from trailmark_shared.exports.carried import CARRIED, carried_row
from trailmark_shared.exports.whole import Placed
from trailmark_shared.exports.whole_check import check_event
from trailmark_shared.ids import SELF, Lane, SpaceId, is_shared

SEEN: Final = "carried_seen"
"""Setting: up to where ``self`` was looked through for what it carries."""

_NOTED_AFTER: Final = limits.PAGE_EVENTS_MAX
"""Fewer rows that carry nothing are looked through again: noting them costs a commit."""

_CARRYING: Final = f"lane = '{SELF}' AND seq > ? AND held IS NULL AND type = '{CARRIED}' AND {LIVE}"


class _Seen(msgspec.Struct, frozen=True):
    """Up to where ``self`` was looked through.

    Attributes:
        seq: The last row.
        hash: The lane's hash there, hexadecimal: after a rewind other rows may stand before it.
        locked: How many rows no key opened then: one that opens may carry something.
    """

    seq: int
    hash: str
    locked: int


def may_have_folded(conn: Connection) -> bool:
    """Say whether ``unfold`` has something to do, or to note."""
    after, end = _after(conn), cursor_of(conn, SELF).seq
    found = conn.execute(f"SELECT 1 FROM event WHERE {_CARRYING} LIMIT 1", (after,)).fetchone()
    return found is not None or end - after > _NOTED_AFTER


def _after(conn: Connection) -> int:
    told = setting(conn, SEEN)
    if told is None:
        return 0
    seen = msgspec.json.decode(told, type=_Seen)
    hash_ = lane_hash_at(conn, SELF, seen.seq)
    is_same = hash_ is not None and hash_.hex() == seen.hash and seen.locked == _locked(conn)
    return seen.seq if is_same else 0


def _locked(conn: Connection) -> int:
    (count,) = conn.execute(f"SELECT count(*) FROM event WHERE {LOCKED}").fetchone()
    return count


def unfold(conn: Connection, space: SpaceId) -> bool:
    """Put rows that ``self`` carries into the lanes that they are from, and fold those.

    Args:
        conn: The store, inside a write transaction.
        space: This person's.

    Returns:
        Whether there may be more: as many as fit into a page are put at a time, unless some wait
        for what is behind them.
    """
    seq, end = _after(conn), cursor_of(conn, SELF).seq
    unfolding = _Unfolding(conn, space)
    waiting: list[int] = []
    is_begun = False
    while seq < end and (waiting or not is_begun):
        rows = _carried(conn, seq)
        waiting += [at for at, row in rows if not unfolding.take(row)]
        waiting = _still_waiting(conn, unfolding, waiting)
        seq = rows[-1][0] if len(rows) == limits.PAGE_EVENTS_MAX else end
        is_begun = True
    unfolding.fold()
    _note_seen(conn, min((each - 1 for each in waiting), default=seq))
    return seq < end


def _still_waiting(conn: Connection, unfolding: _Unfolding, waiting: list[int]) -> list[int]:
    while waiting:
        left = [seq for seq in waiting if not unfolding.take(_row_at(conn, seq))]
        if len(left) == len(waiting):
            break
        waiting = left
    return waiting


def _note_seen(conn: Connection, seq: int) -> None:
    hash_ = lane_hash_at(conn, SELF, seq)
    assert hash_ is not None, "a row of the log has a hash"
    seen = _Seen(seq, hash_.hex(), _locked(conn))
    set_setting(conn, SEEN, msgspec.json.encode(seen).decode())


def _carried(conn: Connection, after: int) -> list[tuple[int, Placed | None]]:
    """Return what is carried, a page at most: ten years of it need not be in memory at once."""
    rows = conn.execute(
        f"SELECT seq, opened(id, key, body) FROM event WHERE {_CARRYING} ORDER BY seq LIMIT ?",
        (after, limits.PAGE_EVENTS_MAX),
    ).fetchall()
    return [(seq, _row(plain)) for seq, plain in rows]


def _row_at(conn: Connection, seq: int) -> Placed | None:
    (plain,) = conn.execute(
        f"SELECT opened(id, key, body) FROM event WHERE {_CARRYING} ORDER BY seq LIMIT 1",
        (seq - 1,),
    ).fetchone()
    return _row(plain)


def _row(plain: bytes | None) -> Placed | None:
    body = body_from_bytes(plain)
    return None if body is None else carried_row(body)


class _Unfolding:
    """Takes rows, one after the other."""

    def __init__(self, conn: Connection, space: SpaceId) -> None:
        self._conn = conn
        self._space = space
        self._archived = {
            lane for (lane,) in conn.execute("SELECT lane FROM archived_lane").fetchall()
        }
        self._touched: dict[Lane, dict[bytes, None]] = {}

    def take(self, row: Placed | None) -> bool:
        """Take a row where it belongs.

        Returns:
            Whether that is done with; ``False`` for what waits for rows before it.
        """
        if row is None or not is_shared(row.event.lane):
            return True
        lane = row.event.lane
        if lane not in self._archived:
            if self._is_known(lane):
                return True
            if row.event.space == self._space:
                # Recorded here after an import: what was imported comes behind it.
                return False
        try:
            check_event(row.event)
            return self._take_checked(row)
        except IntegrityError:
            return True

    def _is_known(self, lane: Lane) -> bool:
        found = self._conn.execute(
            "SELECT 1 FROM cursor WHERE lane = ?1 UNION ALL SELECT 1 FROM event WHERE lane = ?1"
            " LIMIT 1",
            (lane,),
        ).fetchone()
        return found is not None

    def _take_checked(self, row: Placed) -> bool:
        lane = row.event.lane
        if row.seq is None or row.held is not None:
            if not self._is_held(row):
                self._put(row)
            return True
        cursor = cursor_of(self._conn, lane)
        if row.seq <= cursor.seq:
            return True
        if row.seq > cursor.seq + 1:
            return False
        behind = place_behind(cursor, row)
        self._put(row)
        set_cursor(self._conn, lane, behind)
        return True

    def _is_held(self, row: Placed) -> bool:
        found = self._conn.execute(
            "SELECT 1 FROM event WHERE id = ? AND lane = ? AND seq IS ? AND held IS ? LIMIT 1",
            (row.event.id, row.event.lane, row.seq, row.held),
        ).fetchone()
        return found is not None

    def _put(self, row: Placed) -> None:
        lane = row.event.lane
        if lane not in self._archived:
            self._archived.add(lane)
            self._conn.execute("INSERT INTO archived_lane (lane) VALUES (?)", (lane,))
        body = insert_placed(self._conn, self._as_here(row))
        if body is not None:
            self._touched.setdefault(lane, {})[body.subject] = None

    def _as_here(self, row: Placed) -> Placed:
        """Return the row without words that were erased; that they were is known of a bare one."""
        event = row.event
        if event.body is None:
            if row.code in CODES_WITH_BODY:
                self._conn.execute("INSERT OR IGNORE INTO erased (id) VALUES (?)", (event.id,))
            return row
        if not erased_among(self._conn, [event.id]):
            return row
        said = body_from_bytes(row.plain)
        if is_kept(event.lane, event.key, None if said is None else said.type):
            return row
        return msgspec.structs.replace(row, event=without_body(event), plain=None)

    def fold(self) -> None:
        """Fold what was touched."""
        for lane, subjects in self._touched.items():
            refold(self._conn, lane, subjects)
