"""Wins and setbacks: small notes beside the goals."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import place_of_note
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.recorder import Recorder
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import id_from_text


def note(
    conn: Connection,
    recorder: Recorder,
    data: WinNoted | SetbackNoted,
    when: When,
    *,
    private: bool = False,
) -> Written:
    """Record a win or a setback. Nothing resets.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        data: The note.
        when: When it happened.
        private: Keep it on this device whatever was agreed.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: no lane knows its goal.
    """
    goal = None if data.goal is None else id_from_text(data.goal)
    place = place_of_note(conn, goal, recorder.today(), private=private)
    subject = recorder.new_subject()
    event = recorder.record(conn, place.lane, subject, data, when=when)
    return Written(
        kind=type_of(data).kind,
        subject=subject,
        lane=place.lane,
        seen_by=place.seen_by,
        events=(event.id,),
    )
