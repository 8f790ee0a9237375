"""Letting somebody in: the last step of joining, written only once both sides have confirmed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.picking import share_picked
from trailmark_client.commands.when import When
from trailmark_client.commands.wishes import carry_out_wishes
from trailmark_client.commands.written import Written
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.consent import CONSENT_VERSION, PURPOSE_BY_ROLE, consent_sha256
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.ids import Lane


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be let in.

    Attributes:
        id: Id of the member, as text.
        name: Their name as it was shown to the person.
    """

    id: str
    name: str


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What the person agreed to; nothing is agreed to that was not named.

    Attributes:
        member: Whom to let in.
        classes: What they may be shown, of ``domain.consent.CONSENT_CLASSES``.
        actions: What they may do besides seeing it, of ``domain.consent.CONSENT_ACTIONS``.
        until: Last day, ``YYYY-MM-DD``, or ``None`` for until stopped.
        history: What they see of the time before, of ``domain.consent.HISTORY_WORDS``.
        since: The day from which the person picked.
        picks: Ids of what the person picked of the time before, as text.
    """

    member: Member
    classes: Sequence[str]
    actions: Sequence[str] = ()
    until: str | None = None
    history: str = "from_now"
    since: str | None = None
    picks: Sequence[str] = ()


def let_in(
    conn: Connection, recorder: Recorder, lane: Lane, agreed: Agreement, when: When
) -> list[Written]:
    """Grant a therapist a lane, then share what was picked and what was wished to be shared.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        lane: The lane; a grant covers all of it.
        agreed: Whom, and what.
        when: Now, as the person's clock and zone say.

    Returns:
        The grant, then what was picked, then every wish carried out.
    """
    data = AccessGranted(
        member=agreed.member.id,
        name=agreed.member.name,
        role="therapist",
        classes=tuple(agreed.classes),
        until=agreed.until,
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
        actions=tuple(agreed.actions),
        purpose=PURPOSE_BY_ROLE["therapist"],
        history=agreed.history,
        since=agreed.since,
    )
    grant = recorder.new_subject()
    event = recorder.record(conn, lane, grant, data, when=when)
    granted = Written(
        kind="grant",
        subject=grant,
        lane=lane,
        seen_by=(agreed.member.name,),
        events=(event.id,),
    )
    opened = next((each for each in open_lanes(conn, when.day) if each.lane == lane), None)
    if opened is None:
        return [granted]
    picked = share_picked(conn, recorder, agreed.picks, opened, when)
    return [granted, *picked, *carry_out_wishes(conn, recorder, when, to=opened)]
