"""What the therapist of a run says about goals: through the functions that pages and API call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tests.support.written import written_by
from trailmark_server.members.agreements import NewAgreement, NewAssessment, agree, assess
from trailmark_server.members.audience import Audience
from trailmark_server.members.proposals import read_proposals, seen_of
from trailmark_server.members.proposing import NewProposal, propose, withdraw_proposal
from trailmark_server.members.writing import Sending
from trailmark_server.storage.ports import Grant
from trailmark_shared.errors import DomainError, LimitExceededError, RefusedError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import ProposedValues
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument, is_shown

if TYPE_CHECKING:
    from tests.simulation.world import World

_WHY = Reason(code="new-insight")


async def speak(world: World, grant: Grant) -> None:
    """Say something about what a lane shows; what the rules do not allow just now is left."""
    said = _Said(world, grant)
    work = world.random.choice((said.change, said.change, said.add, said.withdraw, said.agree))
    try:
        is_written = await work()
    except (DomainError, LimitExceededError, RefusedError):
        return
    if is_written:
        place, actor = (grant.space, grant.lane), f"member/{text_from_id(grant.member)}"
        for written in await written_by(world.server.store, place, actor, said.sending.form):
            world.ledger.save(grant.lane, written)
        world.ledger.counts["members' words"] += 1


class _Said:
    """One thing that the therapist says in one lane."""

    def __init__(self, world: World, grant: Grant) -> None:
        self._random = world.random
        self._services = world.server.services
        self._lane = grant.lane
        self._audience = Audience(
            space=grant.space,
            member=grant.member,
            label="",
            lanes=[grant.lane],
            actions={grant.lane: grant.actions},
            terms=(),
            since=None,
            names={},
            session=b"",
            clock=self._services.now,
        )
        event = text_from_id(world.random.randbytes(16))
        self.sending = Sending(id=event, lane=grant.lane, zone="Europe/Berlin")

    async def _goal(self) -> tuple[str, GoalDocument] | None:
        audience, lane = self._audience, self._lane
        stored = await self._services.events.documents(
            audience.space, lane, "goal", reader=audience.reader(lane)
        )
        goals = [
            (text_from_id(each.subject), msgspec.json.decode(each.json, type=GoalDocument))
            for each in stored
        ]
        shown = [pair for pair in goals if is_shown(pair[1])]
        return self._random.choice(shown) if shown else None

    async def change(self) -> bool:
        goal = await self._goal()
        if goal is None:
            return False
        values = self._random.choice(
            (
                ProposedValues(title=f"proposed words {self._random.randrange(1000)}"),
                ProposedValues(due=f"2026-0{self._random.randrange(1, 10)}-20"),
                ProposedValues(lifecycle=self._random.choice(("on-hold", "active", "completed"))),
            )
        )
        proposal = NewProposal(
            sending=self.sending,
            what="goal_change",
            goal=goal[0],
            values=values,
            reason=_WHY,
            seen=seen_of(goal[1]),
        )
        await propose(self._services, self._audience, proposal)
        return True

    async def add(self) -> bool:
        goal = await self._goal()
        is_step = goal is not None and self._random.random() < 0.6
        number = self._random.randrange(1000)
        proposal = NewProposal(
            sending=self.sending,
            what="step" if is_step else "goal",
            goal=goal[0] if goal is not None and is_step else None,
            values=ProposedValues(text=f"proposed step {number}")
            if is_step
            else ProposedValues(title=f"proposed goal {number}"),
            reason=_WHY,
        )
        await propose(self._services, self._audience, proposal)
        return True

    async def withdraw(self) -> bool:
        shown = await read_proposals(self._services, self._audience, self._lane)
        own = [each.id for each in shown if each.document.status == "open"]
        if not own:
            return False
        proposal = id_from_text(self._random.choice(own))
        await withdraw_proposal(self._services, self._audience, self.sending, proposal)
        return True

    async def agree(self) -> bool:
        goal = await self._goal()
        if goal is None:
            return False
        seen = seen_of(goal[1])
        if self._random.random() < 0.5:
            view = NewAssessment(
                sending=self.sending, goal=goal[0], achievement="improving", seen=seen
            )
            await assess(self._services, self._audience, view)
        else:
            answer = self._random.choice(("agree", "disagree", "pending"))
            said = NewAgreement(sending=self.sending, goal=goal[0], answer=answer, seen=seen)
            await agree(self._services, self._audience, said)
        return True
