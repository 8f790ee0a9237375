"""What the store does in the transaction in which a member writes.

``forms`` says which ids it gets, and so whether a form wrote already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

import msgspec

from trailmark_server import forms
from trailmark_server.ingest import judged
from trailmark_server.lane_draft import LaneDraft
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.grants import reader_of_actor, require_grant
from trailmark_server.storage.ports import MemberDraft
from trailmark_server.storage.rows import LogRows
from trailmark_server.storage.writing import NOTHING_RECORDED, commit_draft
from trailmark_shared import chain, ids, limits
from trailmark_shared.domain.consent import VIEW
from trailmark_shared.errors import ErrorCode, EventDataError, RefusedError
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.envelope import Row, write_event
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes through the web, and with what.

    Attributes:
        actor: ``member/<id>`` or ``supporter/<id>``.
        epoch: The server's epoch since its start.
        salt: Gives a fresh salt per event.
    """

    actor: str
    epoch: Epoch
    salt: Callable[[], bytes]

    @property
    def id(self) -> bytes:
        """The member, 16 bytes."""
        return ids.id_from_text(self.actor.partition("/")[2])

    def device(self, space: SpaceId, lane: Lane) -> DeviceId:
        """Return the one device id under which the server writes for this member and lane."""
        label = b"trailmark-member-device/1" + space + lane.encode() + b"\x00"
        return DeviceId(sha256(label + self.actor.encode()).digest()[: limits.ID_BYTES])


def append_for_member(
    rows: LogRows,
    seal: RestSeal,
    lane: Lane,
    member: Member,
    drafts: Sequence[MemberDraft],
    now: int,
) -> list[Row]:
    """Append what a member wrote, all or nothing; a form that wrote already writes nothing.

    Returns:
        The rows of the drafts, in their order: what their forms wrote first.

    Raises:
        RefusedError: ``not_authorised``: no live grant that allows it, or not for this role.
        EventDataError: A body is not acceptable; ``erased``: what the form wrote was erased.
    """
    reader = reader_of_actor(member.actor)
    for action in sorted({VIEW, *(_action_of(each.body) for each in drafts)}):
        asked = msgspec.structs.replace(reader, action=action)
        require_grant(rows, seal.space, lane, asked, now)
    device = member.device(seal.space, lane)
    stems = [forms.stem_of(member.actor, each.form) for each in drafts]
    known = {stem: rows.of_stem(seal.space, lane, stem) for stem in stems}
    wanted = [event for found in known.values() for event in found]
    draft = LaneDraft(
        rows.lane(seal.space, lane),
        rows.chains(seal.space, lane, [(device, member.epoch)]),
        rows.held(seal.space, lane, wanted),
        rows.erased(seal.space, lane, wanted),
    )
    for stem, each in zip(stems, drafts, strict=True):
        if not any(map(draft.is_taken, known[stem])):
            _refuse_erased(draft, known[stem])
            known[stem].add(_append_member_draft(draft, device, member, stem, each, now))
    if draft.rows:
        commit_draft(rows, seal, draft, NOTHING_RECORDED)
    wanted = [event for found in known.values() for event in found]
    first: dict[bytes, Row] = {}
    for row in rows.events_named(seal.space, lane, wanted, seal):
        first.setdefault(row.event.id[: forms.STEM_BYTES], row)
    return [first[stem] for stem in stems]


def _refuse_erased(draft: LaneDraft, written: Iterable[EventId]) -> None:
    if any(map(draft.is_erased, written)):
        raise EventDataError(ErrorCode.ERASED, "what this form wrote was erased")


def _action_of(body: bytes) -> str:
    """Return what a grant must allow for this; what cannot be written at all is refused later."""
    try:
        known = EVENT_TYPES.get(decode_body(body).type)
    except EventDataError:
        return VIEW
    return known.action if known and known.action else VIEW


def _append_member_draft(
    draft: LaneDraft, device: DeviceId, member: Member, stem: bytes, each: MemberDraft, now: int
) -> EventId:
    known, salt = draft.chains.get((device, member.epoch)), member.salt()
    event = write_event(
        event_id=forms.event_id(stem, chain.commitment(salt, each.body)),
        space=draft.lane.space,
        lane=draft.lane.lane,
        device=device,
        epoch=member.epoch,
        dseq=1 if known is None else known.high + 1,
        key=ids.PLAIN,
        prev=chain.GENESIS if known is None else known.hash,
        salt=salt,
        body=each.body,
    )
    body, code = judged(draft, member.actor, event)
    if code is ErrorCode.NOT_AUTHORISED:
        raise RefusedError(code, "there is nothing here for you")
    if code is not None:
        raise EventDataError(code, "this cannot be written here")
    row = Row(
        event=event,
        seq=0,
        received_at=max(now, draft.lane.received_at),
        offset=0,
        actor=member.actor,
        code=None,
        lane_hash=b"",
    )
    draft.append(row, body, None, keep_body=True)
    return event.id
