"""The supporters of a run: each opens their link now and then, and answers what they find."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.simulation.ledger import check
from tests.simulation.person import CANARY
from tests.support.written import written_by
from trailmark_server.members import circle
from trailmark_server.storage.ports import Grant
from trailmark_server.supporters import ClosedLinkError, NewLink, encouragement_form, register_link
from trailmark_server.tokens import secret_hash, token_text
from trailmark_shared.errors import DomainError, EventDataError, StorageError
from trailmark_shared.ids import id_from_text, text_from_id

if TYPE_CHECKING:
    from tests.simulation.world import World

_PATIENCE_S = 10
_ANSWERS = 0.4


class Supporters:
    """Everybody whom the person sends single things."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def run(self) -> None:
        """Look, and answer now and then, until cancelled."""
        world = self._world
        while True:
            await asyncio.sleep(world.random.expovariate(0.3))
            server = world.server
            if server.is_serving and world.joined():
                await asyncio.wait({server.spawn(self._visit_all())}, timeout=_PATIENCE_S)

    async def _visit_all(self) -> None:
        world, counts = self._world, self._world.ledger.counts
        space = world.joined()[0].app.identity.space
        try:
            for grant in await world.server.store.grants(space):
                if grant.role == "supporter":
                    await self._visit(grant)
        except (StorageError, EventDataError) as error:
            counts[f"circle {error.code}"] += 1

    async def _visit(self, grant: Grant) -> None:
        world, server = self._world, self._world.server
        services, revoked_before = server.services, world.ledger.revoked.copy()
        try:
            token = await circle.open_link(services, self._link(grant))
            visit = await circle.find_visit(services, token)
            seen = await circle.look(services, visit)
        except ClosedLinkError:
            world.ledger.counts["circle closed"] += 1
            return
        world.ledger.counts["circle"] += 1
        may_see = world.ledger.may_be_seen
        is_let_in = grant.grant not in revoked_before or grant.grant in may_see
        check("I7", is_let_in, "a supporter read after the stop")
        words = [each.words or "" for each in seen.items]
        check("I6", not any(CANARY in each for each in words), "private words in a circle")
        if words and not world.is_quiet and world.random.random() < _ANSWERS:
            await self._answer(visit, world.random.choice(seen.items).event)

    async def _answer(self, visit: circle.Visit, event: str) -> None:
        world, link = self._world, visit.link
        try:
            await circle.encourage(world.server.services, visit, event, "lovely")
        except (DomainError, ClosedLinkError):
            return
        form = encouragement_form(link.space, link.lane, id_from_text(event))
        place, actor = (link.space, link.lane), f"supporter/{text_from_id(link.member)}"
        for written in await written_by(world.server.store, place, actor, form):
            world.ledger.save(link.lane, written)
        world.ledger.counts["encouragements"] += 1

    def _link(self, grant: Grant) -> str:
        """Return the random part of this supporter's link; the server is told of it."""
        token, now = token_text(grant.member + grant.grant), self._world.server.clock.now_ms()
        new = NewLink(
            hash=secret_hash(token),
            space=grant.space,
            lane=grant.lane,
            member=grant.member,
            made_at=now,
            until=None,
        )
        self._world.server.write_accounts(lambda rows: register_link(rows, new, now))
        return token
