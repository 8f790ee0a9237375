"""Letting somebody in: the last step of joining, written only once both sides have confirmed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.commands.wishes import carry_out_wishes
from trailmark_client.commands.written import Written
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
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
    """What the person agreed to.

    Attributes:
        member: Whom to let in.
        classes: What goes to them by itself from now on.
    """

    member: Member
    classes: Sequence[str]


def let_in(
    conn: Connection, recorder: Recorder, lane: Lane, agreed: Agreement, when: When
) -> list[Written]:
    """Grant a therapist a lane, then share what was wished to be shared.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        lane: The lane; a grant covers all of it.
        agreed: Whom, and what.
        when: Now, as the person's clock and zone say.

    Returns:
        The grant, then every wish carried out.
    """
    data = AccessGranted(
        member=agreed.member.id,
        name=agreed.member.name,
        role="therapist",
        classes=tuple(agreed.classes),
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
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
    return [granted, *carry_out_wishes(conn, recorder, when)]
