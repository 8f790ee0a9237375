"""A device's folder with years of check-ins in it, written in bulk.

What comes out is what recording one by one leaves: bodies sealed or plain as their lane asks for,
chained, folded. Only the transactions are larger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bench.practice import body_of, check_in_of
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.storage.event_log import INSERT_OUTBOX, chain_end, set_chain_end
from trailmark_client.storage.read_models import body_from_bytes, refold
from trailmark_client.storage.rows import values_from_event
from trailmark_shared import limits
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.ids import PLAIN, SELF, EventId, Lane, neighbouring_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.sealing import NONCE_BYTES

_AT_ONCE: Final = 5000
_DAY_MS: Final = 24 * 3600 * 1000


def fill(app: App, count: int, days: int) -> None:
    """Let the person check in ``count`` times, evenly over the days until now.

    Args:
        app: A device with at least one goal.
        count: How many check-ins.
        days: Over how many days.
    """
    home = app.read(lambda conn: goals_at_home(conn)[0])
    now = app.clock.now_ms()
    step = days * _DAY_MS // count
    times = [now - step * (count - number) for number in range(count)]
    for first in range(0, count, _AT_ONCE):
        some = times[first : first + _AT_ONCE]
        app.write(lambda conn, some=some: _write(app, conn, home.lane, home.id, some))


def _write(app: App, conn: Connection, lane: Lane, goal: bytes, times: Sequence[int]) -> None:
    made = list(_events(app, conn, lane, goal, times))
    conn.executemany(
        INSERT_OUTBOX,
        [(*values_from_event(event), body.type, body.subject, body.day) for event, body in made],
    )
    set_chain_end(conn, made[-1][0])
    refold(conn, lane, [body.subject for _, body in made], [_entry(*each) for each in made])


def _events(
    app: App, conn: Connection, lane: Lane, goal: bytes, times: Sequence[int]
) -> Iterator[tuple[Event, Body]]:
    identity, token = app.identity, app.randomness.token
    dseq, prev = chain_end(conn, identity, lane)
    for number, at in enumerate(times, dseq + 1):
        event_id = EventId(neighbouring_id(token(limits.ID_BYTES), identity.epoch, number))
        plain = body_of(token(limits.ID_BYTES), check_in_of(number, goal), at)
        key, stored = PLAIN, plain
        if lane == SELF:
            key, stored = app.vault.sealed(event_id, plain, token(NONCE_BYTES))
        event = write_event(
            event_id=event_id,
            space=identity.space,
            lane=lane,
            device=identity.device,
            epoch=identity.epoch,
            dseq=number,
            key=key,
            prev=prev,
            salt=token(limits.SALT_BYTES),
            body=stored,
        )
        prev = event.hash
        body = body_from_bytes(plain)
        assert body is not None, "a body that was just encoded"
        yield event, body


def _entry(event: Event, body: Body) -> Entry:
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
