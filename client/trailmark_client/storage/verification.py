"""Checking the store against itself: hashes, chains, signatures and every column beside them.

A row's own hash covers its envelope and, through the commitment, its body; the lane hash covers
place, times, actor and code; the server's signature covers the lane hash. What is left (type,
subject and day, read out of the body) is read again and compared. So a flipped bit in any column is
found and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.cursors import cursor_of, lane_hash_at
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.rows import ROW_COLUMNS
from trailmark_client.storage.vault import Vault
from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import CODES_WITH_BODY
from trailmark_shared.ids import Lane
from trailmark_shared.protocol.messages import SignedHead
from trailmark_shared.protocol.signing_keys import signer_of_head

ROWS_AT_ONCE: Final = 1000
"""How many rows are read in one go."""

WORDLESS: Final = "stub"
"""What is damaged where words are gone, and nobody whom this device knows erased them."""

_FOLDS_TO_NOTHING: Final = ("duplicate",)

Progress = Callable[[int], None]
"""Told how many events were checked so far."""


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not verify.

    Attributes:
        what: Which check failed: ``event``, ``body``, ``columns``, ``chain``, ``lane``, ``head``,
            ``stub``, ``id`` (two events give one id words, or other ones), ``actor`` (somebody
            else as the writer of what this device wrote), ``cursor`` or ``file`` (an index
            contradicts its table).
        lane: Where; empty for ``file``.
        seq: The row, or ``None`` for an unconfirmed event and for what is no row.
        event: Id of the event, or ``None``.
    """

    what: str
    lane: str
    seq: int | None
    event: bytes | None


class _Check:
    """One pass over a lane's rows in one of the three states (confirmed, held, unsent)."""

    def __init__(self, vault: Vault, erased: frozenset[bytes]) -> None:
        self.device = vault.identity_file.current.device
        self.opened = vault.opener()
        self.erased = erased
        self.found: list[Damage] = []
        self.chains: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
        self.ids: dict[bytes, tuple[bytes, bytes | None]] = {}

    def note(self, what: str, values: Any) -> None:  # noqa: ANN401  (a selected row)
        """Remember a damage."""
        self.found.append(Damage(what=what, lane=values[2], seq=values[12], event=values[0]))

    def event(self, values: Any) -> None:  # noqa: ANN401
        """Check what every event has: envelope, commitment, body and the columns read from it."""
        # A row stays the tuple that it was read as: to name its parts would cost as much as a hash.
        event, space, lane, device, epoch, dseq, key, commit, prev, hash_, salt, body = values[:12]
        header = chain.header_bytes(event, space, lane, device, epoch, dseq, key)
        if chain.event_hash(prev, header, commit) != hash_:
            self.note("event", values)
        if body is None or salt is None:
            self._stub(event, values, is_whole=body is None and salt is None)
        elif chain.commitment(salt, body) != commit:
            self.note("body", values)
        self._columns(values)

    def _stub(self, event: bytes, values: Any, *, is_whole: bool) -> None:  # noqa: ANN401
        is_refused = values[16] is not None and values[16] != ErrorCode.ASIDE
        if not is_whole or not (is_refused or event in self.erased):
            self.note(WORDLESS, values)

    def _columns(self, values: Any) -> None:  # noqa: ANN401
        body: Body | None = None
        if values[16] not in _FOLDS_TO_NOTHING:
            body = body_from_bytes(self.opened(values[0], values[6], values[11]))
        expected = (None, None, None) if body is None else (body.type, body.subject, body.day)
        # A stub that the server refused was received without a body: nothing to compare with.
        if values[18:21] != expected:
            self.note("columns", values)

    def placed(self, values: Any) -> None:  # noqa: ANN401
        """Check what a confirmed row claims: its id for itself, and who wrote it.

        The same event may come twice: a server that lost an erasure takes its words back behind the
        row that it emptied, and this device, which never heard of it, has them in both.
        """
        event, commit, actor, code = values[0], values[7], values[15], values[16]
        if values[3] == self.device and actor != "person":
            self.note("actor", values)
        if code not in CODES_WITH_BODY:
            return
        hash_ = None if values[11] is None else values[9]
        known, said_by = self.ids.get(event, (commit, None))
        if known != commit or (hash_ is not None and said_by not in {None, hash_}):
            self.note("id", values)
        self.ids[event] = (known, hash_ or said_by)

    def continues(self, values: Any) -> None:  # noqa: ANN401
        """Check that a row follows its device's last one; offered rows may stand aside."""
        dseq, prev, hash_, code = values[5], values[8], values[9], values[16]
        key = (values[3], values[4])
        last, last_hash = self.chains.get(key, (0, chain.GENESIS))
        if dseq == last + 1 and prev == last_hash:
            self.chains[key] = (dseq, hash_)
        elif code is None and dseq > last:
            self.note("chain", values)
            self.chains[key] = (dseq, hash_)


def verify_lane(
    conn: Connection,
    vault: Vault,
    lane: Lane,
    *,
    after: int = 0,
    progress: Progress = lambda _count: None,
) -> list[Damage]:
    """Check a lane of this device, confirmed rows, held rows and outbox.

    Args:
        conn: The store.
        vault: The keys that open bodies; what it cannot open is checked by its commitment.
        lane: Which lane.
        after: Confirmed rows up to here were checked before; their chains are not followed then.
        progress: Told how many events were checked.

    Returns:
        What does not verify; empty when all does.
    """
    erased = frozenset(each for (each,) in conn.execute("SELECT id FROM erased").fetchall())
    check = _Check(vault, erased)
    hash_ = lane_hash_at(conn, lane, after) or b""
    seq = after
    heads = _heads(conn, lane, after)
    for values in _rows(conn, lane, "held IS NULL AND seq > ?", after, progress):
        check.event(values)
        check.placed(values)
        if after == 0:
            check.continues(values)
        expected = chain.lane_hash(
            hash_, values[9], values[12], values[13], values[14], values[15], values[16]
        )
        seq += 1
        if values[12] != seq or expected != values[17]:
            check.note("lane", values)
            seq = values[12]
        hash_ = values[17]
        head = heads.pop(seq, None)
        if head is not None and not _is_signed(vault, lane, head, hash_):
            check.note("head", values)
    cursor = cursor_of(conn, lane)
    if (cursor.seq, cursor.hash) != (seq, hash_) or heads:
        check.found.append(Damage(what="cursor", lane=lane, seq=cursor.seq, event=None))
    for values in _rows(conn, lane, "held IS NOT NULL AND seq > ?", 0, progress):
        check.event(values)
    for values in _rows(conn, lane, "seq IS NULL AND pos > ?", 0, progress):
        check.event(values)
    return check.found


def _rows(conn: Connection, lane: Lane, where: str, after: int, progress: Progress) -> Any:  # noqa: ANN401
    """Yield the rows of a lane that ``where`` chooses, in order, told in steps."""
    rows = conn.execute(
        f"SELECT {ROW_COLUMNS}, type, subject, day FROM event WHERE lane = ? AND {where}"
        " ORDER BY held, seq, pos",
        (lane, after),
    )
    count = 0
    for count, values in enumerate(rows, start=1):
        yield values
        if count % ROWS_AT_ONCE == 0:
            progress(ROWS_AT_ONCE)
    progress(count % ROWS_AT_ONCE)


def _heads(conn: Connection, lane: Lane, after: int) -> dict[int, SignedHead]:
    rows = conn.execute(
        "SELECT seq, hash, time, signature FROM signed_head"
        " WHERE lane = ? AND held = 0 AND seq > ?",
        (lane, after),
    )
    return {
        seq: SignedHead(seq=seq, hash=hash_, time=time, signature=signature)
        for seq, hash_, time, signature in rows.fetchall()
    }


def _is_signed(vault: Vault, lane: Lane, head: SignedHead, hash_: bytes) -> bool:
    identity = vault.identity_file.current
    if identity.server is None or head.hash != hash_:
        return False
    keys = identity.server.signing_keys
    return signer_of_head(vault.cipher, keys, identity.space, lane, head) is not None


def verify_all(
    conn: Connection, vault: Vault, progress: Progress = lambda _count: None
) -> list[Damage]:
    """Check every event that this device holds, from the first one on.

    Args:
        conn: The store.
        vault: The keys that open bodies.
        progress: Told how many events were checked.

    Returns:
        What does not verify; empty when all does.
    """
    lanes = conn.execute("SELECT lane FROM cursor UNION SELECT DISTINCT lane FROM event ORDER BY 1")
    damages = [
        damage
        for (lane,) in lanes.fetchall()
        for damage in verify_lane(conn, vault, Lane(lane), progress=progress)
    ]
    return damages + _chain_heads(conn)


def _chain_heads(conn: Connection) -> list[Damage]:
    """The ends of own chains that are not where their events end."""
    rows = conn.execute(
        "SELECT c.lane, c.dseq FROM chain_head AS c WHERE NOT EXISTS (SELECT 1 FROM event AS e"
        " WHERE e.lane = c.lane AND e.device = c.device AND e.epoch = c.epoch"
        " AND e.dseq = c.dseq AND e.hash = c.hash)"
        " AND EXISTS (SELECT 1 FROM event AS e WHERE e.lane = c.lane AND e.device = c.device"
        " AND e.epoch = c.epoch)"
    )
    return [Damage(what="chain", lane=lane, seq=None, event=None) for lane, _ in rows.fetchall()]


def verify_news(conn: Connection, vault: Vault) -> list[Damage]:
    """Check what came since the last check, and remember how far it was good.

    Args:
        conn: The store, inside a write transaction.
        vault: The keys that open bodies.

    Returns:
        What does not verify.
    """
    found: list[Damage] = []
    places: Mapping[str, int] = dict(
        conn.execute("SELECT lane, verified_to FROM cursor WHERE verified_to < seq").fetchall()
    )
    for lane, verified_to in places.items():
        damages = verify_lane(conn, vault, Lane(lane), after=verified_to)
        if not damages:
            conn.execute("UPDATE cursor SET verified_to = seq WHERE lane = ?", (lane,))
        found += damages
    return found
