"""What the store does in one write transaction: append, take offers, erase, fold.

Functions over ``LogRows``. Whatever must outlive a restore (revocations, erasures) is in the keys
store before it commits here: a transaction that would commit one which is not there yet raises
``KeysFirstError``, leaves nothing, and is run again once it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from trailmark_server.ingest import Batch, ingest
from trailmark_server.lane_draft import LaneDraft, LaneFacts
from trailmark_server.offers import take_rows
from trailmark_server.projector import SubjectRow, fold_subjects
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.folding import project, project_lane, rows_by_subject
from trailmark_server.storage.ports import ErasedEvent
from trailmark_server.storage.rows import LogRows
from trailmark_shared import ids, limits
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.events.registry import is_kept
from trailmark_shared.ids import EventId, Lane, SpaceId
from trailmark_shared.protocol.effects import AppendBatch, Appended


class Recorded(msgspec.Struct, frozen=True):
    """What the keys store lists already for the space of a transaction.

    Attributes:
        grants: Revoked grants.
        erased: Erased events.
    """

    grants: frozenset[bytes] = frozenset()
    erased: frozenset[EventId] = frozenset()

    def joined(self, listed: KeysFirstError) -> Recorded:
        """Return this with what ``listed`` asked for."""
        return Recorded(
            self.grants.union(listed.grants),
            self.erased.union(event.id for event in listed.erased),
        )


NOTHING_RECORDED: Final = Recorded()


class KeysFirstError(Exception):
    """This must be in the keys store before it may commit; nothing was written.

    Attributes:
        grants: Revoked grants.
        erased: Erased events.
    """

    def __init__(self, lane: Lane, revoked: Iterable[bytes], erased: Iterable[EventId]) -> None:
        """Name the grants and the events of ``lane``."""
        super().__init__("the keys store comes first")
        self.grants = sorted(revoked)
        self.erased = [ErasedEvent(lane=lane, id=event) for event in erased]


def append_batch(
    rows: LogRows, seal: RestSeal, batch: AppendBatch, accepted: Batch, recorded: Recorded
) -> Appended:
    """Append a pushed batch by rule 1.

    Args:
        rows: The tables.
        seal: Of the space.
        batch: What the session asks for.
        accepted: The same events with actor and server clock.
        recorded: What the keys store lists.

    Returns:
        The answer.

    Raises:
        KeysFirstError: Something must be listed in the keys store before.
    """
    space, lane = seal.space, batch.lane
    draft = _draft(rows, space, lane, [event.id for event in batch.events], batch.events)
    answer = ingest(draft, accepted)
    if draft.rows:
        commit_draft(rows, seal, draft, recorded)
    return answer


def append_offered(
    rows: LogRows,
    seal: RestSeal,
    lane: Lane,
    after_hash: bytes,
    offered: Sequence[Row],
    recorded: Recorded,
) -> int | None:
    """Append offered rows by rule 3; that this server signed their head is already checked.

    Returns:
        The head of the lane afterwards; ``None`` where they would open one lane too many: nothing
        was appended.

    Raises:
        KeysFirstError: Something must be listed in the keys store before.
    """
    events = [row.event for row in offered]
    draft = _draft(rows, seal.space, lane, [event.id for event in events], events)
    take_rows(draft, after_hash, offered)
    if draft.lane.granted and not draft.has_room:
        return None
    if draft.rows:
        commit_draft(rows, seal, draft, recorded)
    return draft.lane.head


def _draft(
    rows: LogRows, space: SpaceId, lane: Lane, wanted: Sequence[EventId], events: Sequence[Event]
) -> LaneDraft:
    chains = list({(event.device, event.epoch) for event in events})
    facts = rows.lane(space, lane)
    return LaneDraft(
        facts,
        rows.chains(space, lane, chains),
        rows.held(space, lane, wanted),
        rows.erased(space, lane, wanted),
        is_over=rows.erasures(space) > 0,
        has_room=_has_room(rows, facts, events),
    )


def _has_room(rows: LogRows, lane: LaneFacts, events: Sequence[Event]) -> bool:
    """Say whether events may go to a lane: whichever was opened once stays one of its space."""
    # Whichever number a device gives itself, it fills a room of its own in ``devices``.
    if lane.lane == ids.DEVICES and events:
        pushed = rows.pushed_by(lane.space, lane.lane, events[0].device)
        return pushed + len(events) <= limits.STATEMENTS_PER_DEVICE_MAX
    if not ids.is_shared(lane.lane) or lane.granted:
        return True
    # Two that are opened at one instant, on PostgreSQL, may both find room for the last one.
    grants = rows.grants(lane.space)
    opened = {each.lane for each in grants if each.granted_seq is not None}
    return len({ids.SELF, *opened}) < limits.LANES_PER_SPACE_MAX


def commit_draft(rows: LogRows, seal: RestSeal, draft: LaneDraft, recorded: Recorded) -> None:
    """Write a draft with everything that follows from it: grants, erasures, read models.

    Raises:
        KeysFirstError: It revokes or erases what the keys store does not list yet.
    """
    space, lane = draft.lane.space, draft.lane.lane
    revoked = frozenset(grant for grant, _ in draft.revoked)
    erased = _erased_by(rows, draft)
    if not (revoked <= recorded.grants and recorded.erased.issuperset(erased)):
        raise KeysFirstError(lane, revoked, erased)
    head_before = draft.lane.head - len(draft.rows)
    older = _older_subjects(rows, draft)
    rows.save(draft, seal)
    if revoked:
        rows.add_revoked(space, sorted(revoked))
    if erased:
        rows.add_erased(space, [ErasedEvent(lane=lane, id=event) for event in erased])
        older |= rows.erase_bodies(space, lane, erased)
        rows.owe_cleaning()
    if not ids.is_shared(lane):
        return
    if head_before in {0, rows.projected_to(space, lane)}:
        folded = fold_subjects(lane, _rows_touched(rows, seal, draft, older))
        rows.save_folded(space, lane, folded, draft.lane.head, seal)
    else:
        project_lane(rows, seal, lane)


def _older_subjects(rows: LogRows, draft: LaneDraft) -> set[bytes]:
    """Return the subjects of a draft about which the store may hold rows already."""
    touched = {new.subject for new in draft.rows if new.subject is not None}
    # One row is read back as fast as this is asked; a row that changes its subject is there.
    if len(draft.rows) == 1 or draft.rejoined or not touched:
        return touched
    return rows.subjects_among(draft.lane.space, draft.lane.lane, sorted(touched))


def _rows_touched(
    rows: LogRows, seal: RestSeal, draft: LaneDraft, older: set[bytes]
) -> dict[bytes, list[SubjectRow]]:
    """Return what the folds read of every subject that a saved draft touched."""
    known = {new.row.event.id: new for new in draft.rows if new.body is not None}
    about = rows_by_subject(rows, seal, draft.lane.lane, sorted(older), known)
    for new in draft.rows:
        if new.subject is not None and new.subject not in older:
            about.setdefault(new.subject, []).append((new.row, new.body))
    return about


def _erased_by(rows: LogRows, draft: LaneDraft) -> list[EventId]:
    """Return the events that a draft erases; what is kept for ever is not even listed.

    An event that is not there yet is listed, so that it has no body when it comes.
    """
    if not draft.erased:
        return []
    space, lane = draft.lane.space, draft.lane.lane
    kept = rows.kept(space, lane, draft.erased)
    for new in draft.rows:
        event = new.row.event
        if event.body is not None and is_kept(lane, event.key, new.type):
            kept.add(event.id)
    return [event for event in dict.fromkeys(draft.erased) if event not in kept]


def merge_erased(rows: LogRows, seal: RestSeal, events: Iterable[ErasedEvent]) -> None:
    """Erase what the keys store lists but the log still holds: it was restored from a backup."""
    space = seal.space
    by_lane: dict[Lane, list[EventId]] = {}
    for event in events:
        by_lane.setdefault(event.lane, []).append(event.id)
    for lane, named in by_lane.items():
        known = rows.erased(space, lane, named)
        missing = [event for event in named if event not in known]
        if not missing:
            continue
        rows.add_erased(space, [ErasedEvent(lane=lane, id=event) for event in missing])
        touched = rows.erase_bodies(space, lane, missing)
        rows.owe_cleaning()
        if ids.is_shared(lane) and touched and rows.projected_to(space, lane) is not None:
            project(rows, seal, lane, sorted(touched), rows.lane(space, lane).head)
