"""The signed statements that this device has: read out of the lane ``devices``, each checked once.

The order in which they came means nothing (``trailmark_shared.device_graph``), so nothing here
depends on a cursor: what the lane's rows, the outbox or a moved-aside file bring is taken as it is
found, and stays whatever a server takes back.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.event_log import KEYS_UNSAID
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_client.storage.vault import Vault
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.resolution import Firm, resolve
from trailmark_shared.device_graph.statements import (
    Admitted,
    HolderId,
    Statement,
    kept_statement,
    read_statement,
)
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.control import StatementMade
from trailmark_shared.ids import DEVICES, EventId, SpaceId

_FIRM: Final = "held_firm"
_GROUND: Final = "statements_handed"
_TO_REMOVE: Final = "holders_to_remove"
_NEWS: Final = (  # in the words of the index of this lane alone: only so SQLite takes it
    f"SELECT hash, body FROM event WHERE lane IS '{DEVICES}' AND body IS NOT NULL"
    " AND hash NOT IN (SELECT event FROM statement)"
)
_KEPT: Final = "SELECT raw FROM statement WHERE raw IS NOT NULL ORDER BY event"
_DECODED_CACHED: Final = 8192

_kept: Final = lru_cache(_DECODED_CACHED)(kept_statement)


def statements_of(conn: Connection, vault: Vault, *, keeps: bool) -> list[Statement]:
    """Return every statement that this device has.

    Args:
        conn: The store.
        vault: Cipher and identity.
        keeps: Inside a write transaction: what is checked now is not checked again.
    """
    space = vault.identity_file.current.space
    news = [(hash_, _checked(vault, space, body)) for hash_, body in conn.execute(_NEWS).fetchall()]
    if keeps:
        conn.executemany("INSERT INTO statement (event, raw) VALUES (?, ?)", news)
        news = []
    raws = [raw for (raw,) in conn.execute(_KEPT).fetchall()]
    return [_kept(raw) for raw in (*raws, *(raw for _, raw in news if raw is not None))]


def _checked(vault: Vault, space: SpaceId, plain: bytes) -> bytes | None:
    body = body_from_bytes(plain)
    if body is None or not isinstance(body.data, StatementMade):
        return None
    try:
        return read_statement(vault.cipher, space, body.data.statement).raw
    except EventDataError:
        return None


def unsent_statements(conn: Connection) -> list[bytes]:
    """Return the statements that no server has yet, as they travel, in the order of the outbox."""
    bodies = conn.execute(
        "SELECT body FROM event WHERE lane = ? AND seq IS NULL AND body IS NOT NULL ORDER BY pos",
        (DEVICES,),
    ).fetchall()
    said = [body.data for (plain,) in bodies if (body := body_from_bytes(plain)) is not None]
    return [each.statement for each in said if isinstance(each, StatementMade)]


def statements_as_sent(conn: Connection) -> list[bytes]:
    """Return every statement that this device has read or made, once, as it travels."""
    return list(dict.fromkeys(raw for (raw,) in conn.execute(_KEPT).fetchall()))


def keep_ground(conn: Connection, raws: Sequence[bytes]) -> None:
    """Keep what whoever let this device in stands on, until the lane was read to its end.

    Args:
        conn: The store, inside a write transaction.
        raws: Statements as they travel, unchecked.
    """
    set_setting(conn, _GROUND, b64encode(msgspec.msgpack.encode(raws)).decode())


def take_ground(conn: Connection) -> list[bytes]:
    """Return what was kept, and forget it."""
    kept = setting(conn, _GROUND)
    if kept is None:
        return []
    drop_setting(conn, _GROUND)
    return msgspec.msgpack.decode(b64decode(kept), type=list[bytes])


def holder_names(conn: Connection) -> dict[HolderId, str]:
    """Return what the person calls their devices, those that are gone too; by id."""
    kept = [_kept(raw) for (raw,) in conn.execute(_KEPT).fetchall()]
    said = [each.says for each in kept if isinstance(each.says, Admitted)]
    names = {each.holder.id: each.name for each in said if each.holder.kind == "device"}
    said_last = resolve(DeviceGraph(kept), firm_of(conn)).names()
    return names | {each: name for each, name in said_last.items() if name}


def keep_own(conn: Connection, event: EventId, statement: Statement) -> None:
    """Keep a statement that this device made itself.

    Args:
        conn: The store, inside a write transaction.
        event: Id of the event in the outbox that carries it.
        statement: It.
    """
    conn.execute(
        "INSERT INTO statement (event, raw) SELECT hash, ? FROM event WHERE id = ?",
        (statement.raw, event),
    )


def firm_of(conn: Connection) -> Firm:
    """Return what this device holds firm."""
    kept = setting(conn, _FIRM)
    return Firm() if kept is None else msgspec.json.decode(kept, type=Firm)


def keep_firm(conn: Connection, firm: Firm) -> None:
    """Hold this firm, and nothing else."""
    set_setting(conn, _FIRM, msgspec.json.encode(firm, order="deterministic").decode())


def kept_removals(conn: Connection) -> frozenset[HolderId]:
    """Return whom the person removed here before this device read that anybody let them in."""
    kept = setting(conn, _TO_REMOVE)
    return (
        frozenset[HolderId]()
        if kept is None
        else msgspec.json.decode(kept, type=frozenset[HolderId])
    )


def keep_removals(conn: Connection, holders: Collection[HolderId]) -> None:
    """Remember these, and nobody else."""
    set_setting(conn, _TO_REMOVE, msgspec.json.encode(sorted(holders)).decode())


def begin_elsewhere(conn: Connection, firm: Firm) -> None:
    """Forget what was said in a space that this device leaves; nobody else was ever in it.

    Args:
        conn: The store, inside a write transaction.
        firm: What whoever lets it in tells it to hold firm.
    """
    conn.execute("DELETE FROM event WHERE lane = ?", (DEVICES,))
    conn.execute("DELETE FROM document WHERE lane = ?", (DEVICES,))
    conn.execute("DELETE FROM chain_head WHERE lane = ?", (DEVICES,))
    conn.execute("DELETE FROM statement")
    drop_setting(conn, _GROUND)
    drop_setting(conn, _TO_REMOVE)
    keep_firm(conn, firm)


def note_unsaid(conn: Connection) -> None:
    """Note that keys of this device are still to be said: what they seal waits for that."""
    set_setting(conn, KEYS_UNSAID, "1")


def note_said(conn: Connection) -> bool:
    """Note that they were said, and return whether anything waited for it."""
    has_waited = setting(conn, KEYS_UNSAID) is not None
    drop_setting(conn, KEYS_UNSAID)
    return has_waited
