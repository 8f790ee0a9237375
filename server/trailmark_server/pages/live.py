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
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

from litestar import Request, get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from trailmark_server.bell import Subscription, Wake
from trailmark_server.guards import refuse_foreign_reader
from trailmark_server.members.audience import (
    ENDED,
    Audience,
    SharingEndedError,
    find_audience,
)
from trailmark_server.members.cursors import cursors_from_text, text_from_cursors
from trailmark_server.members.dates import moment_day
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.live_rows import BATCH_ROWS_MAX, Batch, LiveRows
from trailmark_server.pages.rendering import TEMPLATES
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.ports import LaneNews, Reader
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.words import gettext

EVENT_STREAM: Final = "text/event-stream"

PASSING: Final = frozenset({ErrorCode.OVERLOADED, ErrorCode.GOING_AWAY})
"""Refusals that end a stream and no page: the browser asks again."""

HEARTBEAT_SECONDS: Final = 20
"""A comment line is sent this often, so that proxies and browsers know that the line is alive."""

_HERE: Final = b": here\n\n"
"""A comment line. Firefox counts an answer as begun when the first bytes of its body are there."""

_OF_ACCESS: Final = b"access_"
"""Stands in the body of every event that grants or revokes; elsewhere it only costs a question."""

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


class OpenPage:
    """A page that follows what arrives: what may be seen on it, and how far it has read.

    Attributes:
        space: Whose page it is.
    """

    def __init__(
        self,
        services: Services,
        signed_in: SignedIn,
        audience: Audience,
        cursors: Mapping[Lane, int],
        name: str = "",
    ) -> None:
        """Begin behind what the page has already.

        Args:
            services: The server.
            signed_in: Who looks.
            audience: What they may see at the start; asked again at every wake-up.
            cursors: What the page has already, by lane.
            name: Stands before each of its messages, where several pages share a stream.
        """
        self.space = audience.space
        self._services = services
        self._signed_in = signed_in
        self._audience = audience
        self._rows = LiveRows(services, signed_in.form_token, cursors)
        self._prefix = f"{name}/" if name else ""

    async def news(self, *, anew: bool = False) -> AsyncIterator[bytes]:
        """Yield what is new, as whole messages.

        Args:
            anew: Terms and names may have changed, too; else only what is behind the cursors, and
                whether it may be seen, is asked.

        Raises:
            RefusedError: Nothing may be seen any more; nothing of that read was yielded.
        """
        gone = await self._ask_anew() if anew else []
        is_last = False
        while not is_last:
            try:
                await self._rows.join(self._audience)
                found = await self._services.events.news(
                    self.space, self._rows.cursors, BATCH_ROWS_MAX, self._reader()
                )
                if _changes_terms(self._audience, found):
                    gone += await self._ask_anew()
                batches = await self._rows.read(self._audience, found)
            finally:
                self._rows.release()
            for message in (*gone, *self._messages(batches)):
                yield message
            gone = []
            is_last = _is_whole(found, self._rows.cursors)

    async def _ask_anew(self) -> list[bytes]:
        """Ask for all that may be seen; return messages that name the lanes that are gone."""
        before = set(self._audience.lanes)
        self._audience = await find_audience(self._services, self._signed_in, self.space)
        self._rows.begin_anew()
        gone = sorted(before - set(self._audience.lanes))
        return [self._message("narrowed", lane) for lane in gone]

    def _messages(self, batches: Sequence[Batch]) -> Iterator[bytes]:
        for batch in batches:
            if batch.erased:
                yield self._message("erased", " ".join(batch.erased))
            place = f"{self._prefix}{text_from_cursors(batch.cursors)}"
            if batch.html:
                yield self._message("rows", batch.html, place)
            else:
                yield f"id: {place}\n\n".encode()

    def _reader(self) -> Reader:
        return self._audience.reader(self._audience.lanes[0])

    async def ended(self, error: RefusedError) -> bytes:
        """Return the last message: what the page shows instead of everything it held.

        Args:
            error: Why nothing may be seen any more.
        """
        reason = await _reason(self._services, self._signed_in, self.space, error)
        is_left = error.code == ErrorCode.NOT_SIGNED_IN and await self._is_signed_out()
        html = ended_html(reason, self._services.now(), is_signed_out=is_left)
        return self._message("ended", html)

    async def _is_signed_out(self) -> bool:
        """Say whether the session was ended: not left alone, nor put under a fresh token."""
        whose = self._signed_in
        known = await self._services.accounts.read(
            lambda rows: rows.web_sessions(whose.therapist.id)
        )
        return all(each.created_at != whose.opened_at for each in known)

    def _message(self, event: str, data: str, event_id: str | None = None) -> bytes:
        return sse(f"{self._prefix}{event}", data, event_id)


@get(
    "/people/{space:str}/live",
    media_type=EVENT_STREAM,
    guards=[refuse_foreign_reader],
)
async def live(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    after: FromQuery[str] = "",
) -> Stream:
    """Stream what arrives, from ``Last-Event-ID`` or else from ``after``."""
    signed_in = await services.web.require(request, services.now(), by_itself=True)
    audience = await open_space(services, signed_in, space)
    await note_visit(services, audience.space, audience.member, Look.TIMELINE)
    cursors = cursors_from_text(request.headers.get("Last-Event-ID") or after)
    return answer(services, [OpenPage(services, signed_in, audience, cursors)])


def answer(services: Services, pages: Sequence[OpenPage], before: Sequence[bytes] = ()) -> Stream:
    """Return the answer that carries what arrives.

    Args:
        services: The server.
        pages: Who follows.
        before: Messages to begin with, behind a sign of life.
    """
    return Stream(
        lambda: stream(services, pages, [_HERE, *before]),
        media_type=EVENT_STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    services: Services, pages: Sequence[OpenPage], before: Sequence[bytes] = ()
) -> AsyncIterator[bytes]:
    """Yield server-sent events until nothing may be seen any more, or the server ends.

    Args:
        services: The server.
        pages: Who follows; each ends by itself.
        before: Messages to begin with.

    Yields:
        Whole messages.
    """
    for message in before:
        yield message
    present, touched, anew = list(pages), list(pages), False
    with services.bell.subscribe({each.space for each in pages}) as subscription:
        while present and not services.stopping.is_set():
            for page in touched:
                try:
                    async for message in page.news(anew=anew):
                        yield message
                except RefusedError as error:
                    if error.code in PASSING:
                        return
                    yield await page.ended(error)
                    present.remove(page)
            if not present:
                return
            wake = await _heard(services, subscription)
            if wake is None:
                yield _HERE
            touched = [each for each in present if _concerns(wake, each.space)]
            anew = wake is None or wake.access


def _changes_terms(audience: Audience, found: Sequence[LaneNews]) -> bool:
    """Say whether other lanes may be seen than before, or somebody was let in or sent away."""
    rows = (row for each in found for row in each.rows)
    return [each.lane for each in found] != list(audience.lanes) or any(map(_is_of_access, rows))


def _is_whole(found: Sequence[LaneNews], cursors: Mapping[Lane, int]) -> bool:
    """Say whether nothing was left for the next time."""
    return all(
        len(each.rows) < BATCH_ROWS_MAX
        and (not each.rows or cursors[each.lane] == each.rows[-1].seq)
        for each in found
    )


def _is_of_access(row: Row) -> bool:
    return row.event.body is not None and _OF_ACCESS in row.event.body


def _concerns(wake: Wake | None, space: SpaceId) -> bool:
    """Say whether a page has to ask again; without a ring all do, for grants run out by the day."""
    return wake is None or wake.access or any(space == whose for whose, _ in wake.lanes)


async def _heard(services: Services, subscription: Subscription) -> Wake | None:
    """Wait for a ring, the server's end or the time of a heartbeat; return what was heard."""
    ring = asyncio.ensure_future(subscription.wait())
    waits = [ring, asyncio.ensure_future(services.stopping.wait())]
    try:
        await asyncio.wait(waits, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return ring.result() if ring.done() else None
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


def ended_html(error: TrailmarkError, now: int, *, is_signed_out: bool = False) -> str:
    """Return what a page shows instead of everything it held.

    Args:
        error: Why the stream ends.
        now: Server clock, milliseconds UTC.
        is_signed_out: The reader left, so that the browser keeps nothing of theirs either.
    """
    if isinstance(error, SharingEndedError):
        # It ended under the reader's eyes, so the day is today's where the record is still behind.
        words = _ended_on(now, error.zone) if error.message == gettext(ENDED) else error.message
        return TEMPLATES.render("parts/ended.html", ended=words)
    return TEMPLATES.render("parts/gone.html", is_signed_out=is_signed_out)


def _ended_on(now: int, zone: tzinfo) -> str:
    return gettext("Sharing ended on {day}").format(day=moment_day(now, zone))
