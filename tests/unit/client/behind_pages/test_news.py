"""News: whoever waits is woken, and what came before is not missed."""

import asyncio

from trailmark_client.behind_pages.news import News


async def test_whoever_waits_is_woken() -> None:
    news = News()
    waiting = asyncio.create_task(news.after(0))
    await asyncio.sleep(0)
    news.ring()

    assert 1 == await waiting


async def test_what_came_before_is_known_at_once() -> None:
    news = News()
    news.ring()

    assert 1 == await news.after(0)


async def test_waiting_has_an_end() -> None:
    assert 0 == await News().after(0, 0.001)


async def test_closing_wakes_everybody() -> None:
    news = News()
    waiting = asyncio.create_task(news.after(5))
    await asyncio.sleep(0)
    news.close()
    await waiting

    assert news.is_closing
