"""Saying whether a shared goal, as it stands, is what the person agrees with."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import audience, is_open
from trailmark_client.queries.readable import PERSON
from trailmark_client.recorder import Recorder
from trailmark_client.storage.read_models import with_unconfirmed_bases
from trailmark_shared.domain.proposals import AGREED_FIELDS, Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import SELF, id_from_text
from trailmark_shared.words import gettext


def record_agreement(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    answer: Acceptance,
    when: When,
    reason: Reason | None = None,
) -> Written:
    """Record what the person says to a goal as it stands.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        answer: What they say.
        when: Now, as the person's clock and zone say.
        reason: Why, if they like to say so.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``not_shared``: nobody else sees this goal; ``nothing_changed``:
            they said exactly that, and nothing changed since.
    """
    at_home = goal_at_home(conn, goal)
    lane = at_home.lane
    if lane == SELF or not is_open(conn, lane, when.day):
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("nobody else sees this goal; share it first: trailmark goal share"),
        )
    own = [each for each in at_home.document.agreements if each.by == PERSON]
    if [(each.answer, each.changed_since) for each in own] == [(answer, ())]:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("you said exactly that already"))
    said = with_unconfirmed_bases(conn, lane, [id_from_text(each.event) for each in own])
    base = dict.fromkeys(base_of_fields(conn, recorder, lane, goal, AGREED_FIELDS)) | said
    data = AgreementRecorded(answer=answer)
    event = recorder.record(conn, lane, goal, data, when=when, reason=reason, base=tuple(base))
    return Written(
        kind="goal",
        subject=goal,
        lane=lane,
        seen_by=audience(conn, lane, when.day),
        events=(event.id,),
    )
