"""A member's copy of a lane, with all that proves it: written as it is read, page by page.

The right is asked in every transaction that reads: a grant that ends while the file is written ends
the file, and whoever checks it sees that it is not whole. The person is told of the copy before the
first word of it leaves.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import msgspec

from trailmark_server.access import Right
from trailmark_server.members.visits import note_visit
from trailmark_server.services import Services
from trailmark_server.storage.ports import GrantPlace, LaneProof
from trailmark_shared.domain.looks import Look
from trailmark_shared.exports.format import (
    FORMAT,
    ExportedConsent,
    ExportedMember,
    ExportHeader,
    exported_consent,
    exported_head,
    exported_key,
    line_from_header,
    line_from_row,
)
from trailmark_shared.exports.notice import notice_for_member
from trailmark_shared.ids import Lane, SpaceId, text_from_id
from trailmark_shared.phrases import told_head
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.grant import GrantDocument

MEDIA_TYPE = "application/jsonl"
"""What a response says that it holds."""


async def export_lane(
    services: Services, space: SpaceId, lane: Lane, right: Right
) -> AsyncGenerator[bytes]:
    """Return a lane as ``trailmark-lane-export/1``, for a member with a live grant.

    Args:
        services: The server.
        space: Whose lane.
        lane: Which one; up to the head that it has now.
        right: The member's right to export it, of ``access.authorize``.

    Returns:
        Pieces of the file, each of a page's size at most. Reading on raises ``RefusedError``
        ``not_authorised`` once the right has ended; the file then lacks its last rows.

    Raises:
        RefusedError: ``not_authorised``: no live grant; nothing was written down or read.
    """
    member = right.reader.member
    assert member is not None, "only members are let into a lane"
    proof = await services.events.lane_proof(space, lane, right.reader)
    await note_visit(services, space, member, Look.EXPORT)
    header = header_of(proof, space, lane, member, services.now())
    return _pieces(services, header, right)


async def _pieces(services: Services, header: ExportHeader, right: Right) -> AsyncGenerator[bytes]:
    yield line_from_header(header)
    space, lane, after = header.space_id, Lane(header.lane), 0
    while after < header.entries:
        rows = await services.events.lane_rows(space, lane, after, right.reader)
        if not rows:
            return  # a log that lacks rows: the file tells, as does the operator's verify
        wanted = [row for row in rows if row.seq <= header.entries]
        yield b"".join(map(line_from_row, wanted))
        after = rows[-1].seq


def header_of(
    proof: LaneProof, space: SpaceId, lane: Lane, member: bytes, now: int
) -> ExportHeader:
    """Return the first line of a member's copy.

    Args:
        proof: What the store says of the lane.
        space: Whose lane.
        lane: Which one.
        member: For whom.
        now: Server clock, milliseconds UTC.
    """
    consents = consents_of(proof.grants)
    name = text_from_id(member)
    mine = [each for each in consents if each.member == name]
    known = mine[-1] if mine else None
    made_for = ExportedMember(
        id=name,
        name=known.name if known else name,
        role=known.role if known else "therapist",
    )
    return ExportHeader(
        format=FORMAT,
        notice=notice_for_member(made_for),
        space=text_from_id(space),
        lane=lane,
        made_at=now,
        made_for=made_for,
        entries=proof.head.seq if proof.head else 0,
        words=told_head(proof.head.hash, proof.head.seq) if proof.head else "",
        signed_head=exported_head(proof.head) if proof.head else None,
        keys=tuple(map(exported_key, proof.keys)),
        consents=consents,
    )


def consents_of(grants: Sequence[tuple[GrantPlace, Document]]) -> tuple[ExportedConsent, ...]:
    """Return a lane's grants as they stand on top of an export."""
    found: list[ExportedConsent] = []
    for place, stored in grants:
        granted = msgspec.json.decode(stored.json, type=GrantDocument).granted
        if granted is not None:
            grant = text_from_id(stored.subject)
            found.append(exported_consent(grant, granted, place.granted_seq, place.revoked_seq))
    return tuple(found)
