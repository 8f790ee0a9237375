"""Writing events: the one way in which something new becomes part of this device's history."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from trailmark_adapters.clock import Clock, local_time
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When, moment
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.event_log import Words, append_after, chain_end
from trailmark_client.storage.read_models import (
    body_from_bytes,
    fold_new,
    refold,
    with_unconfirmed_bases,
)
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import (
    PLAIN,
    SELF,
    EventId,
    Lane,
    SubjectId,
    id_from_text,
    neighbouring_id,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Field, Wish
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.sealing import NONCE_BYTES
from trailmark_shared.words import gettext


class Recorder:
    """Turns facts into events of this device, within the caller's transaction."""

    def __init__(self, vault: Vault, clock: Clock, randomness: Randomness) -> None:
        """Take what an event needs besides its facts: keys, time and chance."""
        self._vault = vault
        self._clock = clock
        self._randomness = randomness

    def record(  # noqa: PLR0913  (the body has that many independent parts)
        self,
        conn: Connection,
        lane: Lane,
        subject: bytes,
        data: EventData,
        *,
        when: When | None = None,
        reason: Reason | None = None,
        base: Collection[bytes] = (),
        cause: bytes | None = None,
        is_new: bool = False,
    ) -> Event:
        """Record that something happened.

        Args:
            conn: The store, inside a write transaction.
            lane: The audience; bodies in ``self`` are sealed, control types stay plain.
            subject: What it is about.
            data: What happened, of a registered type.
            when: When it happened as the person says; now by default.
            reason: Why, where the type asks for it.
            base: Setters only: see ``base_of``.
            cause: The event that this one comments on, answers or corrects.
            is_new: The subject's id was made for this event: nothing else stands about it. Never
                of an erasure.

        Returns:
            The event as it stands in the outbox; its document is folded. Recording an erasure
            erases here and now: pay the cleaning that is owed after the commit (``App.clean``).

        Raises:
            EventDataError: ``reason_required``, ``malformed_body`` or a bound that was crossed.
        """
        identity = self._vault.identity_file.current
        end = chain_end(conn, identity, lane)
        token = self._randomness.token(limits.ID_BYTES)
        event_id = EventId(neighbouring_id(token, identity.epoch, end[0] + 1))
        now = self._clock.now_ms()
        meant = when or moment(now, self._clock.zone_name())
        known = type_of(data)
        body = Body(
            type=known.name,
            ver=known.ver,
            subject=subject,
            occurred_at=meant.occurred_at,
            zone=meant.zone,
            day=meant.day,
            recorded_at=now,
            reason=reason,
            base=tuple(base),
            cause=cause,
            data=data,
        )
        encoded = encode_body(body)
        key = PLAIN
        stored = encoded
        if lane == SELF and not known.is_control:
            nonce = self._randomness.token(NONCE_BYTES)
            key, stored = self._vault.sealed_with(identity, event_id, encoded, nonce)
        words = Words(
            id=event_id,
            key=key,
            salt=self._randomness.token(limits.SALT_BYTES),
            body=stored,
            type=body.type,
            subject=body.subject,
            day=body.day,
        )
        event = append_after(conn, identity, lane, words, end)
        entry = _unsent_entry(event, body)
        if is_new:
            fold_new(conn, entry)
        else:
            refold(conn, lane, [subject, *_erased_by(conn, lane, data)], [entry])
        return event

    def base_of(
        self, conn: Connection, lane: Lane, subject: bytes, field: str
    ) -> tuple[bytes, ...]:
        """Return what a setter of ``field`` names: every value current in this device's view.

        Where one of them is an own event that the server has not confirmed, that event's base too:
        it may be refused, and what it replaced must not come back to life.

        Args:
            conn: The store.
            lane: The lane of the subject.
            subject: What is set.
            field: Name of the single-valued field, as in its document.
        """
        found = conn.execute(
            "SELECT kind, parent, json FROM document WHERE lane = ? AND subject = ?",
            (lane, subject),
        ).fetchone()
        if found is None:
            return ()
        kind, parent, json = found
        document = Document(lane=lane, kind=kind, subject=subject, parent=parent, json=json)
        return tuple(with_unconfirmed_bases(conn, lane, _current(decode_document(document), field)))

    def recorded_at(self, conn: Connection, lane: Lane, event: str) -> int:
        """Return the device time at which an event was recorded, milliseconds UTC.

        Args:
            conn: The store.
            lane: The lane of the event.
            event: Its id, as text.

        Raises:
            DomainError: ``not_found``: there is no such event, or it cannot be opened.
        """
        opened = conn.execute(
            "SELECT opened(id, key, body) FROM event WHERE id = ? AND lane = ?",
            (id_from_text(event), lane),
        )
        for (plain,) in opened:
            body = body_from_bytes(plain)
            if body is not None:
                return body.recorded_at
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such event on this device"))

    def new_subject(self) -> SubjectId:
        """Return an id for something new."""
        return SubjectId(self._randomness.token(limits.ID_BYTES))

    def now(self) -> When:
        """Return the present moment, as this device's clock and zone say."""
        return moment(self._clock.now_ms(), self._clock.zone_name())

    def today(self) -> str:
        """Return the person's local date, ``YYYY-MM-DD``."""
        return local_time(self._clock.now_ms(), self._clock.zone_name()).date().isoformat()


def _unsent_entry(event: Event, body: Body) -> Entry:
    return Entry(
        id=event.id,
        lane=event.lane,
        device=event.device,
        epoch=event.epoch,
        dseq=event.dseq,
        seq=None,
        received_at=None,
        offset=None,
        actor="person",
        body=body,
    )


def _erased_by(conn: Connection, lane: Lane, data: EventData) -> list[bytes]:
    if isinstance(data, SubjectErased):
        return erase_events(conn, lane, [id_from_text(each) for each in data.events])
    return []


def _current(facts: object, field: str) -> list[bytes]:
    # What was erased in this lane is a document without fields; it may be shared anew.
    value = getattr(facts, field, None)
    if isinstance(value, Wish):
        return [id_from_text(value.event)]
    if isinstance(value, Field):
        values = cast("Field[object]", value).values
        return [id_from_text(each.event) for each in values]
    return []
