"""What the person says to a proposal; accepting it is ``commands.proposals``'s."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import children
from trailmark_client.queries.lanes import audience
from trailmark_client.queries.proposals import KnownProposal, known_proposal
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import ProposalAccepted, ProposalDeclined
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.words import gettext


def decline_proposal(
    conn: Connection, recorder: Recorder, proposal: bytes, when: When, reason: Reason | None = None
) -> Written:
    """Decline a proposal; a reason may be given.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        proposal: The proposal.
        when: Now, as the person's clock and zone say.
        reason: Why, if the person likes to say so.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it was answered or taken back already.
    """
    known = known_proposal(conn, proposal, when.day)
    require_unanswered(known)
    closed = known.standing == "no_longer_shared"
    data = ProposalDeclined(no_longer_shared=closed)
    return record_answer(conn, recorder, known, data, when, None if closed else reason)


def require_unanswered(known: KnownProposal) -> None:
    """Refuse to answer what needs no answer any more.

    Raises:
        DomainError: ``nothing_changed``.
    """
    words = {
        "accepted": gettext("it is accepted already; what it changed can be changed again"),
        "declined": gettext("it is declined already"),
        "withdrawn": gettext(
            "it was taken back before it was answered; nothing is to be said to it"
        ),
    }.get(known.document.status)
    if words is not None:
        raise DomainError(ErrorCode.NOTHING_CHANGED, words)


def record_answer(
    conn: Connection,
    recorder: Recorder,
    known: KnownProposal,
    data: ProposalAccepted | ProposalDeclined,
    when: When,
    reason: Reason | None = None,
) -> Written:
    """Record an answer; its base names every answer that this device knows."""
    event = recorder.record(
        conn,
        known.lane,
        known.id,
        data,
        when=when,
        reason=reason,
        base=recorder.base_of(conn, known.lane, known.id, "answer"),
        cause=made_event(known.document),
    )
    return Written(
        kind="proposal",
        subject=known.id,
        lane=known.lane,
        seen_by=audience(conn, known.lane, when.day),
        events=(event.id,),
    )


def made_event(document: ProposalDocument) -> bytes | None:
    """Return the event that made a proposal: what an answer to it names as its cause."""
    return None if document.made_event is None else id_from_text(document.made_event)


def close_proposals(
    conn: Connection, recorder: Recorder, goal: bytes, lane: Lane, when: When
) -> list[bytes]:
    """Close what waits for an answer about a goal that is taken out of a lane.

    It says that the goal is no longer shared, and no opinion.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        lane: Where it is shared no longer.
        when: Now, as the person's clock and zone say.

    Returns:
        Ids of the events.
    """
    events: list[bytes] = []
    for held in children(conn, "proposal", lane, goal, ProposalDocument):
        if held.document.status == "open":
            known = known_proposal(conn, held.subject, when.day)
            data = ProposalDeclined(no_longer_shared=True)
            events += record_answer(conn, recorder, known, data, when).events
    return events
