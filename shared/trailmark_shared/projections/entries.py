"""What folds read: an event with its body opened and the times that the server gave it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from trailmark_shared.events.body import Body


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event as folds see it.

    Attributes:
        id: Id of the event.
        lane: The lane it is in.
        device: The device that wrote it.
        epoch: The device's numbering.
        dseq: Place in that numbering.
        seq: Place in the lane, or ``None`` while unconfirmed.
        received_at: Server clock, or ``None`` while unconfirmed.
        offset: Server clock minus device clock, or ``None`` while unconfirmed.
        actor: Who wrote it: ``person``, ``member/<id>``, ``supporter/<id>``.
        body: What happened.
    """

    id: bytes
    lane: str
    device: bytes
    epoch: bytes
    dseq: int
    seq: int | None
    received_at: int | None
    offset: int | None
    actor: str
    body: Body

    @property
    def effective_at(self) -> int:
        """The best known time of recording, milliseconds UTC.

        The device's time set right by the offset that the server saw, and never after it arrived;
        the bare device time while unconfirmed.
        """
        if self.received_at is None or self.offset is None:
            return self.body.recorded_at
        return min(self.body.recorded_at + self.offset, self.received_at)


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A row without body that holds an id a second time (``duplicate``), with its own times.

    Attributes:
        id: Id of the event.
        received_at: Server clock, milliseconds UTC.
        offset: Server clock minus device clock, milliseconds.
        actor: Who wrote it.
    """

    id: bytes
    received_at: int
    offset: int
    actor: str


def entries_of_subject(rows: Iterable[Entry], sightings: Collection[Sighting] = ()) -> list[Entry]:
    """Return each id once, in lane order, with the actor and times of its earliest row.

    After a restore the log may hold an id twice: once with its body under a new seq, once as a stub
    with the times that were proven. The row with the lowest ``received_at`` tells the truth; of
    two that are equally early the lesser (offset, actor), so that all replicas say the same.

    Args:
        rows: Entries in lane order: confirmed ones by seq, then own unconfirmed ones.
        sightings: Body-less rows of the same ids.

    Returns:
        One entry per id at the place of its first row.
    """
    rows = list(rows)
    if len(rows) == 1 and not sightings:
        return rows
    first: dict[bytes, Entry] = {}
    earliest: dict[bytes, Entry | Sighting] = {}
    for row in rows:
        first.setdefault(row.id, row)
        _keep_earliest(earliest, row)
    for sighting in sightings:
        if sighting.id in first:
            _keep_earliest(earliest, sighting)
    return [_with_times(entry, earliest.get(event)) for event, entry in first.items()]


def _keep_earliest(earliest: dict[bytes, Entry | Sighting], seen: Entry | Sighting) -> None:
    if seen.received_at is None:
        return
    known = earliest.get(seen.id)
    if known is None or _proof(seen) < _proof(known):
        earliest[seen.id] = seen


def _proof(seen: Entry | Sighting) -> tuple[int, int, str]:
    assert seen.received_at is not None, "only rows of the server prove a time"
    return seen.received_at, seen.offset or 0, seen.actor


def _with_times(entry: Entry, seen: Entry | Sighting | None) -> Entry:
    if seen is None or seen is entry:
        return entry
    return msgspec.structs.replace(
        entry, received_at=seen.received_at, offset=seen.offset, actor=seen.actor
    )
