"""One stream for several pages: each gets what concerns it, and ends by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, START, Site, sharing_site
from trailmark_server.pages import live
from trailmark_server.pages.live_together import Asked, asked_pages
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import LimitExceededError
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id

PATH = "/people/live"


@pytest.fixture
def jonas() -> Writer:
    return Writer(40)


def page_of(name: str, writer: Writer, seq: int = 1) -> str:
    return f"{name}~{text_from_id(writer.space)}~{writer.lane}:{seq}"


async def told(site: Site, *pages: str, cookie: str | None = None) -> str:
    """Return what is sent until the server stops."""
    site.services.stopping.set()
    async with site.browser(cookie) as browser:
        answer = await browser.get(PATH, params={"of": list(pages)})
    assert 200 == answer.status_code, answer.text
    return answer.text


async def test_a_line_that_is_opened_anew_does_not_prolong_a_session(mira: Writer) -> None:
    site = await sharing_site(mira)
    answers: list[int] = []
    for _ in range(2):
        site.clock.ms += limits.WEB_SESSION_IDLE_MS // 2
        site.services.stopping.set()
        async with site.browser() as browser:
            answer = await browser.get(PATH, params={"of": [page_of("k1", mira)]})
        answers.append(answer.status_code)

    assert [200, 401] == answers


async def following(site: Site, *writers: Writer) -> AsyncIterator[bytes]:
    pages = [
        live.OpenPage(
            site.services,
            site.signed_in,
            await site.audience(each),
            {each.lane: 1},
            f"page{number}",
        )
        for number, each in enumerate(writers)
    ]
    return live.stream(site.services, pages)


async def next_of(stream: AsyncIterator[bytes]) -> str:
    async with asyncio.timeout(5):
        return (await anext(stream)).decode()


async def test_each_page_is_told_what_concerns_it_under_its_name(
    mira: Writer, jonas: Writer
) -> None:
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))
    stream = await following(site, mira, jonas)
    waiting = asyncio.ensure_future(next_of(stream))
    await asyncio.sleep(0)
    jonas.write(jonas.new_id(), WinNoted(text="A win of Jonas"), at=START + 1000)

    await site.deliver(jonas)
    message = await waiting

    assert message.startswith(f"event: page1/rows\nid: page1/{jonas.lane}:2\n")
    assert "A win of Jonas" in message


async def test_a_page_that_ends_leaves_the_others(mira: Writer, jonas: Writer) -> None:
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))
    stream = await following(site, mira, jonas)
    [grant] = await site.services.events.grants(mira.space)
    mira.stop_sharing(grant.grant, START + 1)
    await site.deliver(mira)
    ended = await next_of(stream)
    jonas.write(jonas.new_id(), WinNoted(text="A win of Jonas"), at=START + 1000)
    await site.deliver(jonas)

    assert ended.startswith("event: page0/ended\n")
    assert (await next_of(stream)).startswith("event: page1/rows\n")


async def test_line_says_at_once_that_it_is_there(mira: Writer) -> None:
    site = await sharing_site(mira)

    assert ": here\n\n" == await told(site, page_of("a", mira))


async def test_what_is_not_there_ends_its_page_alone(mira: Writer, jonas: Writer) -> None:
    site = await sharing_site(mira)

    said = await told(site, page_of("a", mira), page_of("b", jonas), "c~nobody~")

    assert ["b/ended", "c/ended"] == [
        line.removeprefix("event: ") for line in said.splitlines() if line.startswith("event: ")
    ]


async def test_looks_are_noted_for_each_person(mira: Writer, jonas: Writer) -> None:
    site = await sharing_site(mira, jonas, labels=("Mira", "Jonas"))
    await told(site, page_of("a", mira), page_of("b", mira), page_of("c", jonas))

    found = await site.services.accounts.read(
        lambda rows: [rows.access_entries(each.space, 9) for each in (mira, jonas)]
    )
    assert [[Look.TIMELINE], [Look.TIMELINE]] == [[each.page for each in one] for one in found]


async def test_somebody_else_is_told_that_nothing_is_there(mira: Writer) -> None:
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other-session")

    said = await told(site, page_of("a", mira), cookie="other-session")

    assert said.startswith(": here\n\nevent: a/ended\n")
    assert "There is nothing to see here now" in said


async def test_a_browser_that_is_signed_out_is_refused(mira: Writer) -> None:
    site = await sharing_site(mira)

    async with site.browser("nobody") as browser:
        answer = await browser.get(PATH, params={"of": page_of("a", mira)})

    assert 401 == answer.status_code


def test_what_cannot_be_read_is_left_out() -> None:
    known = Asked("a", "s", "care/x:1")

    assert [known] == asked_pages(["a~s~care/x:1", "", "a", "A~s~", "a/b~s~", "a\n~s~"])


def test_pages_of_one_stream_are_bounded() -> None:
    most = ["a~s~"] * limits.LIVE_PAGES_MAX

    assert len(most) == len(asked_pages(most))
    with pytest.raises(LimitExceededError):
        asked_pages([*most, "a~s~"])
