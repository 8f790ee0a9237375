"""Recompute everything that is stored about lanes, and name whatever does not match.

A row is held by three equations: its commitment (salt and body), its event hash (everything the
device wrote) and its lane hash (everything the server added). Beyond them stand the device chains,
the lane table, the columns read out of bodies, the grants, the read models and the lists of the
keys store. One lane is one read transaction, so a running server goes on; an admin command may run
this beside it.

With a value of another kind than its column's, as damage to the file makes them, nothing can be
computed: that is a finding, and what stands behind it is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trailmark_server.lane_draft import LaneFacts
from trailmark_server.rebuild import SealOf
from trailmark_server.rest_seal import RestSeal
from trailmark_server.row_check import LaneWalk, RowFault
from trailmark_server.storage.folding import refolded
from trailmark_server.storage.ports import (
    Finding,
    KeyStore,
    Progress,
    ProvenLane,
    Verification,
)
from trailmark_server.storage.rows import Database, LogRows, Tables
from trailmark_shared import limits
from trailmark_shared.ids import EventId, Lane, SpaceId, is_shared, text_from_id
from trailmark_shared.projections.fold import Document
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import broken_link
from trailmark_shared.sealing import Cipher

_BEFORE_ALL = -(2**62)
_OF_ANOTHER_KIND: Final = (AttributeError, TypeError, ValueError)

Fault = tuple[int | None, str, str]
"""(seq, column, detail)."""


async def verify_lanes(
    database: Database,
    seal_of: SealOf,
    keys: KeyStore,
    cipher: Cipher,
    progress: Progress | None,
) -> Verification:
    """Verify every lane and every list.

    Args:
        database: The main store.
        seal_of: Opens bodies.
        keys: Whose lists the log's copies must equal, and whose signing keys must follow.
        cipher: Checks signatures.
        progress: Told after each lane; ``False`` stops.

    Returns:
        What does not match, and how far each lane is proven.
    """
    erased: dict[tuple[SpaceId, Lane], set[EventId]] = {}
    for space, event in await keys.erased():
        erased.setdefault((space, event.lane), set()).add(event.id)
    findings = await _verify_lists(database, keys)
    succession = (await keys.signing_keys()).chain
    findings += await _verify_signing_keys(database, succession, cipher)
    lanes = await database.read(lambda tables: tables.log.all_lanes())
    proven: list[ProvenLane] = []
    for done, (space, lane) in enumerate(lanes, start=1):
        listed = erased.get((space, lane), set())
        found, how_far = await _verify_lane(database, await seal_of(space), lane, listed)
        findings += found
        proven.append(how_far)
        if progress is not None and not progress(done, len(lanes)):
            break
    return Verification(findings=findings, lanes=proven, signing_keys=len(succession))


def _finding(space: bytes, lane: str, fault: Fault) -> Finding:
    seq, column, detail = fault
    whose = text_from_id(space) if space else ""
    return Finding(space=whose, lane=lane, seq=seq, column=column, detail=detail)


def _all_findings(
    log: LogRows, space: bytes, lane: str, faults: Iterator[Finding]
) -> list[Finding]:
    """Return what does not match; where the file is damaged, up to what cannot even be compared."""
    found: list[Finding] = []
    try:
        found.extend(faults)
    except _OF_ANOTHER_KIND:
        if not log.file_faults():
            raise
        detail = "holds a value of another kind than its column's; nothing behind it was looked at"
        found.append(_finding(space, lane, (None, "file", detail)))
    return found


async def _verify_lists(database: Database, keys: KeyStore) -> list[Finding]:
    revoked, closed = set(await keys.revoked_grants()), set(await keys.closed_spaces())
    erased = {each.space for each in await keys.erased_spaces()}

    def differing(tables: Tables) -> Iterator[Finding]:
        log = tables.log
        for column in log.strays():
            yield _finding(b"", "", (None, column, "no such lane"))
        for fault in log.file_faults():
            yield _finding(b"", "", (None, "file", fault))
        for space, grant in sorted(log.revoked() ^ revoked):
            detail = f"log and keys disagree about grant {text_from_id(grant)}"
            yield _finding(space, "", (None, "revoked_grant.id", detail))
        for space in sorted(log.closed() ^ closed):
            yield _finding(space, "", (None, "closed_space.space", "log and keys disagree"))
        known = {each.space for each in tables.accounts.erasures()}
        for space in sorted(known ^ erased):
            yield _finding(space, "", (None, "erased_space.space", "log and keys disagree"))

    return await database.read(lambda tables: _all_findings(tables.log, b"", "", differing(tables)))


async def _verify_signing_keys(
    database: Database, succession: Sequence[SigningKey], cipher: Cipher
) -> list[Finding]:
    listed = await database.read(lambda tables: tables.log.signing_keys())
    found: list[Finding] = []
    place = broken_link(cipher, succession)
    if place is not None:
        detail = f"key {place + 1} is not signed by the one before it"
        found.append(_finding(b"", "", (None, "succession.signature", detail)))
    for lost in sorted(listed.difference(each.key for each in succession)):
        detail = f"key {lost.hex()} signed once and is not here: put back the newest keys store"
        found.append(_finding(b"", "", (None, "succession.key", detail)))
    return found


async def _verify_lane(
    database: Database, seal: RestSeal, lane: Lane, listed: set[EventId]
) -> tuple[list[Finding], ProvenLane]:
    def work(tables: Tables) -> tuple[list[Finding], ProvenLane]:
        facts = tables.log.lane(seal.space, lane)
        walk = LaneWalk(seal, facts, listed)
        faults = _lane_faults(tables.log, seal, facts, walk)
        findings = (_finding(seal.space, lane, fault) for fault in faults)
        found = _all_findings(tables.log, seal.space, lane, findings)
        upto, hash_ = walk.proven
        how_far = ProvenLane(
            space=text_from_id(seal.space),
            lane=lane,
            entries=facts.head,
            verified_to=upto,
            hash=hash_ if upto else None,
            is_whole=not found,
        )
        return found, how_far

    return await database.read(work)


def _lane_faults(
    rows: LogRows, seal: RestSeal, facts: LaneFacts, walk: LaneWalk
) -> Iterator[Fault]:
    """Yield what does not match in one lane.

    Args:
        rows: The tables, in one unchanging state.
        seal: Opens bodies.
        facts: The lane, as its table says.
        walk: Before its first row; behind its last one afterwards.

    Yields:
        Seq, column and detail of each fault.
    """
    lane = facts.lane
    try:
        after = _BEFORE_ALL
        while page := rows.stored_rows(seal.space, lane, after, limits.PAGE_EVENTS_MAX):
            for stored in page:
                yield from walk.take(stored)
            after = page[-1].row.seq
    except RowFault as fault:
        yield (None, fault.column, "no row fits to this lane")
        return
    yield from walk.end()
    yield from _table_faults(rows, facts, walk)
    for event in sorted(rows.erased(seal.space, lane) ^ walk.listed):
        detail = f"log and keys disagree about event {text_from_id(event)}"
        yield (None, "erased_event.id", detail)
    if is_shared(lane) and walk.is_readable:
        yield from _document_faults(rows, seal, lane)


def _table_faults(rows: LogRows, facts: LaneFacts, walk: LaneWalk) -> Iterator[Fault]:
    computed = (walk.lane.head, walk.lane.hash, walk.lane.received_at)
    stored = (facts.head, facts.hash, facts.received_at)
    for column, is_, should in zip(("head", "hash", "received_at"), stored, computed, strict=True):
        if is_ != should:
            yield (None, f"lane.{column}", "differs from the rows")
    chains = rows.all_chains(facts.space, facts.lane)
    for key in sorted(chains.keys() | walk.chains.keys()):
        held, found = chains.get(key), walk.chains.get(key)
        if held is None or found is None:
            yield (None, "chain.device", f"device {text_from_id(key[0])} epoch {key[1].hex()}")
        elif held.high != found.high:
            yield (None, "chain.high", f"{held.high} instead of {found.high}")
        elif held.hash != found.hash:
            yield (None, "chain.hash", f"device {text_from_id(key[0])} epoch {key[1].hex()}")
    if not rows.erasures(facts.space):
        # Of somebody erased the grants stay, and nothing that they could be compared with.
        yield from _grant_faults(rows, facts, walk)


def _grant_faults(rows: LogRows, facts: LaneFacts, walk: LaneWalk) -> Iterator[Fault]:
    stored = {row.grant: row for row in rows.grants(facts.space) if row.lane == facts.lane}
    for grant in sorted(stored.keys() | walk.grants.keys()):
        held, found = stored.get(grant), walk.grants.get(grant)
        if held is None or found is None:
            yield (None, "lane_grant.id", f"grant {text_from_id(grant)}")
            continue
        for column in ("member", "role", "until", "actions", "granted_seq", "revoked_seq"):
            if getattr(held, column) != getattr(found, column):
                yield (found.granted_seq, f"lane_grant.{column}", f"grant {text_from_id(grant)}")


def _document_faults(rows: LogRows, seal: RestSeal, lane: Lane) -> Iterator[Fault]:
    space = seal.space
    reached, head = rows.projected_to(space, lane), rows.lane(space, lane).head
    if reached is None:
        return  # never folded by this version: folded when it is next read or written
    if reached > head:
        yield (None, "projection.seq", f"{reached} is behind the head {head}")
    if reached != head:
        return
    failed = list[int]()
    for some in refolded(rows, seal, lane):
        failed += [seq for _, seq in some.folded.failed]
        fresh = {each.subject: each for each in some.folded.documents}
        for subject in some.folded.subjects:
            yield from _differences(subject, some.stored.get(subject), fresh.get(subject))
    if sorted(failed) != rows.failed(space, lane):
        yield (None, "failed_fold.seq", "differs from folding again")


def _differences(subject: bytes, held: Document | None, found: Document | None) -> Iterator[Fault]:
    if held is None or found is None:
        if held is not found:
            yield (None, "document.subject", f"subject {text_from_id(subject)}")
        return
    for column in ("kind", "parent", "day", "json"):
        if getattr(held, column) != getattr(found, column):
            yield (None, f"document.{column}", f"subject {text_from_id(subject)}")
