"""The Litestar application around the pages: requests in, answers out, news as an event stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final, Literal, cast

import msgspec
from litestar import Litestar, Request, Response, get, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream
from litestar.status_codes import (
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
)
from litestar.types import ASGIApp

from trailmark_client.app import App
from trailmark_client.behind_pages.desk import desk_of
from trailmark_client.behind_pages.in_step import InStep
from trailmark_client.behind_pages.news import News
from trailmark_client.local_site.entering import Entrance
from trailmark_client.local_site.guard import NOT_IN, Guard, cookie_of
from trailmark_client.local_site.latch import Latch
from trailmark_client.local_site.locking import Locksmith, lock_state
from trailmark_client.local_site.worker import Worker
from trailmark_client.storage.instruments import Instruments
from trailmark_client.web import locking
from trailmark_client.web.asking import NO_FIELDS, Asked, Told, form_from_body
from trailmark_client.web.desk import Desk, Phase
from trailmark_client.web.failing import failed
from trailmark_client.web.rendering import STATIC_FOLDER
from trailmark_client.web.routes import answer, route_of
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError

WATCH_S: Final = 0.25
"""Distance of the looks whether another process has written."""

ALIVE_S: Final = 20.0
"""Distance of the signs of life on a stream of news."""

_HTML: Final = "text/html"
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

# The page takes itself further: a request that another program or page began would not be sent
# the cookie, which is strict.
_ENTERED: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Trailmark</title>'
    '<link rel="icon" href="/static/plain.svg" type="image/svg+xml">'
    '<meta http-equiv="refresh" content="0; url=/"></head>'
    '<body><p><a href="/">Go on</a></p></body></html>'
)


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages are answered with.

    Attributes:
        near: The thread for what never waits.
        far: The thread for what may ask the home server.
        news: What changed.
        in_step: The connection with the home server.
        entrance: Who is let in.
        host: The only name that is answered to, with its port.
        latch: Whether the store is open.
        locksmith: Opens and shuts it.
    """

    near: Worker
    far: Worker
    news: News
    in_step: InStep
    entrance: Entrance
    host: str
    latch: Latch
    locksmith: Locksmith


def create_site(parts: Parts) -> ASGIApp:
    """Return the application, its guard around it.

    Args:
        parts: What the pages are answered with.
    """
    assets = {
        path.relative_to(STATIC_FOLDER).as_posix(): path.read_bytes()
        for path in STATIC_FOLDER.rglob("*")
        if path.is_file()
    }
    streams = asyncio.Semaphore(limits.PAGE_STREAMS_MAX)

    @get("/static/{name:path}")
    async def static(name: FromPath[str]) -> Response[bytes]:
        held = assets.get(name.lstrip("/"))
        if held is None:
            return Response(b"", status_code=HTTP_404_NOT_FOUND)
        return Response(held, media_type=_MEDIA_TYPES[PurePosixPath(name).suffix])

    @get("/enter/{secret:str}")
    async def enter(secret: FromPath[str]) -> Response[str]:
        cookie = parts.entrance.enter(secret)
        if cookie is None:
            return Response(NOT_IN, status_code=HTTP_403_FORBIDDEN, media_type="text/plain")
        return Response(_ENTERED, media_type=_HTML, cookies=[cookie_of(cookie)])

    @get("/events")
    async def events(after: FromQuery[int | None] = None) -> Stream:
        return Stream(_told(parts.news, streams, after), media_type="text/event-stream")

    @route(["/", "/{path:path}"], http_method=[HttpMethod.GET, HttpMethod.POST])
    async def pages(request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        method = cast("Literal['GET', 'POST']", request.method)
        asked = Asked(
            method=method,
            path=request.url.path,
            query=dict(request.query_params),
            form=form_from_body(await request.body()) if method == "POST" else NO_FIELDS,
        )
        if not is_by_script(request.headers, method):
            parts.latch.touch()
        return _response(await _answered(parts, asked))

    site = Litestar(
        [static, enter, events, pages],
        openapi_config=None,
        request_max_body_size=limits.PAGE_FORM_BYTES_MAX,
        logging_config=None,
    )
    return Guard(cast("ASGIApp", site), parts.host, parts.entrance)


def is_by_script(headers: Mapping[str, str], method: str) -> bool:
    """Say whether a window asked by itself, without anybody having touched it.

    Args:
        headers: Of the request; browsers say what it is for (Fetch Metadata).
        method: Of the request: a form, a draft and a sign of life are somebody's doing.

    Returns:
        Whether it did.
    """
    return method == "GET" and headers.get("sec-fetch-dest") == "empty"


async def _answered(parts: Parts, asked: Asked) -> Told:
    """Answer in the thread that the page belongs to; a change is news for every window."""
    await parts.latch.ready()
    if not parts.latch.is_open:
        return await parts.locksmith.in_front(asked)
    if asked.method == "POST" and asked.path == locking.PATH:
        problem = await parts.locksmith.done(asked)
        if isinstance(problem, Told):
            return problem
        asked = msgspec.structs.replace(asked, method="GET", problem=problem, form=NO_FIELDS)
    found = route_of(asked.method, asked.path)
    worker = parts.far if found is not None and found[0].is_far else parts.near
    phase, count = parts.in_step.phase, parts.news.count
    try:
        told = await worker.run(lambda app: answer(_desk(app, phase, count), asked))
    except StorageError as error:
        if error.code != ErrorCode.LOCKED:
            return failed(asked, error)
        # It was shut, here or by another process, while this was on its way.
        await parts.latch.shut()
        return locking.shut(asked)
    except Exception as error:  # noqa: BLE001  (one question; the pages answer the next)
        return failed(asked, error)
    if asked.method == "POST" and told.location is not None:
        parts.news.ring()
    return told


def _desk(app: App, phase: Phase, news: int) -> Desk:
    return msgspec.structs.replace(
        desk_of(app, phase),
        lock=lock_state(app),
        instruments=Instruments(app.home).all,
        news=news,
    )


def _response(told: Told) -> Response[str] | Redirect:
    if told.location is not None:
        return Redirect(told.location, status_code=303)
    return Response(told.html, status_code=told.status, media_type=_HTML)


async def _told(news: News, streams: asyncio.Semaphore, after: int | None) -> AsyncGenerator[bytes]:
    """Yield an event for every change since the page was drawn, and a sign of life between."""
    if streams.locked():
        yield b"retry: 15000\n\n"
        return
    async with streams:
        yield b"retry: 1000\n\n"
        # A number that was not reached here comes from a page of the process before.
        known = news.count
        count = known if after is None else after if after <= known else -1
        while not news.is_closing:
            now = await news.after(count, ALIVE_S)
            yield b": alive\n\n" if now == count else b"event: changed\ndata: \n\n"
            count = now


async def watch(near: Worker, news: News) -> None:
    """Ring whenever another connection has written, until cancelled.

    Args:
        near: The thread that looks.
        news: What is rung.
    """
    seen = await near.run(lambda app: app.file.data_version())
    while True:
        await asyncio.sleep(WATCH_S)
        version = await near.run(lambda app: app.file.data_version())
        if version != seen:
            seen = version
            news.ring()
