"""Wins and setbacks: small notes beside the goals."""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import AS_AGREED, Choice, place_of_note
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written, write_new
from trailmark_client.recorder import Recorder
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.ids import id_from_text


def note(
    conn: Connection,
    recorder: Recorder,
    data: WinNoted | SetbackNoted,
    when: When,
    choice: Choice = AS_AGREED,
) -> Written:
    """Record a win or a setback. Nothing resets.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        data: The note.
        when: When it happened.
        choice: For whom.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: no lane knows its goal; for a choice, as ``place_of_child``.
    """
    goal = None if data.goal is None else id_from_text(data.goal)
    place = place_of_note(conn, goal, recorder.today(), choice)
    return write_new(conn, recorder, place, data, when)
