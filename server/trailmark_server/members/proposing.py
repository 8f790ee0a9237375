"""What therapists propose, and taking it back; the person decides, offline or not.

Nothing here changes a goal. A proposal that the rules do not know is refused here with a sentence,
so that its writer can mend it; one that got into the log in another way folds to "needs review".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_server.access import Verb
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.documents import document_there
from trailmark_server.members.proposals import proposal_documents
from trailmark_server.members.visits import require_lane
from trailmark_server.members.writing import (
    Said,
    Sending,
    SentBeforeError,
    append_said,
    clean_reason,
    entries_there,
    seen_there,
    subject_of,
    too_long,
)
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.domain.proposals import ProposalKind, faults_of, may_propose_move
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import (
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
    values_by_field,
)
from trailmark_shared.ids import EventId, Lane, id_from_text
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.fold import decode_document, fold_subject
from trailmark_shared.projections.goal import GoalDocument, is_shown
from trailmark_shared.projections.proposal import (
    ProposalDocument,
)
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.words import NOUNS
from trailmark_shared.words import capital, gettext

_LENGTHS: Final[Mapping[str, int]] = {
    "title": limits.TITLE_CHARS_MAX,
    "why": limits.TEXT_CHARS_MAX,
    "area": limits.TITLE_CHARS_MAX,
    "text": limits.TITLE_CHARS_MAX,
}
"""Words that can be proposed, and how long they may be, in code points."""

_NEVER_EMPTY: Final = frozenset({"title", "text"})


class NewProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal to be.

    Attributes:
        sending: Id of its form, and lane.
        what: What is proposed.
        goal: The goal it is about, as text; ``None`` for a new goal.
        step: The step to change, as text.
        values: The values proposed: only those that are to change.
        reason: Why.
        seen: Ids (text) of the events whose values the form was drawn from: the ``event`` of every
            current value of the goal, or of the step; none for a new goal or step.
    """

    sending: Sending
    what: ProposalKind
    goal: str | None = None
    step: str | None = None
    values: ProposedValues
    reason: Reason
    seen: Sequence[str] = ()


async def propose(services: Services, audience: Audience, proposal: NewProposal) -> bytes:
    """Append a proposal and ring for it; sent again, it is the same proposal.

    Returns:
        The proposal, 16 bytes: its subject.

    Raises:
        NothingHereError: The lane is not the therapist's, or has no such goal or step.
        EventDataError: ``malformed_id``: something named is no id.
        DomainError: ``invalid_input``: words that are missing or too many, a value that cannot be
            proposed, a form that was not drawn from what stands there; ``illegal_move``: a goal
            does not go there; ``nothing_changed``: all of it stands there already; ``not_shared``:
            the goal is shared no longer.
        SentBeforeError: ``duplicate``: the form wrote something else already.
        LimitExceededError: ``open_proposals``: so many wait for an answer.
        RefusedError: ``not_authorised``: the grant does not let them propose.
    """
    sending = proposal.sending
    await require_lane(services, audience, sending.lane)
    subject = subject_of(sending.form)
    values = _cleaned(proposal.values)
    _require_known(proposal, values)
    if await _is_made(services, audience, proposal, values):
        return subject
    base: tuple[bytes, ...] = ()
    if proposal.goal is not None:
        values, base = await _beside_goal(services, audience, proposal, values)
    await _require_room(services, audience, sending.lane)
    data = ProposalMade(what=proposal.what, goal=proposal.goal, step=proposal.step, values=values)
    said = Said(subject=subject, data=data, reason=clean_reason(proposal.reason), base=base)
    right = audience.right(Verb.PROPOSE, sending.lane)
    await append_said(services, audience.space, right, sending, said)
    return subject


async def withdraw_proposal(
    services: Services, audience: Audience, sending: Sending, proposal: bytes
) -> None:
    """Take a proposal of the therapist's own back; one that was taken back already stays so.

    Args:
        services: The server.
        audience: Who takes it back.
        sending: Id of the form, and lane.
        proposal: Its subject.

    Raises:
        NothingHereError: There is no such proposal of theirs.
        DomainError: ``nothing_changed``: the person has answered; both stay in the history.
        SentBeforeError: ``duplicate``: the form wrote something else already.
    """
    document = await document_there(
        services, audience, sending.lane, proposal, "proposal", ProposalDocument
    )
    if document.made_by != audience.actor:
        raise NothingHereError
    if document.withdrawn_at is not None:
        return
    if document.answers:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED,
            gettext("They have answered already; there is nothing to take back."),
        )
    said = Said(subject=proposal, data=ProposalWithdrawn(), cause=_made_event(document))
    right = audience.right(Verb.PROPOSE, sending.lane)
    await append_said(services, audience.space, right, sending, said)


async def _is_made(
    services: Services, audience: Audience, proposal: NewProposal, values: ProposedValues
) -> bool:
    """Return whether the form wrote this proposal already.

    Raises:
        DomainError: ``invalid_input``: a reason that is none.
        SentBeforeError: ``duplicate``: it wrote something else.
    """
    lane, subject = proposal.sending.lane, subject_of(proposal.sending.form)
    written = await entries_there(services, audience, lane, subject)
    if not written:
        return False
    made = written[0].body.data
    reason = clean_reason(proposal.reason)
    about = (proposal.what, proposal.goal, proposal.step)
    if not isinstance(made, ProposalMade) or about != (made.what, made.goal, made.step):
        raise SentBeforeError
    before = await _as_it_stood(services, audience, proposal, written[0].seq or 0)
    sent = values_by_field(values) if before is None else _changes(before, values)
    if (sent, reason) != (values_by_field(made.values), written[0].body.reason):
        raise SentBeforeError
    return True


async def _as_it_stood(
    services: Services, audience: Audience, proposal: NewProposal, seq: int
) -> GoalDocument | StepDocument | None:
    """Return what a proposal was to change, as its lane told before ``seq``."""
    changed = {"goal_change": proposal.goal, "step_change": proposal.step}.get(proposal.what)
    if changed is None:
        return None
    lane = proposal.sending.lane
    entries = await entries_there(services, audience, lane, id_from_text(changed))
    stored = fold_subject(lane, [each for each in entries if (each.seq or 0) < seq])
    before = None if stored is None else decode_document(stored)
    return before if isinstance(before, GoalDocument | StepDocument) else None


def _cleaned(values: ProposedValues) -> ProposedValues:
    """Return values as they are kept: words without blanks around, none where they are empty."""
    clean: dict[str, Any] = {}
    for name, most in _LENGTHS.items():
        value = getattr(values, name)
        if not isinstance(value, str):
            continue
        text = clean_words(value)
        if not text and name in _NEVER_EMPTY:
            raise DomainError(ErrorCode.INVALID_INPUT, gettext("There is nothing to send yet."))
        problem = too_long(capital(NOUNS[name]), text, most)
        if problem is not None:
            raise DomainError(ErrorCode.INVALID_INPUT, problem)
        clean[name] = text or None
    return msgspec.structs.replace(values, **clean)


def _require_known(proposal: NewProposal, values: ProposedValues) -> None:
    named = {"goal": proposal.goal, "step": proposal.step}
    places = {name: value for name, value in named.items() if value is not None}
    faults = faults_of(proposal.what, places | values_by_field(values))
    if faults:
        names = ", ".join(
            NOUNS.get(each, gettext("the {each}").format(each=each)) for each in faults
        )
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("This cannot be proposed as it is; check: {names}.").format(names=names),
        )


async def _beside_goal(
    services: Services, audience: Audience, proposal: NewProposal, values: ProposedValues
) -> tuple[ProposedValues, tuple[bytes, ...]]:
    """Return what of it would change something, and what its writer had seen."""
    lane, named = proposal.sending.lane, id_from_text(proposal.goal or "")
    goal = await document_there(services, audience, lane, named, "goal", GoalDocument)
    if not is_shown(goal):
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("They no longer share this goal with you; nothing was sent."),
        )
    if proposal.what == "step":
        return values, ()
    document: GoalDocument | StepDocument = goal
    if proposal.step is not None:
        named = id_from_text(proposal.step)
        document = await document_there(services, audience, lane, named, "step", StepDocument)
        if document.goal != proposal.goal:
            raise NothingHereError
    base = seen_there(proposal.seen, await entries_there(services, audience, lane, named))
    _require_move(goal, values)
    changes = _changes(document, values)
    if not changes:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("It says exactly that already."))
    return ProposedValues(**changes), base


def _require_move(goal: GoalDocument, values: ProposedValues) -> None:
    after, before = values.lifecycle, goal.lifecycle.value
    if after is msgspec.UNSET or before is None or before == after:
        return
    if may_propose_move(before, after):
        return
    raise DomainError(
        ErrorCode.ILLEGAL_MOVE,
        gettext("A goal cannot go from “{before}” to “{after}”.").format(
            before=LIFECYCLE_WORDS[before], after=LIFECYCLE_WORDS[after]
        ),
    )


def _changes(document: Facts, values: ProposedValues) -> dict[str, Any]:
    """Return what of it is not what stands there, by field."""
    return {
        name: value
        for name, value in values_by_field(values).items()
        if getattr(document, name).value != value
    }


async def _require_room(services: Services, audience: Audience, lane: Lane) -> None:
    made = [document for _, document in await proposal_documents(services, audience, lane)]
    waiting = sum(each.status == "open" and each.made_by == audience.actor for each in made)
    if waiting >= limits.OPEN_PROPOSALS_MAX:
        raise LimitExceededError("open_proposals", waiting + 1, limits.OPEN_PROPOSALS_MAX)


def _made_event(document: ProposalDocument) -> EventId | None:
    return None if document.made_event is None else EventId(id_from_text(document.made_event))
