"""New epochs: own events without a row are written again under a numbering nobody else used.

The identity file comes first, fsynced, then the transaction. A crash between the two leaves events
under an epoch that is not the identity's, which ``cursors.has_foreign_outbox`` finds.
"""

from __future__ import annotations

from typing import Any

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_client.identity import Identity, IdentityFile
from trailmark_client.storage.event_log import lanes_to_send, set_chain_end
from trailmark_client.storage.read_models import refold
from trailmark_shared import chain, limits
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import Epoch, EventId, KeyId, Lane

# A row without words, or with others, is no answer to words that are here.
_TAKEN = (
    "EXISTS (SELECT 1 FROM event AS r WHERE r.id = o.id AND r.lane = o.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND (r.code IS NULL OR r.code = 'aside')"
    " AND r.commitment = o.commitment AND (r.body IS NOT NULL OR o.body IS NULL))"
)


def start_epoch(
    conn: Connection, identity_file: IdentityFile, randomness: Randomness
) -> tuple[Epoch, list[Lane]]:
    """Write all own events without a row again under a new epoch.

    Id, salt and body stay; what the log already holds (with its words, or erased) is struck.

    Args:
        conn: The store, inside a write transaction.
        identity_file: Gets the new epoch, fsynced, before anything is written here.
        randomness: Where the epoch comes from.

    Returns:
        The new epoch and the lanes with events to push.
    """
    epoch = Epoch(randomness.token(limits.EPOCH_BYTES))
    identity = identity_file.update(lambda current: msgspec.structs.replace(current, epoch=epoch))
    return epoch, write_again(conn, identity)


def write_again(conn: Connection, identity: Identity) -> list[Lane]:
    """Number all own events without a row anew, for the identity's space, device and epoch.

    Those of an imported lane keep their numbers: they are sent to nobody.

    Args:
        conn: The store, inside a write transaction.
        identity: Its epoch must be one under which nothing was written yet.

    Returns:
        The lanes with events to push.
    """
    # Ends of numberings that nothing will follow any more.
    conn.execute("DELETE FROM chain_head")
    for lane in lanes_to_send(conn):
        struck = conn.execute(
            f"SELECT pos, subject FROM event AS o WHERE lane = ? AND seq IS NULL AND {_TAKEN}",
            (lane,),
        ).fetchall()
        conn.executemany("DELETE FROM event WHERE pos = ?", [(pos,) for pos, _ in struck])
        _number_lane(conn, identity, lane)
        # What is shown says which device wrote it.
        written = conn.execute(
            "SELECT subject FROM event WHERE lane = ? AND seq IS NULL", (lane,)
        ).fetchall()
        touched = (*(subject for _, subject in struck), *(subject for (subject,) in written))
        refold(conn, lane, [subject for subject in touched if subject is not None])
    return lanes_to_send(conn)


def _number_lane(conn: Connection, identity: Identity, lane: Lane) -> None:
    rows = conn.execute(
        "SELECT pos, id, key, commitment, salt, body FROM event"
        " WHERE lane = ? AND seq IS NULL ORDER BY pos",
        (lane,),
    ).fetchall()
    updates: list[tuple[SqlValue, ...]] = []
    prev, event = chain.GENESIS, None
    for dseq, row in enumerate(rows, start=1):
        event = _numbered(identity, lane, dseq, prev, row)
        prev = event.hash
        updates.append(
            (event.space, event.device, event.epoch, event.dseq, event.prev, event.hash, row[0])
        )
    conn.executemany(
        "UPDATE event SET space = ?, device = ?, epoch = ?, dseq = ?, prev = ?, hash = ?"
        " WHERE pos = ?",
        updates,
    )
    if event is not None:
        set_chain_end(conn, event)


def _numbered(identity: Identity, lane: Lane, dseq: int, prev: bytes, row: Any) -> Event:  # noqa: ANN401
    _, event_id, key, commit, salt, body = row
    header = chain.header_bytes(
        EventId(event_id),
        identity.space,
        lane,
        identity.device,
        identity.epoch,
        dseq,
        KeyId(key),
    )
    return Event(
        id=EventId(event_id),
        space=identity.space,
        lane=lane,
        device=identity.device,
        epoch=identity.epoch,
        dseq=dseq,
        key=KeyId(key),
        commit=commit,
        prev=prev,
        hash=chain.event_hash(prev, header, commit),
        salt=salt,
        body=body,
    )
