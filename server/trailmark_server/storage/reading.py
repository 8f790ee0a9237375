"""What the store does in one read transaction: standings, pages, rewind points."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.heads import HeadSigner
from trailmark_server.lane_draft import ChainFacts, LaneFacts
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.ports import GrantPlace, LaneHead, LaneProof, LaneStanding, Wanted
from trailmark_server.storage.rows import ChainKey, LogRows
from trailmark_shared import chain, ids, limits
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol.effects import LaneState
from trailmark_shared.protocol.messages import LaneHello, LaneWelcome, Rewind


def lane_states(
    rows: LogRows,
    signer: HeadSigner,
    space: SpaceId,
    device: ChainKey,
    hellos: Sequence[LaneHello],
) -> list[LaneState]:
    """Return how a new session finds every lane of the space and every lane it names.

    A shared lane that nobody was let into holds refused rows alone. Of these, however many there
    are, ``limits.LANES_PER_SESSION_MAX`` are told: a longer answer would be no frame any more, and
    no device would ever get in again.

    Args:
        rows: The tables.
        signer: Signs rewind points.
        space: Whose lanes.
        device: The device and its epoch.
        hellos: Where the device says it stands; at 0 in lanes that it does not name.

    Returns:
        States by lane name.
    """
    facts = {each.lane: each for each in rows.lanes(space)}
    named = {Lane(hello.lane): hello for hello in hellos}
    states: list[LaneState] = []
    empty = sorted(lane for lane in facts if ids.is_shared(lane) and not facts[lane].granted)
    for lane in sorted(facts.keys() - empty[limits.LANES_PER_SESSION_MAX :] | named.keys()):
        known = facts.get(lane) or LaneFacts(space=space, lane=lane)
        mine = rows.chains(space, lane, [device]).get(device, ChainFacts())
        hello = named.get(lane)
        start = 0 if hello is None else common_row(rows, known, hello)
        rewind = None
        if hello is not None and (start, known_hash(rows, known, start)) != (
            hello.cursor,
            hello.cursor_hash,
        ):
            rewind = _rewind(rows, signer, known, start)
        welcome = LaneWelcome(
            lane=lane,
            head=known.head,
            head_hash=known.hash,
            device_high=mine.high,
            device_hash=mine.hash,
            rewind=rewind,
        )
        states.append(LaneState(welcome=welcome, start=start))
    return states


def common_row(rows: LogRows, lane: LaneFacts, hello: LaneHello) -> int:
    """Return the last row that the device and the log have in common: its cursor, if it can."""
    for seq, hash_ in ((hello.cursor, hello.cursor_hash), *hello.back):
        if seq <= lane.head and hash_ == known_hash(rows, lane, seq):
            return seq
    return 0


def known_hash(rows: LogRows, lane: LaneFacts, seq: int) -> bytes | None:
    """Return the lane hash after a row, ``None`` where there is no such row."""
    if seq == 0:
        return chain.GENESIS
    return lane.hash if seq == lane.head else rows.hash_at(lane.space, lane.lane, seq)


def _rewind(rows: LogRows, signer: HeadSigner, lane: LaneFacts, seq: int) -> Rewind:
    hash_ = known_hash(rows, lane, seq)
    if seq == 0 or hash_ is None:
        return Rewind(seq=0, signed_head=None)
    return Rewind(seq=seq, signed_head=signer.head(lane.space, lane.lane, seq, hash_))


def page(rows: LogRows, seal: RestSeal, lane: Lane, after: int) -> list[Row]:
    """Return the next rows behind ``after`` that fit into one page."""
    return page_and_end(rows, seal, lane, after, limits.PAGE_EVENTS_MAX)[0]


def page_and_end(
    rows: LogRows, seal: RestSeal, lane: Lane, after: int, most: int
) -> tuple[list[Row], bool]:
    """Return such rows, at most so many, and whether they are the last ones for sure."""
    found: list[Row] = []
    size = 0
    for row in rows.rows(seal.space, lane, after, most, seal):
        size += limits.HASH_BYTES if row.event.body is None else len(row.event.body)
        if found and size > limits.PAGE_BYTES_MAX:
            return found, False
        found.append(row)
    return found, 0 < len(found) < most


def lane_proof(rows: LogRows, seal: RestSeal, signer: HeadSigner, lane: Lane) -> LaneProof:
    """Return what an export of a lane begins with; its documents must be at the head already."""
    space = seal.space
    facts = rows.lane(space, lane)
    head, keys = None, signer.chain
    if facts.head:
        head, keys = signer.head_and_keys(space, lane, facts.head, facts.hash)
    places = {
        each.grant: GrantPlace(each.granted_seq, each.revoked_seq)
        for each in rows.grants(space)
        if each.lane == lane and each.granted_seq is not None
    }
    documents = rows.documents(space, lane, Wanted(kind="grant"), seal)
    grants = [(places[each.subject], each) for each in documents if each.subject in places]
    return LaneProof(
        head=head,
        keys=keys,
        grants=sorted(grants, key=lambda pair: pair[0].granted_seq),
    )


def standing(lane: LaneFacts) -> LaneStanding:
    """Return whether a lane takes new events."""
    if not ids.is_shared(lane.lane):
        return "private"
    if not lane.granted:
        return "unopened"
    return "open" if lane.granted - lane.revoked else "closed"


def lane_heads(rows: LogRows, space: SpaceId) -> list[LaneHead]:
    """Return where the lanes of a space stand, by name."""
    return [
        LaneHead(
            lane=facts.lane,
            head=facts.head,
            hash=facts.hash,
            received_at=facts.received_at,
            standing=standing(facts),
            failed=rows.failed(space, facts.lane),
        )
        for facts in rows.lanes(space)
    ]


def is_folded(rows: LogRows, space: SpaceId, lane: Lane) -> bool:
    """Say whether this version's documents of a lane reach its head."""
    head = rows.lane(space, lane).head
    return head == 0 or rows.projected_to(space, lane) == head
