"""The application around the pages, asked over ASGI."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.support.fakes import FailingClock
from tests.support.own_site import enter, opened
from trailmark_client.local_site.site import is_by_script, watch
from trailmark_shared import limits


async def test_link_opens_the_pages_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        before = await client.get("/")
        link = f"/enter/{parts.entrance.new_link()}"
        first = await client.get(link)
        client.cookies.update(first.cookies)
        after = await client.get("/", follow_redirects=True)
        again = await client.get(link)
        icon = re.search(r'rel="icon" href="([^"]+)"', first.text)
        assert icon is not None  # else the browser asks for one that is not there, and says so
        assert 200 == (await client.get(icon[1])).status_code

    assert [403, 200, 200, 403] == [each.status_code for each in (before, first, after, again)]
    assert 'content="0; url=/"' in first.text
    assert "SameSite=strict" in first.headers["set-cookie"]
    assert "What would you like to be different?" in after.text


async def test_form_is_recorded_and_everybody_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        before = parts.news.count
        told = await client.post("/win", data={"text": "Swam über den See"})
        count = parts.news.count
        refused = await client.post("/win", data={"text": ""})

    assert 303 == told.status_code
    assert told.headers["location"].startswith("/?done=win&id=")
    assert before + 1 == count
    assert 422 == refused.status_code


async def test_error_that_nobody_foresaw_is_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = FailingClock()
    async with opened(tmp_path, clock) as (client, parts):
        await enter(client, parts)
        clock.is_failing = True
        told = await client.post("/win", data={"text": "Swam"})
        clock.is_failing = False
        after = await client.get("/begin")

    assert 500 == told.status_code
    assert "text/html; charset=utf-8" == told.headers["content-type"]
    assert "Swam" in told.text
    assert 200 == after.status_code
    assert "words of a person" not in told.text + capsys.readouterr().err


async def test_assets_may_be_kept_and_nothing_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        style = await client.get("/static/pages.css")
        absent = await client.get("/static/../site.py")
        page = await client.get("/help")

    assert "immutable" in style.headers["cache-control"]
    assert "text/css; charset=utf-8" == style.headers["content-type"]
    assert "no-store" == absent.headers["cache-control"]
    assert "no-store" == page.headers["cache-control"]


@pytest.mark.parametrize("path", ["/help", "/goals/absent", "/static/pages.css", "/events"])
async def test_head_is_answered_like_get_without_the_body(tmp_path: Path, path: str) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        told = await client.head(path)
        page = None if path == "/events" else await client.get(path)

    assert b"" == told.content
    assert page is None or (page.status_code, page.headers) == (told.status_code, told.headers)
    assert told.status_code in {200, 404}


async def test_asking_about_the_link_does_not_use_it_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        link = f"/enter/{parts.entrance.new_link()}"
        await client.head(link)
        entered = await client.get(link)

    assert 200 == entered.status_code


async def test_form_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        told = await client.post("/win", data={"text": "x" * limits.PAGE_FORM_BYTES_MAX})

    assert 413 == told.status_code


async def test_streams_have_a_bound(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        asked = [
            asyncio.create_task(client.get("/events")) for _ in range(limits.PAGE_STREAMS_MAX + 1)
        ]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        parts.news.close()
        rest = await asyncio.gather(*waiting)

    assert ["retry: 15000\n\n"] == [each.result().text for each in done]
    assert all(each.text.startswith("retry: 1000\n\n") for each in rest)


async def test_what_another_process_wrote_is_news(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        watching = asyncio.create_task(watch(parts.near, parts.news))
        await parts.near.run(lambda app: app.home)
        await asyncio.sleep(0)
        await parts.far.run(lambda app: app.write(lambda conn: conn.execute("SELECT 1")))
        await parts.near.run(lambda app: app.file.data_version())
        before = parts.news.count
        waiting = asyncio.create_task(parts.news.after(before))
        await parts.far.run(
            lambda app: app.write(
                lambda conn: conn.execute("INSERT INTO setting VALUES ('one', 'two')")
            )
        )
        count = await waiting
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    assert before + 1 == count


def test_a_window_that_asks_by_itself_is_nobody() -> None:
    assert is_by_script({"sec-fetch-dest": "empty"}, "GET")
    assert not is_by_script({"sec-fetch-dest": "empty"}, "POST")
    assert not is_by_script({"sec-fetch-dest": "document"}, "GET")
    assert not is_by_script({}, "GET")
