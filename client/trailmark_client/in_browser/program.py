"""The person's client in a browser's worker: questions in, pages out, news in between.

Everything runs in the one thread that a browser gives to Python. A question is answered to its end
before anything else; what waits for the server waits in the event loop, beside.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal, TypeVar, cast

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.languages import Languages
from trailmark_client.app import App, open_app
from trailmark_client.backup import backup_pieces, known_code
from trailmark_client.behind_pages.desk import desk_of
from trailmark_client.behind_pages.in_step import InStep
from trailmark_client.behind_pages.news import News
from trailmark_client.in_browser.web_socket import open_in_browser
from trailmark_client.storage.backing_up import note_backup
from trailmark_client.transport import Connector
from trailmark_client.web.asking import NO_FIELDS, Asked, fields_of
from trailmark_client.web.desk import Desk
from trailmark_client.web.failing import failed
from trailmark_client.web.routes import answer
from trailmark_shared.words import Language, speaking

_Result = TypeVar("_Result")

HOME: Final = Path("/trailmark")
"""Where the worker puts the folder that lasts."""


VIEW_DAYS: Final = 3
"""For how many days Today is kept, so that a start shows it at once: today and the next two."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the page asks.

    Attributes:
        method: ``GET`` shows, ``POST`` records.
        path: The path.
        query: Names and values behind it.
        form: Names and values of a form.
    """

    method: Literal["GET", "POST"]
    path: str
    query: dict[str, str]
    form: list[tuple[str, str]]


class Program:
    """This device, as the page asks it."""

    def __init__(
        self, app: App, language: Language, origin: str, connect: Connector = open_in_browser
    ) -> None:
        """Take an open app.

        Args:
            app: This device.
            language: What the person reads.
            origin: The server that the app came from.
            connect: Opens connections with the home server.
        """
        self._app = app
        self._language = language
        self._origin = origin
        self._news = News()
        self._backup = b""
        self._in_step = InStep(self, app.clock, app.randomness, self._news, connect)

    async def run(self, work: Callable[[App], _Result]) -> _Result:
        """Run ``work`` with the app, here and now."""
        return work(self._app)

    def answer(self, question: str) -> str:
        """Return the answer to a question, both as JSON.

        Args:
            question: A ``Question``.

        Returns:
            A ``web.asking.Told``.
        """
        wanted = msgspec.json.decode(question, type=Question)
        asked = Asked(
            method=wanted.method,
            path=wanted.path,
            query=wanted.query,
            form=fields_of(wanted.form) if wanted.form else NO_FIELDS,
        )
        with speaking(self._language):
            try:
                told = answer(self._desk(), asked)
                if told.download is not None:
                    self._backup = self._backed_up()
            except Exception as error:  # noqa: BLE001  (one question; the app answers the next)
                told = failed(asked, error)
        if wanted.method == "POST" and told.location is not None:
            self._news.ring()
        return msgspec.json.encode(told).decode()

    def _backed_up(self) -> bytes:
        app, made_at = self._app, self._app.clock.now_ms()
        code = known_code(app)
        assert code is not None, "the page asks for it first"
        made = app.read(lambda conn: b"".join(backup_pieces(app, conn, code, made_at)))
        app.write(lambda conn: note_backup(conn, made_at))
        return made

    def stand_in(self, zone: str) -> None:
        """Follow the phone to a time zone, an IANA name: Python knows the one of its start."""
        os.environ["TZ"] = zone

    def taken(self) -> bytes:
        """Return the backup that an answer told of, once."""
        made, self._backup = self._backup, b""
        return made

    def views(self) -> str:
        """Return Today as it reads now, and as it will on the next days if nothing happens.

        Returns:
            HTML by local date, as JSON; nothing while there is no goal.
        """
        found: dict[str, str] = {}
        for days in range(VIEW_DAYS):
            desk = msgspec.structs.replace(self._desk(), now_ms=self._moment_in(days))
            with speaking(self._language):
                told = answer(desk, Asked())
            if told.location is None:
                found[desk.today] = told.html
        return msgspec.json.encode(found).decode()

    def _moment_in(self, days: int) -> int:
        """Return a moment of a later day, its noon: days are longer or shorter than 24 hours."""
        clock = self._app.clock
        if not days:
            return clock.now_ms()
        today = local_time(clock.now_ms(), clock.zone_name())
        noon = datetime.combine(today.date() + timedelta(days=days), time(12), today.tzinfo)
        return int(noon.timestamp() * 1000)

    def _desk(self) -> Desk:
        laid = desk_of(self._app, self._in_step.phase)
        return msgspec.structs.replace(laid, server_address=self._origin)

    async def live(self, on_news: Callable[[], object]) -> None:
        """Stay in step with the home server and tell of changes, until cancelled.

        Args:
            on_news: Called whenever what a page shows may have changed.
        """
        with speaking(self._language):
            keeping = asyncio.create_task(self._in_step.run())
        heard = self._news.count
        try:
            while not self._news.is_closing:
                heard = await self._news.after(heard)
                on_news()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def close(self) -> None:
        """Close the store and end what runs beside."""
        self._news.close()
        self._app.close()


def open_program(
    languages: Sequence[str], origin: str, name: str | None = None, home: Path = HOME
) -> Program:
    """Return the program over the folder that lasts.

    Args:
        languages: What the person reads, as browsers say it, the best first.
        origin: The server that the app came from.
        name: What to call this device as long as the person has not named it; Python's own name
            for it is the same on every phone.
        home: The folder.

    Raises:
        StorageError: The store cannot be used.
        IntegrityError: The store or the identity is damaged.
    """
    spoken = Languages().of_reader(",".join(cast("Sequence[str]", list(languages))))
    app = open_app(home)
    if name and app.identity.device_name == platform.node():
        app.write(
            lambda _conn: app.identity_file.update(
                lambda current: msgspec.structs.replace(current, device_name=name)
            )
        )
    return Program(app, spoken, origin)
