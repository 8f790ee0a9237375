"""The events of an export in a store that holds none yet: checked, and made this device's own.

An export tells words, not keys, so what is imported begins a space of its own. Rows of shared lanes
stay byte for byte what they were, as an archive that is neither sent nor asked for. Rows of
``self`` keep what people see of them (ids, times, who, where in the lane); what seals and chains
them is made anew with the keys of this device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.cursors import Cursor, cursor_of, set_cursor
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.rows import EVENT_COLUMNS, places, values_from_event
from trailmark_client.storage.settings import IMPORTED_FROM, drop_setting, set_setting, setting
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.vault import Vault
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, IntegrityError, RefusedError
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import Event
from trailmark_shared.events.registry import CONTROL_TYPES
from trailmark_shared.exports.whole import LaneState, Placed, refuse_altered
from trailmark_shared.exports.whole_check import WholeCheck, check_event, lane_hash_after
from trailmark_shared.ids import DEVICES, PLAIN, SELF, Lane, SpaceId
from trailmark_shared.projections.fold import PROJECTION_VERSION
from trailmark_shared.sealing import NONCE_BYTES
from trailmark_shared.words import gettext

IMPORTED_UPTO: Final = "imported_upto"
"""Setting: events up to this place in the store were imported; others may hold the same import."""

_CONTROL: Final = tuple(sorted(CONTROL_TYPES))
_START: Final = Cursor(0, chain.GENESIS)
_INSERT: Final = (
    f"INSERT INTO event ({EVENT_COLUMNS}, seq, held, received_at, offset, actor, code, lane_hash,"
    " type, subject, day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Importing:
    """Takes the events of one export, lane by lane in the order of each log."""

    def __init__(self, conn: Connection, vault: Vault, randomness: Randomness) -> None:
        self._conn = conn
        self._vault = vault
        self._randomness = randomness
        self._space = vault.identity_file.current.space
        self._told = WholeCheck()
        self._put: dict[Lane, Cursor] = {}
        self._renamed: dict[bytes, bytes] = {}

    def take(self, placed: Placed) -> bool:
        """Check an event against its hashes and put it into the store.

        Returns:
            Whether it is here; ``False`` for what devices of the other space said of each other.

        Raises:
            IntegrityError: ``altered_export``: it is not what was once written.
        """
        if placed.event.lane == DEVICES:
            # What devices said of each other is of a space that this one is not in.
            return False
        self._told.take(placed)
        mine = self._made_own(placed) if placed.event.lane == SELF else placed
        _move_on(self._put, mine)
        insert_placed(self._conn, mine)
        return True

    def finish(self, space: SpaceId) -> None:
        """Note where each lane ends, and which are an archive.

        Args:
            space: Whose the export is.
        """
        for lane, cursor in self._put.items():
            set_cursor(self._conn, lane, cursor)
        self._conn.execute(
            "INSERT OR IGNORE INTO archived_lane SELECT DISTINCT lane FROM event WHERE lane != ?",
            (SELF,),
        )
        set_setting(self._conn, IMPORTED_FROM, space.hex())

    def _made_own(self, placed: Placed) -> Placed:
        event = self._sealed_here(placed)
        header = chain.header_bytes(
            event.id, event.space, event.lane, event.device, event.epoch, event.dseq, event.key
        )
        hash_ = chain.event_hash(event.prev, header, event.commit)
        # Of an event that has several rows, the first is the one that its chain goes on from.
        self._renamed.setdefault(placed.event.hash, hash_)
        lane_hash = placed.lane_hash
        if lane_hash is not None and placed.held is None:
            before = self._put.get(event.lane, _START)
            lane_hash = lane_hash_after(before.hash, hash_, placed)
        return msgspec.structs.replace(
            placed, event=msgspec.structs.replace(event, hash=hash_), lane_hash=lane_hash
        )

    def _sealed_here(self, placed: Placed) -> Event:
        event = placed.event
        moved = {"space": self._space, "prev": self._renamed.get(event.prev, event.prev)}
        if event.key == PLAIN or placed.plain is None:
            return msgspec.structs.replace(event, **moved)
        nonce = self._randomness.token(NONCE_BYTES)
        key, body = self._vault.sealed(event.id, placed.plain, nonce)
        salt = self._randomness.token(limits.SALT_BYTES)
        commit = chain.commitment(salt, body)
        return msgspec.structs.replace(event, **moved, key=key, salt=salt, body=body, commit=commit)


def insert_placed(conn: Connection, placed: Placed) -> Body | None:
    """Put an event into the store as it is told.

    Args:
        conn: The store, inside a write transaction.
        placed: The event.

    Returns:
        Its body, where it can be read and counts.
    """
    body = None if placed.code == ErrorCode.DUPLICATE else body_from_bytes(placed.plain)
    read = (None, None, None) if body is None else (body.type, body.subject, body.day)
    place = (placed.seq, placed.held, placed.received_at, placed.offset, placed.actor, placed.code)
    conn.execute(_INSERT, (*values_from_event(placed.event), *place, placed.lane_hash, *read))
    return body


def _move_on(ends: dict[Lane, Cursor], placed: Placed) -> None:
    """Let a lane end behind a row of the log, which has to continue it."""
    lane, seq = placed.event.lane, placed.seq
    if seq is None or placed.held is not None:
        return
    before = ends.get(lane, _START)
    ends[lane] = place_behind(before, placed)


def place_behind(before: Cursor, placed: Placed) -> Cursor:
    """Return where a lane ends behind a row of its log.

    Args:
        before: Where it ended before.
        placed: The row.

    Raises:
        IntegrityError: ``altered_export``: the row does not continue the lane.
    """
    seq, hash_ = before.seq + 1, lane_hash_after(before.hash, placed.event.hash, placed)
    if placed.seq != seq or placed.lane_hash != hash_:
        refuse_altered()
    return Cursor(seq, hash_)


def put_back(conn: Connection, rows: Iterable[Placed]) -> int:
    """Put rows of a damaged store, which no server has, into the one that takes its place.

    Args:
        conn: The new store, inside a write transaction; lanes that it holds already are left.
        rows: What could be read.

    Returns:
        How many do not verify, or stand behind one that is not there.
    """
    there = {lane for (lane,) in conn.execute("SELECT DISTINCT lane FROM event").fetchall()}
    ends: dict[Lane, Cursor] = {}
    lost = 0
    for row in sorted(rows, key=lambda each: each.seq or limits.INTEGER_MAX):
        if row.event.lane in there:
            continue
        try:
            check_event(row.event)
            _move_on(ends, row)
        except IntegrityError:
            lost += 1
        else:
            insert_placed(conn, row)
    for lane, cursor in ends.items():
        set_cursor(conn, lane, cursor)
    return lost


def check_states(conn: Connection, states: Mapping[Lane, LaneState]) -> None:
    """Compare what was folded with what the lanes came to where the export was made.

    Args:
        conn: The store, with everything folded.
        states: What the export says, by lane; of another version of the folds it says nothing.

    Raises:
        IntegrityError: ``altered_export``: a lane ends elsewhere or has another state.
    """
    for lane, told in states.items():
        if lane == DEVICES:
            continue
        if cursor_of(conn, lane).seq != told.seq:
            refuse_altered()
        if told.projection == PROJECTION_VERSION and state_hash(conn, lane).hex() != told.sha256:
            refuse_altered()


def imported_from(conn: Connection) -> SpaceId | None:
    """Return the space whose export was imported here, until this device is connected."""
    told = setting(conn, IMPORTED_FROM)
    return None if told is None else SpaceId(bytes.fromhex(told))


def refuse_own_copy(conn: Connection, space: SpaceId) -> None:
    """Refuse to join the space whose export was imported here: its words would be there twice.

    Raises:
        RefusedError: ``already_connected``.
    """
    if imported_from(conn) == space:
        raise RefusedError(
            ErrorCode.ALREADY_CONNECTED,
            gettext(
                "this device holds an imported copy of what is there: "
                "join from an empty folder (TRAILMARK_HOME)"
            ),
        )


def send_imported(conn: Connection) -> None:
    """Let everything imported into ``self`` wait to be sent, as if it were written here.

    The server that this device is about to be at home on knows none of it.

    Args:
        conn: The store, inside the write transaction that connects the device.
    """
    if imported_from(conn) is None:
        return
    conn.execute("DELETE FROM event WHERE lane = ? AND code = 'duplicate'", (SELF,))
    # What devices of a former release said of each other there: no server takes that any more.
    conn.execute(
        f"DELETE FROM event WHERE lane = ? AND key = ? AND type NOT IN ({places(len(_CONTROL))})",
        (SELF, PLAIN, *_CONTROL),
    )
    conn.execute(
        "UPDATE event SET seq = NULL, held = NULL, received_at = NULL, offset = NULL,"
        " actor = NULL, code = NULL, lane_hash = NULL WHERE lane = ? AND seq IS NOT NULL",
        (SELF,),
    )
    conn.execute("DELETE FROM cursor WHERE lane = ?", (SELF,))
    (upto,) = conn.execute("SELECT coalesce(max(pos), 0) FROM event").fetchone()
    set_setting(conn, IMPORTED_UPTO, str(upto))
    drop_setting(conn, IMPORTED_FROM)
