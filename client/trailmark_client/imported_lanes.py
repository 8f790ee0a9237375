"""Imported lanes on all devices of the person: what follows of them once everything is exchanged.

What was shared before an import is in lanes of a server that this person has left, so it reaches
other devices and a recovery as part of the sealed private copy (``storage.carrying``,
``storage.unfolding``). Each step is a transaction of its own, and each says what it finds in the
store: a kill between two of them costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.carrying import (
    carry,
    erase_as_carried,
    may_have_uncarried,
    note_all_carried,
    uncarried,
)
from trailmark_client.storage.unfolding import may_have_folded, unfold
from trailmark_shared import limits
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.exports.carried import CARRIED


def is_unsettled(conn: Connection, *, private_copy: bool) -> bool:
    """Say whether ``settle_imported`` has something to do.

    Args:
        conn: The store.
        private_copy: A sealed copy of private entries goes to the home server.

    Returns:
        Whether it has.
    """
    return may_have_folded(conn) or (private_copy and may_have_uncarried(conn))


def settle_imported(app: App) -> bool:
    """Unfold what other devices carried, and carry what is here alone, if a private copy is kept.

    Args:
        app: This device, after everything was exchanged.

    Returns:
        Whether something was recorded that is to be sent.
    """
    count = 0
    while (some := settle_some(app, limits.INTEGER_MAX)) is not None:
        count += some
    return count > 0


def settle_some(app: App, most: int = limits.PAGE_EVENTS_MAX) -> int | None:
    """Do a part of that, as large as a page: whoever shows pages meanwhile is not kept waiting.

    Args:
        app: As for ``settle_imported``.
        most: How many rows are carried at most.

    Returns:
        How many events were recorded; ``None`` once nothing is left to do.
    """
    if app.read(may_have_folded) and app.write(lambda conn: unfold(conn, app.identity.space)):
        return 0
    if not app.identity.private_copy or not app.read(may_have_uncarried):
        return None
    found = app.read(uncarried)
    if found.gone:
        app.write(lambda conn: erase_as_carried(conn, found.gone))
        app.clean()
        found = app.read(uncarried)
    chosen, page = found.places[:most], limits.PAGE_EVENTS_MAX
    starts = range(0, len(chosen), page)
    count = sum(_carry(app, chosen[start : start + page]) for start in starts)
    if count == len(found.places):
        app.write(lambda conn: note_all_carried(conn, found.content))
    # What is left then is too long.
    return count or None


def _carry(app: App, places: Sequence[int]) -> int:
    now = _now(app)
    return app.write(lambda conn: carry(conn, app.vault, app.randomness, places, now))


def _now(app: App) -> Body:
    when = app.recorder.now()
    return Body(
        type=CARRIED,
        ver=1,
        subject=bytes(limits.ID_BYTES),
        occurred_at=when.occurred_at,
        zone=when.zone,
        day=when.day,
        recorded_at=app.clock.now_ms(),
        data=UnknownData(b"{}"),
    )
