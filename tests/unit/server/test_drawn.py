"""What open pages show alike: one draws, the others wait, and nobody waits in vain."""

import asyncio

import pytest

from trailmark_server import drawn
from trailmark_server.drawn import Drawn


async def test_whoever_comes_first_draws_and_the_others_get_it() -> None:
    pages = Drawn[str]()

    first, second = pages.claim("row 2"), pages.claim("row 2")
    pages.settle("row 2", "drawn")

    assert first is None
    assert second is not None
    assert "drawn" == await second
    again = pages.claim("row 2")
    assert again is not None
    assert "drawn" == await again


async def test_one_who_draws_nothing_lets_the_next_one_draw() -> None:
    pages = Drawn[str]()
    pages.claim("row 2")
    waiting = pages.claim("row 2")

    pages.settle("row 2", None)
    pages.settle("row 2", "too late")

    assert waiting is not None
    assert await waiting is None
    assert pages.claim("row 2") is None


async def test_what_was_drawn_is_not_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "KEPT_SECONDS", 0)
    pages = Drawn[str]()
    pages.claim("row 2")
    pages.settle("row 2", "drawn")

    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert pages.claim("row 2") is None
