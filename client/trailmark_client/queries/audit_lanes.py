"""What an audit asks of whole lanes: who could see them, whether all is there, what was erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents, entries_of
from trailmark_client.queries.readable import actor_name
from trailmark_client.storage.statements import holder_names
from trailmark_client.storage.verification import Damage
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.audit import Numbering, Placed, numberings
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.readers import Reading, readings


class ReaderLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let into a lane for some time.

    Attributes:
        grant: Id of the grant.
        lane: The lane.
        name: Their name.
        role: ``therapist`` or ``supporter``.
        classes: Kinds of things that were agreed on.
        actions: What they may do, or null for what went without saying then.
        purpose: What for, or null.
        history: What of the time before they see, or null.
        begins: When the server had the grant, milliseconds UTC, or null.
        ends: When it had the end of it, milliseconds UTC, or null.
        until: Its last day, or null.
        consent_version: Version of the words that were agreed to.
        consent_sha256: Their hash.
        consent_text: The words, or null where this program does not have those.
    """

    grant: str
    lane: str
    name: str
    role: str
    classes: list[str]
    actions: list[str] | None
    purpose: str | None
    history: str | None
    begins: int | None
    ends: int | None
    until: str | None
    consent_version: int
    consent_sha256: str
    consent_text: str | None


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one lane is whole.

    Attributes:
        lane: The lane.
        intact: Every hash, chain and signature of it fits, and nothing is missing in between.
        flaws: Which checks failed, and at which entry.
        numberings: How complete each device's entries are.
    """

    lane: str
    intact: bool
    flaws: list[str]
    numberings: list[Numbering]


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Something was erased: that it was, when and by whom, never what.

    Attributes:
        lane: In which lane.
        subject: Id of what it was about.
        events: How many entries lost their words.
        by: Who erased it.
        at: When, milliseconds UTC.
        of_goal: It is known to have belonged to this goal.
    """

    lane: str
    subject: str
    events: int
    by: str
    at: int
    of_goal: bool


def readings_of(conn: Connection) -> tuple[Reading, ...]:
    """Return who was let into which lane when, the first one in front."""
    held = documents(conn, "grant", GrantDocument)
    return readings(entries_of(conn, each.lane, each.subject) for each in held)


def reader_lines(among: Iterable[Reading], lanes: Collection[str]) -> list[ReaderLine]:
    """Return who was let into some lanes, as answers show it."""
    return [_reader_line(each) for each in among if each.lane in lanes]


def _reader_line(reading: Reading) -> ReaderLine:
    granted = reading.granted
    return ReaderLine(
        grant=reading.grant,
        lane=reading.lane,
        name=reading.name,
        role=reading.role,
        classes=list(granted.classes),
        actions=None if granted.actions is None else list(granted.actions),
        purpose=granted.purpose,
        history=granted.history,
        begins=reading.begins,
        ends=reading.ends,
        until=reading.until,
        consent_version=granted.consent.version,
        consent_sha256=granted.consent.sha256,
        consent_text=reading.words,
    )


def chain_of(conn: Connection, lane: str, damages: Iterable[Damage]) -> Chain:
    """Return whether a lane is whole.

    Args:
        conn: The store.
        lane: The lane.
        damages: What checking it found.
    """
    rows = conn.execute(
        "SELECT device, epoch, dseq, seq, body IS NOT NULL FROM event"
        " WHERE lane = ? AND held IS NULL",
        (lane,),
    )
    events = [
        Placed(device=device, epoch=epoch, dseq=dseq, seq=seq, has_body=bool(has_body))
        for device, epoch, dseq, seq, has_body in rows
    ]
    found = numberings(events)
    flaws = [each.what if each.seq is None else f"{each.what} {each.seq}" for each in damages]
    return Chain(
        lane=lane,
        intact=not flaws and not any(each.missing for each in found),
        flaws=flaws,
        numberings=list(found),
    )


def erasures_of(
    conn: Connection,
    lanes: Collection[str],
    names: Mapping[str, str],
    known: Mapping[str, Sequence[Entry]],
) -> list[Erasure]:
    """Return what was erased in some lanes, the earliest first.

    Args:
        conn: The store.
        lanes: Which lanes.
        names: Name of each member, by actor.
        known: What is left of the goal and of all that hangs under it, by subject as text.
    """
    named = {
        text_from_id(event)
        for entries in known.values()
        for entry in entries
        for event in (*entry.body.base, *([entry.body.cause] if entry.body.cause else []))
    }
    rows = conn.execute(
        "SELECT DISTINCT lane, subject FROM event WHERE type = 'subject_erased' ORDER BY 1, 2"
    )
    erased = [
        (entry, entry.body.data)
        for lane, subject in rows.fetchall()
        if lane in lanes
        for entry in entries_of(conn, lane, subject)
        if isinstance(entry.body.data, SubjectErased)
    ]
    return [
        Erasure(
            lane=entry.lane,
            subject=text_from_id(entry.body.subject),
            events=len(data.events),
            by=actor_name(entry.actor, names),
            at=entry.effective_at,
            of_goal=text_from_id(entry.body.subject) in known or not named.isdisjoint(data.events),
        )
        for entry, data in sorted(erased, key=lambda each: each[0].effective_at)
    ]


def erased_subjects(conn: Connection) -> dict[bytes, list[str]]:
    """Return what was erased, by id: the lanes that say so."""
    rows = conn.execute("SELECT DISTINCT subject, lane FROM event WHERE type = 'subject_erased'")
    found: dict[bytes, list[str]] = {}
    for subject, lane in rows.fetchall():
        found.setdefault(subject, []).append(lane)
    return found


def device_names(conn: Connection) -> dict[str, str]:
    """Return how the person calls their devices, by id."""
    return {text_from_id(device): name for device, name in holder_names(conn).items()}
