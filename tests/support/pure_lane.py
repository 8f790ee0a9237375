"""A lane without a store: decisions of the server applied to plain lists, for tests of them."""

from collections.abc import Sequence

import msgspec

from tests.support.lane_devices import CARE, NOW, SPACE
from trailmark_server.ingest import Batch, ingest
from trailmark_server.lane_draft import ChainFacts, HeldRow, LaneDraft, LaneFacts, NewRow
from trailmark_server.offers import take_rows
from trailmark_shared import chain
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane
from trailmark_shared.protocol.effects import Appended


class PureLane:
    """What a store would hold of one lane.

    Attributes:
        facts: Where the lane stands.
        rows: Its rows.
        erased: Ids that are listed as erased.
        has_room: The space may have it, or one more lane.
    """

    def __init__(self, lane: Lane = CARE) -> None:
        self.facts = LaneFacts(space=SPACE, lane=lane)
        self.rows: list[NewRow] = []
        self.chains: dict[tuple[DeviceId, Epoch], ChainFacts] = {}
        self.erased: set[EventId] = set()
        self.has_room = True

    @property
    def codes(self) -> list[str | None]:
        return [new.row.code for new in self.rows]

    def draft(self) -> LaneDraft:
        """Return a draft that knows everything."""
        held: dict[EventId, list[HeldRow]] = {}
        for new in self.rows:
            row = new.row
            found = HeldRow(
                hash=row.event.hash,
                code=row.code,
                actor=row.actor,
                received_at=row.received_at,
                offset=row.offset,
                has_body=row.event.body is not None,
                subject=new.subject,
            )
            held.setdefault(row.event.id, []).append(found)
        return LaneDraft(self.facts, self.chains, held, self.erased, has_room=self.has_room)

    def keep(self, draft: LaneDraft) -> None:
        """Commit a draft."""
        self.facts, self.chains = draft.lane, draft.chains
        self.rows += draft.rows
        self.erased.update(draft.erased)
        self.rows = [
            msgspec.structs.replace(
                new, row=msgspec.structs.replace(new.row, event=without_body(new.row.event))
            )
            if new.row.event.id in self.erased
            else new
            for new in self.rows
        ]

    def push(self, events: Sequence[Event], *, actor: str = "person", now: int = NOW) -> Appended:
        draft = self.draft()
        answer = ingest(draft, Batch(events=events, actor=actor, offset=0, now=now))
        self.keep(draft)
        return answer

    def take(self, rows: Sequence[Row], after_hash: bytes = chain.GENESIS) -> None:
        draft = self.draft()
        take_rows(draft, after_hash, rows)
        self.keep(draft)

    def held_rows(self) -> list[Row]:
        return [new.row for new in self.rows]
