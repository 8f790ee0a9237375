"""Shared lanes for tests of the members' web: a person who writes, and a small store that serves.

``Writer`` writes real events (bodies, chains) as a person's device would, at any time that a test
likes. ``SharedLanes`` keeps rows as the server's stores do, folds with the real projections, and
asks for grant and session with every read, which is all that pages rely on.
"""

from collections.abc import Callable, Sequence
from typing import TypedDict, Unpack

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_server import projector
from trailmark_server.lane_draft import read_body
from trailmark_server.storage.accounts import AccountStore
from trailmark_server.storage.grants import is_over
from trailmark_server.storage.ports import (
    SERVER,
    Check,
    Grant,
    LaneHead,
    MemberDraft,
    Reader,
    Window,
)
from trailmark_shared import chain, ids
from trailmark_shared.domain.consent import CONSENT_CLASSES, CONSENT_VERSION, consent_sha256
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event, Row, without_body, write_event
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.grant import GrantDocument

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Options(TypedDict, total=False):
    """What an event says besides its data; ``late_ms`` is how long it waited on its device."""

    at: int
    late_ms: int
    reason: Reason
    base: Sequence[bytes]
    cause: bytes
    actor: str


class SharedLanes:
    """Keeps lanes of spaces and serves them as the pages read them.

    Attributes:
        rows: Rows of each lane, in seq order.
        pages_read: How many rows each call of ``timeline`` returned.
    """

    def __init__(self, accounts: AccountStore, now: Callable[[], int]) -> None:
        self.rows: dict[tuple[SpaceId, Lane], list[Row]] = {}
        self.pages_read: list[int] = []
        self._accounts = accounts
        self._now = now

    def place(self, event: Event, actor: str, received_at: int) -> Row:
        """Append an event as the next row of its lane."""
        rows = self.rows.setdefault((event.space, event.lane), [])
        before = rows[-1].lane_hash if rows else chain.GENESIS
        seq = len(rows) + 1
        hash_ = chain.lane_hash(before, event.hash, seq, received_at, 0, actor, None)
        row = Row(
            event=event,
            seq=seq,
            received_at=received_at,
            offset=0,
            actor=actor,
            code=None,
            lane_hash=hash_,
        )
        rows.append(row)
        body = read_body(event)
        if body is not None and isinstance(body.data, SubjectErased):
            self._erase(rows, body.data)
        return row

    def _erase(self, rows: list[Row], data: SubjectErased) -> None:
        for index, row in enumerate(rows):
            if ids.text_from_id(row.event.id) in data.events:
                rows[index] = msgspec.structs.replace(row, event=without_body(row.event))

    async def _admit(self, space: SpaceId, lane: Lane, reader: Reader) -> None:
        check = reader.check
        if check is not None:
            await self._accounts.read(check)
        if reader.member is None:
            return
        live = [each for each in self._grants(space) if each.lane == lane and each.is_live]
        if reader.member not in {each.member for each in live}:
            raise RefusedError(ErrorCode.NOT_AUTHORISED, "there is nothing here for you")

    def _grants(self, space: SpaceId) -> list[Grant]:
        found: list[Grant] = []
        for whose, lane in sorted(self.rows):
            if whose != space:
                continue
            for document in self._documents(space, lane, "grant"):
                grant = msgspec.json.decode(document.json, type=GrantDocument)
                granted = grant.granted
                if granted is None:
                    continue
                is_revoked = grant.revoked_at is not None
                found.append(
                    Grant(
                        space=space,
                        lane=lane,
                        grant=document.subject,
                        member=ids.id_from_text(granted.member),
                        role=granted.role,
                        until=granted.until,
                        seq=grant.first_seq or 0,
                        is_revoked=is_revoked,
                        is_live=not is_revoked and not is_over(granted.until, self._now()),
                    )
                )
        return found

    async def grants(self, space: SpaceId) -> list[Grant]:
        return self._grants(space)

    async def grants_of_member(self, member: bytes) -> list[Grant]:
        spaces = sorted({space for space, _ in self.rows})
        return [each for space in spaces for each in self._grants(space) if each.member == member]

    async def lanes(self, space: SpaceId) -> list[LaneHead]:
        return [
            LaneHead(
                lane=lane,
                head=len(rows),
                hash=rows[-1].lane_hash,
                received_at=max(row.received_at for row in rows),
                standing="open",
            )
            for (whose, lane), rows in sorted(self.rows.items(), key=lambda item: item[0])
            if whose == space
        ]

    async def heads(self, spaces: Sequence[SpaceId]) -> dict[tuple[SpaceId, Lane], int]:
        return {key: len(rows) for key, rows in self.rows.items() if key[0] in spaces}

    def _documents(self, space: SpaceId, lane: Lane, kind: str | None = None) -> list[Document]:
        about: dict[bytes, list[projector.SubjectRow]] = {}
        for row in self.rows.get((space, lane), []):
            body = read_body(row.event)
            if body is not None:
                about.setdefault(body.subject, []).append((row, body))
        documents = projector.fold_subjects(lane, about).documents
        found = [each for each in documents if kind in {None, each.kind}]
        return sorted(found, key=lambda each: (each.kind, each.subject))

    async def documents(
        self,
        space: SpaceId,
        lane: Lane,
        kind: str | None = None,
        *,
        parent: bytes | None = None,
        reader: Reader = SERVER,
    ) -> list[Document]:
        await self._admit(space, lane, reader)
        found = self._documents(space, lane, kind)
        return [each for each in found if parent is None or each.parent == parent]

    async def document(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> Document | None:
        await self._admit(space, lane, reader)
        found = self._documents(space, lane)
        return next((each for each in found if each.subject == subject), None)

    async def timeline(
        self, space: SpaceId, lane: Lane, window: Window, reader: Reader = SERVER
    ) -> list[Row]:
        await self._admit(space, lane, reader)
        found = [row for row in self.rows.get((space, lane), []) if self._is_in(row, window)]
        if window.after is None:
            found.reverse()
        found = found[: window.limit]
        self.pages_read.append(len(found))
        return found

    def _is_in(self, row: Row, window: Window) -> bool:
        body = read_body(row.event)
        if body is None:
            return False
        first, last = window.days or ("0000-00-00", "9999-12-31")
        before = window.before is None or row.seq < window.before
        return before and row.seq > (window.after or 0) and first <= body.day <= last

    async def subject_rows(
        self, space: SpaceId, lane: Lane, subject: bytes, reader: Reader = SERVER
    ) -> list[Row]:
        await self._admit(space, lane, reader)
        rows = [(row, read_body(row.event)) for row in self.rows.get((space, lane), [])]
        return [row for row, body in rows if body is not None and body.subject == subject]

    async def write_as_member(
        self,
        space: SpaceId,
        lane: Lane,
        actor: str,
        drafts: Sequence[MemberDraft],
        check: Check | None = None,
    ) -> list[Row]:
        member = ids.id_from_text(actor.partition("/")[2])
        await self._admit(space, lane, Reader(member=member, check=check))
        held = {row.event.id: row for row in self.rows[space, lane]}
        return [
            held.get(draft.id) or self._placed(space, lane, actor, member, draft)
            for draft in drafts
        ]

    def _placed(
        self, space: SpaceId, lane: Lane, actor: str, member: bytes, draft: MemberDraft
    ) -> Row:
        own = [row for row in self.rows[space, lane] if row.actor == actor]
        event = write_event(
            event_id=draft.id,
            space=space,
            lane=lane,
            device=DeviceId(member),
            epoch=Epoch(bytes(8)),
            dseq=len(own) + 1,
            key=ids.PLAIN,
            prev=own[-1].event.hash if own else chain.GENESIS,
            salt=bytes(16),
            body=draft.body,
        )
        return self.place(event, actor, self._now())


class Writer:
    """A person's device that shares one lane.

    Attributes:
        space: Whose it is.
        lane: The lane that it writes into.
    """

    def __init__(self, store: SharedLanes, number: int, zone: str = "Europe/Berlin") -> None:
        self.space = SpaceId(bytes([number]) * 16)
        self.lane = ids.care_lane(bytes([number + 1]) * 16)
        self._store = store
        self._zone = zone
        self._count = 0
        self._seed = number

    def new_id(self) -> bytes:
        """Return an id that nobody has."""
        self._count += 1
        return bytes([self._seed]) + self._count.to_bytes(15, "big")

    def write(self, subject: bytes, data: EventData, **options: Unpack[Options]) -> EventId:
        """Record something at ``at`` (ms), received ``late_ms`` later; return the event's id."""
        at = options["at"]
        local = local_time(at, self._zone)
        known = type_of(data)
        reason = options.get("reason")
        body = Body(
            type=known.name,
            ver=known.ver,
            subject=subject,
            occurred_at=local.isoformat(timespec="seconds"),
            zone=self._zone,
            day=local.date().isoformat(),
            recorded_at=at,
            reason=reason or (Reason(code="new-insight") if known.reason_required else None),
            base=tuple(options.get("base", ())),
            cause=options.get("cause"),
            data=data,
        )
        return self._append(body, at + options.get("late_ms", 0))

    def _append(self, body: Body, received_at: int) -> EventId:
        rows = self._store.rows.get((self.space, self.lane), [])
        own = [row for row in rows if row.actor == "person"]
        event = write_event(
            event_id=EventId(self.new_id()),
            space=self.space,
            lane=self.lane,
            device=DeviceId(bytes([self._seed + 2]) * 16),
            epoch=Epoch(bytes(8)),
            dseq=len(own) + 1,
            key=ids.PLAIN,
            prev=own[-1].event.hash if own else chain.GENESIS,
            salt=bytes(16),
            body=encode_body(body),
        )
        return self._store.place(event, "person", received_at).event.id

    def let_in(self, member: bytes, name: str, at: int, *, until: str | None = None) -> bytes:
        """Grant a member the lane; return the grant's id."""
        grant = self.new_id()
        consent = ConsentText(version=CONSENT_VERSION, sha256=consent_sha256())
        data = AccessGranted(
            member=ids.text_from_id(member),
            name=name,
            role="therapist",
            classes=CONSENT_CLASSES,
            until=until,
            consent=consent,
        )
        self.write(grant, data, at=at)
        return grant

    def stop_sharing(self, grant: bytes, at: int) -> None:
        """Revoke a grant."""
        self.write(grant, AccessRevoked(), at=at)
