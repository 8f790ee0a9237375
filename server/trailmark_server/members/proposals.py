"""Proposals as they stand beside what they are about, and what a form is drawn from."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.documents import documents_of_kind
from trailmark_server.members.writing import entries_there
from trailmark_server.services import Services
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.comparison import Compared, compared
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.proposal import (
    ProposalDocument,
    ProposalStanding,
    standing_of,
)
from trailmark_shared.projections.step import StepDocument


class ShownProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal beside what it is about.

    Attributes:
        id: Its id, as text.
        document: What the log says of it.
        standing: Where it stands beside its goal.
        compared: Each value beside what it was written for and what stands there now.
    """

    id: str
    document: ProposalDocument
    standing: ProposalStanding
    compared: Sequence[Compared]


async def read_proposals(
    services: Services, audience: Audience, lane: Lane, goal: bytes | None = None
) -> list[ShownProposal]:
    """Return the proposals of a lane, or those about one goal and its steps, oldest first.

    Args:
        services: The server.
        audience: Who reads.
        lane: A lane of theirs.
        goal: Only what is about this goal; an accepted proposal of a new goal is about it.
    """
    beside = _Beside(services, audience, lane)
    return [
        await beside.shown(proposal, document)
        for proposal, document in await proposal_documents(services, audience, lane, goal)
    ]


def seen_of(document: GoalDocument | StepDocument) -> list[str]:
    """Return what a form that is drawn from a goal or a step carries as ``seen``.

    Args:
        document: As it is drawn.

    Returns:
        Ids of every event that set a current value, of all agreements and of members' views.
    """
    fields = (getattr(document, name) for name in document.__struct_fields__)
    found = [value.event for field in fields for value in getattr(field, "values", ())]
    if isinstance(document, GoalDocument):
        found += [each.event for each in (*document.agreements, *document.assessments)]
    return list(dict.fromkeys(found))


async def proposal_documents(
    services: Services, audience: Audience, lane: Lane, goal: bytes | None = None
) -> list[tuple[str, ProposalDocument]]:
    """Return what the log says of the proposals of a lane, or of those about one goal.

    Returns:
        Each with its id as text, oldest first.
    """
    found = await documents_of_kind(services, audience, lane, "proposal", ProposalDocument, goal)
    return sorted(found, key=lambda pair: (pair[1].created_at, pair[0]))


class _Beside:
    """Reads what proposals of one lane stand beside, each goal and step once."""

    def __init__(self, services: Services, audience: Audience, lane: Lane) -> None:
        self._services = services
        self._audience = audience
        self._lane = lane
        self._goals: dict[str, GoalDocument | None] = {}
        self._entries: dict[str, list[Entry]] = {}

    async def shown(self, proposal: str, document: ProposalDocument) -> ShownProposal:
        goal = None if document.goal is None else await self._goal(document.goal)
        changes = document.goal if document.what == "goal_change" else None
        changes = document.step if document.what == "step_change" else changes
        entries = [] if changes is None else await self._history(changes)
        return ShownProposal(
            id=proposal,
            document=document,
            standing=standing_of(document, goal),
            compared=compared(document, entries),
        )

    async def _goal(self, goal: str) -> GoalDocument | None:
        if goal not in self._goals:
            stored = await self._services.events.document(
                self._audience.space,
                self._lane,
                id_from_text(goal),
                self._audience.reader(self._lane),
            )
            known = stored if stored is not None and stored.kind == "goal" else None
            self._goals[goal] = known and msgspec.json.decode(known.json, type=GoalDocument)
        return self._goals[goal]

    async def _history(self, subject: str) -> list[Entry]:
        if subject not in self._entries:
            self._entries[subject] = await entries_there(
                self._services, self._audience, self._lane, id_from_text(subject)
            )
        return self._entries[subject]
