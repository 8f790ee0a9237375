"""``/people/<space>/live``: rows of an open page as server-sent events.

The bell only wakes the stream; rows are read from the log behind the stream's own cursor, and each
read asks for grant and web session in its transaction. So nothing that committed after a revocation
can come through, and a lost connection resumes from ``Last-Event-ID`` without gaps or repeats.

Messages: ``rows`` (days with whole rows, to be placed or replaced), ``erased`` (ids of rows that
are gone), ``narrowed`` (a lane that is no longer shared), ``ended`` (what to show instead of all).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final

from litestar import Request, get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from trailmark_server.bell import Wake
from trailmark_server.guards import refuse_foreign_reader
from trailmark_server.members.audience import (
    ENDED,
    Audience,
    SharingEndedError,
    find_audience,
)
from trailmark_server.members.cursors import cursors_from_text, text_from_cursors
from trailmark_server.members.dates import day_words
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.live_rows import LiveRows
from trailmark_server.pages.replies import TEMPLATES
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.words import gettext

HEARTBEAT_SECONDS: Final = 20
"""A comment line is sent this often, so that proxies and browsers know that the line is alive."""


_END_OF_LINE: Final = re.compile(r"\r\n|\r|\n")


def sse(event: str, data: str, event_id: str | None = None) -> bytes:
    """Return one server-sent event.

    Args:
        event: Its name.
        data: Its text, any number of lines; a bare CR ends one too, so that no person's words can
            begin a field of the stream.
        event_id: Where to resume after it, or ``None``.

    Source:
        WHATWG HTML, section "Server-sent events".
    """
    lines = [f"event: {event}"]
    if event_id is not None:
        lines.append(f"id: {event_id}")
    lines += [f"data: {line}" for line in _END_OF_LINE.split(data)]
    return ("\n".join(lines) + "\n\n").encode()


@get(
    "/people/{space:str}/live",
    media_type="text/event-stream",
    guards=[refuse_foreign_reader],
)
async def live(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    after: FromQuery[str] = "",
) -> Stream:
    """Stream what arrives, from ``Last-Event-ID`` or else from ``after``."""
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    await note_visit(services, audience.space, audience.member, Look.TIMELINE)
    cursors = cursors_from_text(request.headers.get("Last-Event-ID") or after)
    return Stream(
        lambda: stream(services, signed_in, audience, cursors),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    services: Services, signed_in: SignedIn, audience: Audience, cursors: dict[Lane, int]
) -> AsyncIterator[bytes]:
    """Yield server-sent events until sharing, the session or the server ends.

    Args:
        services: The server.
        signed_in: Who looks.
        audience: What they may see at the start; asked again at every wake-up.
        cursors: What the page has already, by lane.

    Yields:
        Whole messages.
    """
    rows = LiveRows(services, signed_in.form_token, cursors)
    lanes = set(audience.lanes)
    with services.bell.subscribe([audience.space]) as subscription:
        while not services.stopping.is_set():
            try:
                audience = await find_audience(services, signed_in, audience.space)
                for lane in sorted(lanes - set(audience.lanes)):
                    yield sse("narrowed", lane)
                lanes = set(audience.lanes)
                async for message in _fresh(rows, audience):
                    yield message
            except RefusedError as error:
                if error.code in {ErrorCode.OVERLOADED, ErrorCode.GOING_AWAY}:
                    return
                yield ended_message(
                    await _reason(services, signed_in, audience.space, error), services.now()
                )
                return
            if not await _heard(services, subscription.wait()):
                yield b": here\n\n"


async def _fresh(rows: LiveRows, audience: Audience) -> AsyncIterator[bytes]:
    async for batch in rows.read(audience):
        place = text_from_cursors(rows.cursors)
        if batch.erased:
            yield sse("erased", " ".join(batch.erased))
        yield sse("rows", batch.html, place) if batch.html else f"id: {place}\n\n".encode()


async def _heard(services: Services, ring: Coroutine[object, None, Wake]) -> bool:
    """Wait for a ring, the server's end or the time of a heartbeat; say whether to read."""
    waits = [asyncio.ensure_future(ring), asyncio.ensure_future(services.stopping.wait())]
    try:
        done, _ = await asyncio.wait(
            waits, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()


async def _reason(
    services: Services, signed_in: SignedIn, space: SpaceId, error: RefusedError
) -> RefusedError:
    """Return why a read was refused, in the person's favour: sharing that ended has its words."""
    if error.code == ErrorCode.NOT_AUTHORISED:
        try:
            await find_audience(services, signed_in, space)
        except RefusedError as present:
            return present
    return error


def ended_message(error: TrailmarkError, now: int) -> bytes:
    """Return the last event: what the page shows instead of everything it held.

    Args:
        error: Why the stream ends.
        now: Server clock, milliseconds UTC.
    """
    if isinstance(error, SharingEndedError):
        # It ended under the reader's eyes, so the day is today's where the record is still behind.
        words = _ended_on(now) if error.message == gettext(ENDED) else error.message
        return sse("ended", TEMPLATES.render("parts/ended.html", ended=words))
    return sse("ended", TEMPLATES.render("parts/gone.html"))


def _ended_on(now: int) -> str:
    return gettext("Sharing ended on {day}").format(day=day_words(now))
