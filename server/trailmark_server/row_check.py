"""Checks the rows of one lane, one after the other, and says which column of a wrong row is wrong.

Every stored value of a row stands in at least one hash. When an equation does not hold, the columns
that it covers are tried with every single byte changed: where that mends it, the column is known.
Damage beyond one byte is named by the equation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from trailmark_server.lane_draft import ChainFacts, LaneDraft, LaneFacts, read_bytes
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.rows import ChainKey, GrantRow, StoredRow, put_grants
from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import CODES_WITH_BODY, Event, Row
from trailmark_shared.events.registry import is_kept
from trailmark_shared.ids import EventId, is_shared

Fault = tuple[int | None, str, str]
"""(seq, column, detail)."""

_COLUMN: Final[Mapping[str, str]] = {"commit": "commitment", "offset": "clock_offset"}
_EVENT_FIELDS: Final = ("id", "device", "epoch", "dseq", "key", "prev")
_SERVER_FIELDS: Final = ("received_at", "offset", "actor", "code")
_INTEGER_BYTES: Final = 8


class RowFault(Exception):  # noqa: N818  (a fault that ends the walk, told as a finding)
    """The lane table names another space or lane than the rows were written for.

    Attributes:
        column: Which of the two.
    """

    def __init__(self, column: str) -> None:
        """Name the column."""
        super().__init__(column)
        self.column = column


def header_hash(event: Event) -> bytes:
    """Return the hash that the columns of an event give."""
    header = chain.header_bytes(
        event.id, event.space, event.lane, event.device, event.epoch, event.dseq, event.key
    )
    return chain.event_hash(event.prev, header, event.commit)


def row_hash(before: bytes, row: Row) -> bytes:
    """Return the lane hash that the columns of a row give behind ``before``."""
    return chain.lane_hash(
        before, row.event.hash, row.seq, row.received_at, row.offset, row.actor, row.code
    )


def variants(value: Any) -> Iterator[Any]:  # noqa: ANN401  (whatever a column holds)
    """Yield ``value`` with every single byte changed to every other one."""
    if value is None:
        return
    data = _bytes_from_value(value)
    for place, byte in enumerate(data):
        for other in range(256):
            if other != byte:
                changed = data[:place] + bytes((other,)) + data[place + 1 :]
                yield from _values_from_bytes(value, changed)


def _bytes_from_value(value: Any) -> bytes:  # noqa: ANN401
    if isinstance(value, int):
        return value.to_bytes(_INTEGER_BYTES, "big", signed=True)
    return value.encode() if isinstance(value, str) else value


def _values_from_bytes(value: Any, changed: bytes) -> Iterator[Any]:  # noqa: ANN401
    if isinstance(value, int):
        yield int.from_bytes(changed, "big", signed=True)
    elif isinstance(value, str):
        try:
            yield changed.decode()
        except UnicodeDecodeError:
            return
    else:
        yield changed


def mending_field(
    struct: msgspec.Struct, fields: tuple[str, ...], holds: Callable[[Any], bool]
) -> str | None:
    """Return the field whose one changed byte makes ``holds`` true, or ``None``."""
    for field in fields:
        for value in variants(getattr(struct, field)):
            try:
                mended = msgspec.structs.replace(struct, **{field: value})
                if holds(mended):
                    return field
            except (OverflowError, ValueError):
                continue
    return None


def _plain(event: Event, body: bytes | None) -> Body | None:
    return None if body is None else read_bytes(event.key, body)


class LaneWalk:
    """Walks a lane from seq 1 and keeps what its rows add up to.

    Attributes:
        lane: Where the rows taken so far put the lane.
        chains: Where they put the devices' chains.
        grants: The grants that they give and revoke.
        proven: Seq of the last row before the first one that does not fit, and its lane hash.
        listed: Events that are listed as erased.
        is_readable: Every body opened and every event stood: folding again says something.
    """

    def __init__(self, seal: RestSeal, facts: LaneFacts, listed: set[EventId]) -> None:
        """Begin before seq 1 of the lane that ``facts`` names.

        Args:
            seal: Opens bodies.
            facts: The lane; only its names count.
            listed: Events that are listed as erased.
        """
        self.lane = LaneFacts(space=facts.space, lane=facts.lane)
        self.chains: dict[ChainKey, ChainFacts] = {}
        self.grants: dict[bytes, GrantRow] = {}
        self.proven: tuple[int, bytes] = (0, chain.GENESIS)
        self.is_readable = True
        self._seal = seal
        self.listed = listed
        self._hashes: set[bytes] = set()
        self._subjects: dict[EventId, bytes | None] = {}
        self._duplicates: list[tuple[int, EventId, bytes | None]] = []

    def take(self, stored: StoredRow) -> Iterator[Fault]:
        """Check the next row.

        Yields:
            What is wrong with it.

        Raises:
            RowFault: The lane itself has another name than its rows.
        """
        row, seq = stored.row, stored.row.seq
        body, is_broken = self._opened(row)
        before, hash_ = self.lane.hash, row.lane_hash
        faults = list(self._event_faults(row, body, is_broken=is_broken))
        self.is_readable &= not faults
        if seq != self.lane.head + 1:
            faults.append(("seq", f"{self.lane.head + 1} was expected"))
        elif row_hash(before, row) != hash_ and header_hash(row.event) == row.event.hash:
            column = self._server_column(before, row)
            if column == "lane_hash":
                hash_ = row_hash(before, row)
            faults.append((column, "does not give the lane hash"))
        plain = _plain(row.event, body)
        found = faults or [*self._chain_faults(row), *self._column_faults(stored, plain)]
        if not found and self.proven[0] == self.lane.head:
            self.proven = (seq, hash_)
        for column, detail in found:
            yield (seq, f"event.{column}", detail)
        self._follow(row, plain, hash_)

    def end(self) -> Iterator[Fault]:
        """Check what only the whole lane can tell.

        Yields:
            What is wrong.
        """
        for seq, event, subject in self._duplicates:
            if event in self._subjects and subject != self._subjects[event]:
                yield (seq, "event.subject", "differs from the row that holds the id")

    # --- one row ---

    def _opened(self, row: Row) -> tuple[bytes | None, bool]:
        """Return the opened body and whether it failed to open."""
        event = row.event
        if event.body is None:
            return None, False
        try:
            return self._seal.open(event.id, event.body), False
        except SealError:
            return None, True

    def _event_faults(
        self, row: Row, body: bytes | None, *, is_broken: bool
    ) -> Iterator[tuple[str, str]]:
        event = row.event
        is_header_right = header_hash(event) == event.hash
        if is_broken and is_header_right:
            yield ("body", "does not open")
        elif not is_header_right:
            yield (self._header_column(row, body), "does not give the event's hash")
        elif body is not None and chain.commitment(event.salt or b"", body) != event.commit:
            yield ("salt", "does not give the commitment")
        if not is_broken:
            yield from self._presence_faults(row)

    def _presence_faults(self, row: Row) -> Iterator[tuple[str, str]]:
        event = row.event
        if (event.salt is None) != (event.body is None):
            yield ("salt" if event.salt is None else "body", "is gone alone")
        elif event.body is None and row.code in CODES_WITH_BODY and not self._may_be_gone(event.id):
            yield ("body", "is gone, and neither refused nor erased")
        elif event.body is not None and self._seal.erasures:
            yield ("body", "is there although the person was erased")
        elif event.body is not None and row.code not in CODES_WITH_BODY:
            yield ("body", "is there although the row was refused")

    def _may_be_gone(self, event: EventId) -> bool:
        return self._seal.erasures > 0 or event in self.listed

    def _header_column(self, row: Row, body: bytes | None) -> str:
        event = row.event
        if body is not None:
            commit = chain.commitment(event.salt or b"", body)
            if header_hash(msgspec.structs.replace(event, commit=commit)) == event.hash:
                return "commitment"
        mended = msgspec.structs.replace(row, event=msgspec.structs.replace(event, hash=b""))
        wanted = header_hash(event)
        right = msgspec.structs.replace(mended, event=msgspec.structs.replace(event, hash=wanted))
        if row_hash(self.lane.hash, right) == row.lane_hash:
            return "hash"
        fields = (*_EVENT_FIELDS, "commit")
        field = mending_field(event, fields, lambda each: header_hash(each) == event.hash)
        if field is None and self.lane.head == 0:
            name = mending_field(event, ("space", "lane"), lambda e: header_hash(e) == event.hash)
            if name is not None:
                raise RowFault("lane.space" if name == "space" else "lane.name")
        return "hash" if field is None else _COLUMN.get(field, field)

    def _server_column(self, before: bytes, row: Row) -> str:
        computed = row_hash(before, row)
        differing = sum(a != b for a, b in zip(computed, row.lane_hash, strict=False))
        if differing == 1:
            return "lane_hash"
        field = mending_field(
            row, _SERVER_FIELDS, lambda each: row_hash(before, each) == row.lane_hash
        )
        return "lane_hash" if field is None else _COLUMN.get(field, field)

    def _chain_faults(self, row: Row) -> Iterator[tuple[str, str]]:
        """A row that is not aside or refused follows its device's last one, or repeats one."""
        event = row.event
        place = (event.device, event.epoch)
        known = self.chains.get(place, ChainFacts())
        is_next = (event.dseq, event.prev) == (known.high + 1, known.hash)
        if row.code is None and not is_next:
            if event.hash not in self._hashes:
                yield ("prev", "does not follow the row of its device before it")
            if event.dseq > known.high:
                # From here on, so that one row that is gone is one finding.
                self.chains[place] = ChainFacts(event.dseq - 1, event.prev)

    def _column_faults(self, stored: StoredRow, plain: Body | None) -> Iterator[tuple[str, str]]:
        is_readable = plain is not None and is_shared(self.lane.lane)
        is_duplicate = stored.row.code == ErrorCode.DUPLICATE
        for column in ("type", "subject", "day"):
            if column == "subject" and is_duplicate:
                continue
            wanted = getattr(plain, column) if is_readable else None
            if getattr(stored, column) != wanted:
                yield (column, "differs from the body")
        if is_duplicate:
            event = stored.row.event.id
            self._duplicates.append((stored.row.seq, event, stored.subject))
        elif plain is not None:
            self._subjects[stored.row.event.id] = plain.subject if is_readable else None
        event = stored.row.event
        if (
            event.body is not None
            and event.id in self.listed
            and not is_kept(self.lane.lane, event.key, None if plain is None else plain.type)
        ):
            yield ("body", "was erased and is there")

    def _follow(self, row: Row, plain: Body | None, hash_: bytes) -> None:
        event = row.event
        place = (event.device, event.epoch)
        known = self.chains.get(place, ChainFacts())
        if event.dseq == known.high + 1 and event.prev == known.hash:
            self.chains[place] = ChainFacts(event.dseq, event.hash)
        if row.code != ErrorCode.ASIDE:
            self._hashes.add(event.hash)
        if plain is not None and isinstance(plain.data, AccessGranted | AccessRevoked):
            self._follow_grant(row, plain)
        self.lane = msgspec.structs.replace(
            self.lane,
            head=row.seq,
            hash=hash_,
            received_at=max(self.lane.received_at, row.received_at),
        )

    def _follow_grant(self, row: Row, plain: Body) -> None:
        draft = LaneDraft(self.lane, {}, {}, ())
        draft.append(row, plain, row.code, keep_body=row.event.body is not None)
        self.lane = msgspec.structs.replace(
            self.lane, granted=draft.lane.granted, revoked=draft.lane.revoked
        )
        put_grants(self.grants, draft)
