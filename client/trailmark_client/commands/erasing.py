"""Erasing for good: the words go, that something was erased stays, and every chain still verifies.

The words are gone from this device's tables with the commit and from its files with the cleaning
behind it; from the server as it obeys the ``subject_erased`` events, and from the person's other
devices as they obey a signed order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.queries.erasing import Going
from trailmark_client.recorder import Recorder
from trailmark_shared import limits
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import Lane, text_from_id

EVENTS_PER_ERASURE: Final = limits.BASE_IDS_MAX
"""Events that one ``subject_erased`` can name; more are split."""


class Ordering(Protocol):
    """The way in which the person's other devices are told; ``key_sharing.KeySharing``."""

    def order(self, conn: Connection, lane: Lane, subject: bytes, events: Sequence[bytes]) -> None:
        """Order them to erase these events of a subject."""
        ...


def erase(
    conn: Connection, recorder: Recorder, going: Going, when: When, ordering: Ordering | None
) -> tuple[bytes, ...]:
    """Erase the words of everything in ``going``, here and now.

    After the commit the caller must pay the cleaning that is owed (``App.clean``).

    Args:
        conn: The store, inside a write transaction; the one in which ``going`` was asked for.
        recorder: Who writes events.
        going: What is to be erased.
        when: Now, as the person's clock and zone say.
        ordering: Who tells the person's other devices; ``None`` where there can be none.

    Returns:
        Ids of the events that say so.
    """
    said: list[bytes] = []
    for lane, events in going.events.items():
        for some in _parts(events):
            erased = SubjectErased(events=tuple(map(text_from_id, some)))
            said.append(recorder.record(conn, lane, going.subject, erased, when=when).id)
            if ordering is not None:
                ordering.order(conn, lane, going.subject, some)
    return tuple(said)


def _parts(events: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(events), EVENTS_PER_ERASURE):
        yield events[start : start + EVENTS_PER_ERASURE]
