"""The client in a browser's worker: a question in, a page out, news of changes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from trailmark_client.in_browser.program import Program, open_program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    opened = open_program(["en-GB", "en"], "https://home.example", home=tmp_path / "home")
    yield opened
    opened.close()


def ask(program: Program, method: str, path: str, **form: str) -> dict[str, Any]:
    question: dict[str, Any] = {
        "method": method,
        "path": path,
        "query": {},
        "form": list(form.items()),
    }
    return msgspec.json.decode(program.answer(msgspec.json.encode(question).decode()))


def test_a_page_is_answered(program: Program) -> None:
    assert "/begin" == ask(program, "GET", "/")["location"]
    told = ask(program, "GET", "/begin")

    assert 200 == told["status"]
    assert "What would you like to be different?" in told["html"]


def test_what_is_typed_is_kept(program: Program) -> None:
    assert ask(program, "POST", "/drafts/begin", text="Swim")["status"] < 400


async def test_what_was_recorded_is_news(program: Program) -> None:
    told = asyncio.Event()
    living = asyncio.create_task(program.live(told.set))
    await asyncio.sleep(0)
    ask(program, "POST", "/win", text="I went")
    await asyncio.wait_for(told.wait(), timeout=10)
    living.cancel()
    with pytest.raises(asyncio.CancelledError):
        await living
