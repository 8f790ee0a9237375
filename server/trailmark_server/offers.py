"""Rule 3 of the protocol: what rows become that this server signed once and no longer holds.

Pure: facts of the lane and the offered rows go in, a ``LaneDraft`` comes out. That the rows chain
to a head which this server signed is checked before (``heads.HeadSigner.is_ours``); here every row
that is not in the lane is appended in old order with its proven fields. None is judged again: each
was accepted or refused when it came first.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.lane_draft import LaneDraft, read_body
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import CODES_WITH_BODY, Row
from trailmark_shared.events.registry import is_kept
from trailmark_shared.protocol.messages import Offer


def meets_head(offer: Offer, rows: Sequence[Row]) -> bool:
    """Say whether the derived ``rows`` end exactly at the head that the offer names."""
    head = offer.signed_head
    return bool(rows) and (rows[-1].seq, rows[-1].lane_hash) == (head.seq, head.hash)


def take_rows(draft: LaneDraft, after_hash: bytes, rows: Sequence[Row]) -> None:
    """Append to ``draft`` what it does not hold of the offered rows.

    Args:
        draft: The lane, with the chains of the rows' devices and what it holds of the rows' ids.
        after_hash: Old lane hash before the first row.
        rows: In old order, with all server fields.
    """
    hash_ = after_hash
    for row in rows:
        fits = row.seq == draft.lane.head + 1 and hash_ == draft.lane.hash
        hash_ = row.lane_hash
        keeps_body = row.event.body is not None and row.code in CODES_WITH_BODY
        if keeps_body and _is_erased(draft, row):
            _take_erased(draft, row)
        elif fits:
            draft.append(row, read_body(row.event), row.code, keep_body=keeps_body)
        elif not _is_held(draft, row, has_body=keeps_body):
            _take_branch(draft, row, has_body=keeps_body)


def _is_erased(draft: LaneDraft, row: Row) -> bool:
    event = row.event
    if draft.is_over or not draft.is_erased(event.id):
        return draft.is_over
    body = read_body(event)
    return not is_kept(event.lane, event.key, None if body is None else body.type)


def _take_erased(draft: LaneDraft, row: Row) -> None:
    """Keep the place of a row whose body must not come back; the code says why it is gone."""
    if not any(held.proof == row.proof for held in draft.held(row.event.id)):
        draft.append(row, None, ErrorCode.ERASED, keep_body=False)


def _is_held(draft: LaneDraft, row: Row, *, has_body: bool) -> bool:
    # A stub that nobody refused and that is not erased is no answer to the same row with its body:
    # somebody offered it without, and the body would be lost.
    return any(
        held.proof == row.proof
        and (held.has_body or held.code not in CODES_WITH_BODY or not has_body)
        for held in draft.held(row.event.id)
    )


def _take_branch(draft: LaneDraft, row: Row, *, has_body: bool) -> None:
    event = row.event
    if row.code not in CODES_WITH_BODY:
        draft.append(row, None, row.code, keep_body=False)
    elif has_body and draft.is_taken(event.id):
        draft.append(row, None, ErrorCode.DUPLICATE, keep_body=False)
    else:
        is_whole = draft.continues(event) or any(
            held.hash == event.hash and held.code != ErrorCode.ASIDE
            for held in draft.held(event.id)
        )
        code = None if is_whole else ErrorCode.ASIDE
        draft.append(row, read_body(event), code, keep_body=has_body)
