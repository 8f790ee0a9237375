"""The therapist of a run: reads what the grants allow, and says something now and then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.simulation.ledger import STRANGERS_SPACE, check
from tests.simulation.person import CANARY
from tests.simulation.speaking import speak
from trailmark_server.access import TherapistActor, Verb, authorize
from trailmark_server.storage.ports import Grant, MemberDraft, Window
from trailmark_shared.errors import EventDataError, RefusedError, StorageError
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.ids import EventId, text_from_id

if TYPE_CHECKING:
    from tests.simulation.world import World

_PATIENCE_S = 10
_ROWS = 40
_COMMENTS = 0.3
_SPEAKS = 0.3


class Therapist:
    """Somebody who looks every few seconds.

    Attributes:
        id: The member.
    """

    def __init__(self, world: World) -> None:
        self.id = world.random.randbytes(16)
        self._world = world

    async def run(self) -> None:
        """Look, and comment, propose or agree now and then, until cancelled."""
        world = self._world
        while True:
            await asyncio.sleep(world.random.expovariate(0.5))
            await self.look_once()

    async def look_once(self) -> None:
        """Open every lane once, in a request that dies with the server."""
        server = self._world.server
        if not server.is_serving:
            return
        await asyncio.wait({server.spawn(self._request())}, timeout=_PATIENCE_S)

    async def _request(self) -> None:
        try:
            for grant in await self._world.server.store.grants_of_member(self.id):
                if grant.space != STRANGERS_SPACE:
                    await self._open(grant)
        except (StorageError, EventDataError) as error:
            self._world.ledger.counts[f"page {error.code}"] += 1

    async def _open(self, grant: Grant) -> None:
        world, server = self._world, self._world.server
        actor, now = TherapistActor(member=self.id, session=None), server.services.now()
        right = authorize(actor, Verb.READ, grant.space, grant.lane, now)
        revoked_before, closed_before = world.ledger.revoked.copy(), world.is_closed
        try:
            rows = await server.store.timeline(
                grant.space, grant.lane, Window(limit=_ROWS), right.reader
            )
        except RefusedError:
            world.ledger.counts["page refused"] += 1
            return
        world.ledger.counts["page"] += 1
        let_in = await self._grants_of_lane(grant)
        holds = not let_in or bool(let_in - revoked_before)
        may_see = let_in <= world.ledger.may_be_seen
        check("I7", holds or may_see, "a revoked member read rows")
        was_closed = closed_before and world.is_closed
        check("I7", not was_closed, "a member read before a device had spoken")
        for row in rows:
            body = row.event.body or b""
            check("I6", CANARY.encode() not in body, "private words on a page")
        if not rows or world.is_quiet:
            return
        mood = world.random.random()
        if mood < _COMMENTS:
            await self._comment(grant, rows[0].event.id)
        elif mood < _COMMENTS + _SPEAKS:
            await speak(world, grant)

    async def _grants_of_lane(self, grant: Grant) -> set[bytes]:
        grants = await self._world.server.store.grants_of_member(self.id)
        return {
            each.grant for each in grants if (each.space, each.lane) == (grant.space, grant.lane)
        }

    async def _comment(self, grant: Grant, about: EventId) -> None:
        world, server = self._world, self._world.server
        now = server.services.now()
        right = authorize(
            TherapistActor(member=self.id, session=None), Verb.COMMENT, grant.space, grant.lane, now
        )
        body = Body(
            type="comment_added",
            ver=1,
            subject=world.random.randbytes(16),
            occurred_at="2025-10-09T12:00:00+02:00",
            zone="Europe/Berlin",
            day="2025-10-09",
            recorded_at=now,
            cause=about,
            data=CommentAdded(about=text_from_id(about), text="well done"),
        )
        draft = MemberDraft(form=world.random.randbytes(16), body=encode_body(body))
        try:
            (written,) = await server.store.write_as_member(
                grant.space, grant.lane, right.written_by, [draft], right.check
            )
        except RefusedError:
            return
        server.services.bell.ring(grant.space, grant.lane)
        world.ledger.save(grant.lane, written.event.id)
        world.ledger.counts["comments"] += 1
