"""Changing what was agreed to: a new grant with the new terms, then the end of the old one.

Both are written in one transaction and in this order, so that the lane does not close in between.
What was shared stays shared; terms count from now on.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.queries.documents import Held
from trailmark_client.queries.lanes import live_grants, open_lanes
from trailmark_client.queries.members import Member
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.words import gettext

NewTerms = Callable[[AccessGranted], AccessGranted]
"""From the terms of a grant to those that follow."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a grant changed within the caller's transaction.

    Attributes:
        lane: The lane.
        grant: The grant that counts now.
        replaced: The one that is over.
        terms: What is agreed to now.
        also_seen_by: Names of others who read the same lane: what goes there by itself must be
            agreed to for all of them.
        events: Ids of the events, in order.
    """

    lane: Lane
    grant: bytes
    replaced: bytes
    terms: AccessGranted
    also_seen_by: tuple[str, ...]
    events: tuple[bytes, ...]


def change_terms(
    conn: Connection, recorder: Recorder, member: Member, change: NewTerms, when: When
) -> list[Changed]:
    """Change the terms of every live grant of a member.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        member: Whose, from ``members.member_meant``.
        change: What becomes of the terms; it may return them as they are.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written, by grant whose terms differ now.

    Raises:
        DomainError: ``not_found``: no grant of theirs is live; ``nothing_changed``: the terms are
            these already.
    """
    going_on = {each.subject for each in live_grants(conn, when.day)}
    live = [each for each in member.unrevoked if each.subject in going_on]
    if not live:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext(
                "sharing with them is over; letting them in again begins with a new invitation"
            ),
        )
    changed = [
        _change(conn, recorder, each, terms, when)
        for each in live
        if each.document.granted is not None
        if (terms := change(each.document.granted)) != each.document.granted
    ]
    if not changed:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("that is what you agreed to already"))
    return changed


def _change(
    conn: Connection,
    recorder: Recorder,
    held: Held[GrantDocument],
    terms: AccessGranted,
    when: When,
) -> Changed:
    data = msgspec.structs.replace(terms, replaces=text_from_id(held.subject))
    grant = recorder.new_subject()
    granted = recorder.record(conn, held.lane, grant, data, when=when)
    over = AccessRevoked(replaced_by=text_from_id(grant))
    revoked = recorder.record(conn, held.lane, held.subject, over, when=when)
    readers = next((each for each in open_lanes(conn, when.day) if each.lane == held.lane), None)
    others = () if readers is None else zip(readers.members, readers.names, strict=True)
    return Changed(
        lane=held.lane,
        grant=grant,
        replaced=held.subject,
        terms=data,
        also_seen_by=tuple(name for member, name in others if member != terms.member),
        events=(granted.id, revoked.id),
    )


def text_shown_now() -> ConsentText:
    """Return the words that a person agrees to now: version and hash."""
    return ConsentText(version=CONSENT_VERSION, sha256=consent_sha256())
