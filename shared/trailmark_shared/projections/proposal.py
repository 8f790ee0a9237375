"""Proposals: the fold of one proposal and of what was said to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from trailmark_shared.domain.proposals import (
    ProposalAnswer,
    ProposalKind,
    faults_of,
    proposed_subject,
)
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
    values_by_field,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)
from trailmark_shared.projections.goal import GoalDocument, is_shown

ProposalStatus = Literal["open", "accepted", "declined", "withdrawn"]
"""Where a proposal stands."""

ProposalStanding = Literal["open", "accepted", "declined", "withdrawn", "no_longer_shared"]
"""The same, seen beside the goal that it is about."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said to a proposal on one of their devices.

    Attributes:
        event: Id of the event that said it.
        answer: What it was.
        with_changes: The person changed it before accepting.
        carried_out: The events of this lane that carried it out.
        no_longer_shared: It was closed because sharing its goal ended.
        reason: Why, where the person said so.
        device: On which device.
        day: The local date meant.
        effective_at: When, milliseconds UTC.
        received_at: When the server had it, or ``None`` while unconfirmed.
    """

    event: str
    answer: ProposalAnswer
    with_changes: bool
    carried_out: tuple[str, ...]
    no_longer_shared: bool
    reason: Reason | None
    device: str
    day: str
    effective_at: int
    received_at: int | None


class ProposalDocument(Facts, frozen=True, kw_only=True):
    """A proposal.

    Attributes:
        what: What is proposed; ``None`` where its first event is not here.
        goal: The goal it is about; for a new goal the one that it became, once accepted.
        step: The step it is about; for a new step the one that it became, once accepted.
        values: The values proposed; ``None`` once it was taken back without an answer.
        reason: Why, in its writer's view; ``None`` where ``values`` is.
        made_event: The ``proposal_made``.
        made_by: Who proposed it.
        seen: Events whose values its writer had seen.
        day: The local date it was written on.
        status: Where it stands. What was accepted is carried out, so it stays accepted, whatever
            another device or its writer said without knowing.
        answer: What the person says, as a field: two devices may answer apart.
        answers: Every answer, the greatest (effective_at, device, event) in front.
        withdrawn_at: When its writer took it back, milliseconds UTC.
        needs_review: What of it the rules do not know, by name.
    """

    what: ProposalKind | None = None
    goal: str | None = None
    step: str | None = None
    values: ProposedValues | None = None
    reason: Reason | None = None
    made_event: str | None = None
    made_by: str | None = None
    seen: tuple[str, ...] = ()
    day: str
    status: ProposalStatus
    answer: Field[ProposalAnswer] = Field()
    answers: tuple[Answer, ...] = ()
    withdrawn_at: int | None = None
    needs_review: tuple[str, ...] = ()


_ANSWERS: Final[Mapping[type[EventData], ProposalAnswer]] = {
    ProposalAccepted: "accepted",
    ProposalDeclined: "declined",
}


def proposal_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    return set_values(entry, data, {"answer": _ANSWERS.get(type(data))})


def fold_proposal(entries: Sequence[Entry]) -> ProposalDocument:
    """Return the proposal that ``entries`` (all of one proposal, in lane order) tell of.

    The first ``proposal_made`` counts; only its writer can take it back.
    """
    made = next((e for e in entries if isinstance(e.body.data, ProposalMade)), None)
    data = made.body.data if made else None
    fields = fields_of(entries, proposal_values)
    withdrawn_at = _withdrawn_at(entries, made)
    answer: Field[ProposalAnswer] = fields.get("answer", Field())
    status = _status(answer, withdrawn_at)
    common: dict[str, Any] = {
        **facts_of(entries),
        **fields,
        "status": status,
        "answers": _answers(entries),
        "withdrawn_at": withdrawn_at,
    }
    if made is None or not isinstance(data, ProposalMade):
        return ProposalDocument(**common, day=entries[0].body.day)
    became = text_from_id(proposed_subject(made.body.subject)) if status == "accepted" else None
    is_shown = status != "withdrawn"
    return ProposalDocument(
        **common,
        what=data.what,
        goal=became if data.what == "goal" else data.goal,
        step=became if data.what == "step" else data.step,
        values=data.values if is_shown else None,
        reason=made.body.reason if is_shown else None,
        made_event=text_from_id(made.id),
        made_by=made.actor,
        seen=tuple(map(text_from_id, made.body.base)),
        day=made.body.day,
        needs_review=_faults(data),
    )


def _withdrawn_at(entries: Sequence[Entry], made: Entry | None) -> int | None:
    return min(
        (
            each.effective_at
            for each in entries
            if isinstance(each.body.data, ProposalWithdrawn) and made and each.actor == made.actor
        ),
        default=None,
    )


def _status(answer: Field[ProposalAnswer], withdrawn_at: int | None) -> ProposalStatus:
    said = {each.value for each in answer.values}
    if "accepted" in said:
        return "accepted"
    if said:
        return "declined"
    return "open" if withdrawn_at is None else "withdrawn"


def _answers(entries: Sequence[Entry]) -> tuple[Answer, ...]:
    found = [each for each in entries if type(each.body.data) in _ANSWERS]
    found.sort(key=lambda each: (each.effective_at, each.device, each.id), reverse=True)
    return tuple(map(_answer, found))


def _answer(entry: Entry) -> Answer:
    data = entry.body.data
    is_accepted = isinstance(data, ProposalAccepted)
    return Answer(
        event=text_from_id(entry.id),
        answer="accepted" if is_accepted else "declined",
        with_changes=is_accepted and data.with_changes,
        carried_out=data.events if is_accepted else (),
        no_longer_shared=isinstance(data, ProposalDeclined) and data.no_longer_shared,
        reason=entry.body.reason,
        device=text_from_id(entry.device),
        day=entry.body.day,
        effective_at=entry.effective_at,
        received_at=entry.received_at,
    )


def _faults(data: ProposalMade) -> tuple[str, ...]:
    named = {"goal": data.goal, "step": data.step}
    places = {name: value for name, value in named.items() if value is not None}
    return faults_of(data.what, places | values_by_field(data.values))


def standing_of(proposal: ProposalDocument, goal: GoalDocument | None) -> ProposalStanding:
    """Return where a proposal stands beside the goal that it is about.

    One document knows one subject only; that a goal is shared here no longer is said by the goal's.

    Args:
        proposal: The proposal.
        goal: The goal it names, as the proposal's lane knows it; ``None`` where it does not.
    """
    if proposal.status != "open":
        declined = proposal.status == "declined"
        closed = declined and all(each.no_longer_shared for each in proposal.answers)
        return "no_longer_shared" if closed else proposal.status
    is_there = goal is not None and is_shown(goal)
    return "open" if is_there or proposal.goal is None else "no_longer_shared"
