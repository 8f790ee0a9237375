"""What members propose, beside what stands there now, and what was said to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents, entries_of, of_subject
from trailmark_client.queries.homes import goal_copies
from trailmark_client.queries.lanes import is_open, member_names
from trailmark_client.queries.readable import actor_name, plain_field, plain_value
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.comparison import Compared, compared
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.proposal import (
    Answer,
    ProposalDocument,
    ProposalStanding,
    standing_of,
)
from trailmark_shared.words import gettext


class ProposedValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a proposal.

    Attributes:
        field: The field.
        proposed: The value proposed; null takes it away.
        written_for: The value that its writer had seen, or null.
        now: The value that stands there now, or null.
        has_moved: What stands there is not what its writer had seen.
        is_there: What is proposed stands there already.
    """

    field: str
    proposed: Any
    written_for: Any
    now: Any
    has_moved: bool
    is_there: bool


class ProposalAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """What you said to a proposal on one of your devices.

    Attributes:
        event: Id of the event that said it.
        answer: ``accepted`` or ``declined``.
        with_changes: You changed it before accepting.
        carried_out: Ids of the events beside it that carried it out.
        no_longer_shared: It was closed because you stopped sharing its goal.
        reason: Code of the reason, or null.
        reason_text: Your words for it, or null.
        device: Id of the device.
        day: The local date.
    """

    event: str
    answer: str
    with_changes: bool
    carried_out: list[str]
    no_longer_shared: bool
    reason: str | None
    reason_text: str | None
    device: str
    day: str


class ProposalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal in a list.

    Attributes:
        id: Id of the proposal.
        what: ``goal``, ``goal_change``, ``step`` or ``step_change``; null where that is not known.
        by: Who proposed it.
        day: The local date on which they did.
        standing: ``open``, ``accepted``, ``declined``, ``withdrawn`` or ``no_longer_shared``.
        goal: Id of the goal it is about, or became; or null.
        goal_title: Title of that goal, or null.
        step: Id of the step it is about, or became; or null.
        values: The values proposed; none once it was taken back unanswered.
        reason: Code of the writer's reason, or null.
        reason_text: The writer's words for it, or null.
        answered_apart: Two of your devices answered differently; both answers are kept.
        lane: The lane it is in.
    """

    id: str
    what: str | None
    by: str
    day: str
    standing: ProposalStanding
    goal: str | None
    goal_title: str | None
    step: str | None
    values: list[ProposedValue]
    reason: str | None
    reason_text: str | None
    answered_apart: bool
    lane: str


class ProposalView(msgspec.Struct, frozen=True, kw_only=True):
    """One proposal with everything that was said to it.

    Attributes:
        proposal: The proposal as in the list.
        needs_review: What of it the rules do not know, by name.
        answers: Your answers, the latest first.
        withdrawn_at: When its writer took it back, milliseconds UTC, or null.
    """

    proposal: ProposalLine
    needs_review: list[str]
    answers: list[ProposalAnswered]
    withdrawn_at: int | None


class KnownProposal(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal with where it stands.

    Attributes:
        id: The proposal.
        lane: The lane it is in.
        document: What that lane says of it.
        standing: Where it stands.
    """

    id: bytes
    lane: Lane
    document: ProposalDocument
    standing: ProposalStanding


def known_proposal(conn: Connection, proposal: bytes, day: str) -> KnownProposal:
    """Return a proposal with where it stands.

    Args:
        conn: The store.
        proposal: The proposal.
        day: The person's local date, on which grants count.

    Raises:
        DomainError: ``not_found``: there is none on this device.
    """
    lanes = of_subject(conn, "proposal", proposal, ProposalDocument)
    for lane, document in lanes.items():
        return KnownProposal(
            id=proposal,
            lane=lane,
            document=document,
            standing=_standing(conn, lane, document, day),
        )
    raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such proposal on this device"))


def open_proposals(conn: Connection, day: str, goal: bytes | None = None) -> list[KnownProposal]:
    """Return the proposals that wait for an answer, the oldest first.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        goal: Only those about this goal and its steps.
    """
    return [each for each in _known(conn, day, goal) if each.standing == "open"]


def list_proposals(
    conn: Connection, day: str, goal: bytes | None = None, *, answered: bool = False
) -> list[ProposalLine]:
    """Return proposals, the oldest first.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
        goal: Only those about this goal and its steps.
        answered: Those too that wait no longer.
    """
    known = _known(conn, day, goal) if answered else open_proposals(conn, day, goal)
    titles, names = _titles(conn), member_names(conn)
    return [_line(conn, each, titles, names) for each in known]


def show_proposal(conn: Connection, proposal: bytes, day: str) -> ProposalView:
    """Return one proposal with everything that was said to it.

    Raises:
        DomainError: ``not_found``: there is none on this device.
    """
    known = known_proposal(conn, proposal, day)
    return ProposalView(
        proposal=_line(conn, known, _titles(conn), member_names(conn)),
        needs_review=[plain_field(each) or each for each in known.document.needs_review],
        answers=[_answered(each) for each in known.document.answers],
        withdrawn_at=known.document.withdrawn_at,
    )


def _known(conn: Connection, day: str, goal: bytes | None) -> list[KnownProposal]:
    held = documents(conn, "proposal", ProposalDocument)
    wanted = [each for each in held if goal is None or each.parent == goal]
    wanted.sort(key=lambda each: (each.document.created_at, each.subject))
    return [_with_standing(conn, each, day) for each in wanted]


def _with_standing(conn: Connection, held: Held[ProposalDocument], day: str) -> KnownProposal:
    return KnownProposal(
        id=held.subject,
        lane=held.lane,
        document=held.document,
        standing=_standing(conn, held.lane, held.document, day),
    )


def _standing(
    conn: Connection, lane: Lane, document: ProposalDocument, day: str
) -> ProposalStanding:
    """Where nobody is let in any more nothing is shared any more, whatever its goals say."""
    goal = None
    if document.goal is not None:
        goal = of_subject(conn, "goal", id_from_text(document.goal), GoalDocument).get(lane)
    standing = standing_of(document, goal)
    return standing if standing != "open" or is_open(conn, lane, day) else "no_longer_shared"


def _titles(conn: Connection) -> dict[str, str]:
    return {
        text_from_id(goal): next((each.title.value for each in copies if each.title.value), "")
        for goal, copies in ((goal, each.values()) for goal, each in goal_copies(conn).items())
    }


def compared_proposal(conn: Connection, known: KnownProposal) -> tuple[Compared, ...]:
    """Return the values of a proposal beside what stands where it was made."""
    document = known.document
    changed = {"goal_change": document.goal, "step_change": document.step}.get(document.what or "")
    entries = [] if changed is None else entries_of(conn, known.lane, id_from_text(changed))
    return compared(document, entries)


def _line(
    conn: Connection, known: KnownProposal, titles: Mapping[str, str], names: Mapping[str, str]
) -> ProposalLine:
    document = known.document
    return ProposalLine(
        id=text_from_id(known.id),
        what=document.what,
        by=actor_name(document.made_by or "", names),
        day=document.day,
        standing=known.standing,
        goal=document.goal,
        goal_title=titles.get(document.goal or ""),
        step=document.step,
        values=[_value(each) for each in compared_proposal(conn, known)],
        reason=None if document.reason is None else document.reason.code,
        reason_text=None if document.reason is None else document.reason.text,
        answered_apart=document.answer.conflict,
        lane=known.lane,
    )


def _value(value: Compared) -> ProposedValue:
    return ProposedValue(
        field=plain_field(value.field) or "",
        proposed=plain_value(value.field, value.proposed),
        written_for=plain_value(value.field, value.written_for),
        now=plain_value(value.field, value.now),
        has_moved=value.has_moved,
        is_there=value.is_there,
    )


def _answered(answer: Answer) -> ProposalAnswered:
    return ProposalAnswered(
        event=answer.event,
        answer=answer.answer,
        with_changes=answer.with_changes,
        carried_out=list(answer.carried_out),
        no_longer_shared=answer.no_longer_shared,
        reason=None if answer.reason is None else answer.reason.code,
        reason_text=None if answer.reason is None else answer.reason.text,
        device=answer.device,
        day=answer.day,
    )
