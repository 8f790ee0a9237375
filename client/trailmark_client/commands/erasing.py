"""Erasing for good: the words go, that something was erased stays, and every chain still verifies.

The words are gone from this device's tables with the commit and from its files with the cleaning
behind it, from the server and the person's other devices as they obey the ``subject_erased``
events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When, moment
from trailmark_client.identity import Identity
from trailmark_client.queries.erasing import Going
from trailmark_client.recorder import Recorder
from trailmark_shared import limits
from trailmark_shared.events.body import Body, Mac
from trailmark_shared.events.codec import control_mac_input, encode_body
from trailmark_shared.events.control import SpaceErased, SubjectErased
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import EventId, text_from_id
from trailmark_shared.sealing import control_tag

_NO_ZONE: Final = "Etc/UTC"

EVENTS_PER_ERASURE: Final = limits.BASE_IDS_MAX
"""Events that one ``subject_erased`` can name; more are split."""


def erase(conn: Connection, recorder: Recorder, going: Going, when: When) -> tuple[bytes, ...]:
    """Erase the words of everything in ``going``, here and now.

    After the commit the caller must pay the cleaning that is owed (``App.clean``).

    Args:
        conn: The store, inside a write transaction; the one in which ``going`` was asked for.
        recorder: Who writes events.
        going: What is to be erased.
        when: Now, as the person's clock and zone say.

    Returns:
        Ids of the events that say so.
    """
    return tuple(
        recorder.record(
            conn,
            lane,
            going.subject,
            SubjectErased(events=tuple(map(text_from_id, some))),
            when=when,
        ).id
        for lane, events in going.events.items()
        for some in _parts(events)
    )


def space_erased_bodies(identity: Identity, event: EventId, now_ms: int) -> tuple[bytes, ...]:
    """Return what tells the person's other devices that everything was erased.

    Which vault keys another device holds is not known here, so there is one body for each key; they
    differ in the MAC alone. It stays on the server, so it says no time zone.

    Args:
        identity: Who erases.
        event: Id of the event, 16 random bytes.
        now_ms: This device's clock, milliseconds UTC.

    Returns:
        Bodies of ``space_erased``, for the newest ``limits.ERASURE_PROOFS_MAX`` vault keys.
    """
    known, when = type_of(SpaceErased()), moment(now_ms, _NO_ZONE)
    body = Body(
        type=known.name,
        ver=known.ver,
        subject=identity.space,
        occurred_at=when.occurred_at,
        zone=when.zone,
        day=when.day,
        recorded_at=now_ms,
        data=SpaceErased(),
    )
    covered = control_mac_input(event, identity.space, body)
    macs = [
        Mac(key=each.id, tag=control_tag(each.key, covered))
        for each in identity.vault_keys[-limits.ERASURE_PROOFS_MAX :]
    ]
    return tuple(encode_body(msgspec.structs.replace(body, mac=mac)) for mac in macs)


def _parts(events: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(events), EVENTS_PER_ERASURE):
        yield events[start : start + EVENTS_PER_ERASURE]
