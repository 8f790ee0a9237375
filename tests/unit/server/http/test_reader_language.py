"""Two readers of one server are each answered in their own language."""

import asyncio
from pathlib import Path
from typing import cast

from litestar.types import Message, Receive, Scope, Send

from tests.support.pseudo import write_pseudo
from trailmark_adapters.languages import Languages
from trailmark_server.http.reader_language import ReaderLanguage
from trailmark_shared.words import language


async def answered_in(app: ReaderLanguage, *headers: bytes) -> str:
    """Return the language that was in force while the application answered."""
    sent: list[Message] = []

    async def receive() -> Message:
        return cast("Message", {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"accept-language", value) for value in headers]}
    await app(cast("Scope", scope), cast("Receive", receive), cast("Send", send))
    [answer] = sent
    return cast("str", answer)


async def tell(_scope: Scope, _receive: Receive, send: Send) -> None:
    await asyncio.sleep(0)
    await send(cast("Message", await asyncio.create_task(later())))


async def later() -> str:
    return language().tag


async def test_each_reader_is_answered_in_their_language(tmp_path: Path) -> None:
    write_pseudo(tmp_path)
    app = ReaderLanguage(tell, Languages(tmp_path))
    answers = await asyncio.gather(
        answered_in(app, b"en-x-pseudo"),
        answered_in(app),
        answered_in(app, b"fr", b"en-x-pseudo;q=0.3"),
        answered_in(app, b"\xff\xfe"),
    )

    assert ["en-x-pseudo", "en", "en-x-pseudo", "en"] == answers
    assert "en" == language().tag
