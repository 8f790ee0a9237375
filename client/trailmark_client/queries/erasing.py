"""What goes when something is erased: the thing itself and what only speaks of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import KIND_WORDS, Held, all_documents
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.readable import PERSON
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import EVENT_TYPES, KEPT_TYPES, Kind
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.control import ControlDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.joint import JointDocument
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.words import gettext

_UNDER: Final[frozenset[Kind]] = frozenset(
    {
        *("step", "check_in", "scale", "win", "setback", "comment", "encouragement", "proposal"),
        *(kind for kind, each in CARD_KINDS.items() if each.goes_with_goal),
    }
)
"""Kinds that go with what they hang under.

A reflection about a goal is a thing of its own, and so is what helps with more than one: a coping
strategy, a resource, an insight, self-care.
"""


_OTHERS: Final[frozenset[Kind]] = frozenset(
    {
        *("comment", "proposal"),
        *(kind for kind, each in CARD_KINDS.items() if issubclass(each.document, JointDocument)),
    }
)
"""Kinds that somebody else may have begun."""


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be erased.

    Attributes:
        named: The id that the person meant: of the subject, or of an entry that was set aside.
        kind: What it is.
        subject: What it is about.
        along: What goes with it, by kind: how many.
        events: Ids of all their events that have words, by lane.
    """

    named: bytes
    kind: Kind
    subject: bytes
    along: Mapping[str, int]
    events: Mapping[Lane, tuple[bytes, ...]]


def what_goes(conn: Connection, prefix: str) -> Going:
    """Return what goes when the one thing whose id begins with ``prefix`` is erased.

    A goal takes its steps, check-ins, wins, setbacks, comments and proposals along; a reflection
    takes the parts of it that were shared or were to be; anything takes the comments on it along,
    a step what was proposed about it.
    Of an entry that was set aside, named by the id of its event, only those words go.

    Args:
        conn: The store.
        prefix: What the person typed.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``invalid_input``; ``never_erased``: it says
            who was let in, or belongs to a device; ``not_authorised``: a comment of somebody else;
            ``nothing_changed``: it is erased already.
    """
    held = all_documents(conn)
    aside = _set_aside(conn)
    subject = by_prefix((*(each.subject for each in held), *aside), prefix, "entry")
    if subject in aside:
        return aside[subject]
    copies = [each for each in held if each.subject == subject]
    spoken_of = [each for each in copies if each.kind != "control"]
    kind = (spoken_of or copies)[0].kind
    if any(each.kind == "supporter" for each in copies):
        kind = "supporter"  # what the person noted about them goes, the grant beside it stays
    _refuse_kept(kind, copies)
    subjects = _closure(held, subject)
    kinds = {each.subject: each.kind for each in held if each.subject in subjects - {subject}}
    return Going(
        named=subject,
        kind=kind,
        subject=subject,
        along=dict(sorted(Counter(kinds.values()).items())),
        events=_events(conn, subjects),
    )


def _set_aside(conn: Connection) -> dict[bytes, Going]:
    rows = conn.execute("SELECT id, lane, type, subject FROM refused WHERE subject IS NOT NULL")
    return {
        event: Going(
            named=event,
            kind=EVENT_TYPES[type_].kind,
            subject=subject,
            along={},
            events={Lane(lane): (event,)},
        )
        for event, lane, type_, subject in rows.fetchall()
        if type_ in EVENT_TYPES and type_ not in KEPT_TYPES
    }


def _refuse_kept(kind: Kind, copies: Collection[Held[Facts]]) -> None:
    first = next(iter(copies)).document
    if kind == "control" and isinstance(first, ControlDocument) and first.erased_events:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is erased already"))
    if kind in {"grant", "control"}:
        raise DomainError(
            ErrorCode.NEVER_ERASED,
            gettext(
                "who was let in and which devices there were stays on record; it holds none "
                "of your words. To stop sharing: trailmark sharing stop"
            ),
        )
    if kind in _OTHERS and first.created_by != PERSON:
        raise DomainError(
            ErrorCode.NOT_AUTHORISED,
            gettext("this {get} is somebody else's; only they can take it back").format(
                get=KIND_WORDS.get(kind, kind)
            ),
        )


def _closure(held: Collection[Held[Facts]], subject: bytes) -> frozenset[bytes]:
    subjects = {subject}
    above = [(each.subject, _above(each)) for each in held]
    while more := {
        each for each, over in above if each not in subjects and not over.isdisjoint(subjects)
    }:
        subjects |= more
    return frozenset(subjects)


def _above(held: Held[Facts]) -> set[bytes]:
    """Return what takes this along when it goes."""
    document = held.document
    above: set[bytes] = set()
    if held.kind in _UNDER and held.parent is not None:
        above.add(held.parent)
    if isinstance(document, CommentDocument) and document.about is not None:
        above.add(id_from_text(document.about))
    if isinstance(document, ProposalDocument) and document.step is not None:
        above.add(id_from_text(document.step))
    sources = [document.wish.wished.reflection] if document.wish is not None else []
    if isinstance(document, ExcerptDocument) and document.link is not None:
        sources.append(document.link.reflection)
    above.update(id_from_text(each) for each in sources if each is not None)
    return above


def _events(conn: Connection, subjects: Collection[bytes]) -> dict[Lane, tuple[bytes, ...]]:
    found: dict[Lane, dict[bytes, None]] = {}
    for subject in sorted(subjects):
        rows = conn.execute(
            "SELECT lane, id, type FROM event WHERE subject = ? AND body IS NOT NULL ORDER BY pos",
            (subject,),
        )
        for lane, event, type_ in rows.fetchall():
            if type_ not in KEPT_TYPES:
                found.setdefault(Lane(lane), {})[event] = None
    return {lane: tuple(ids) for lane, ids in sorted(found.items())}
