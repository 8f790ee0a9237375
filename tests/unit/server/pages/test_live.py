"""The stream of an open page: what it sends, when it ends, and where it resumes."""

import asyncio
import re
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import (
    OTHER,
    START,
    THERAPIST,
    Site,
    new_site,
    sharing_site,
    timeline_path,
)
from trailmark_server.members.audience import ENDED, Audience, SharingEndedError, find_audience
from trailmark_server.members.cursors import text_from_cursors
from trailmark_server.pages import live
from trailmark_server.therapists.own_account import prove
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import Lane


async def opened(site: Site, mira: Writer, seq: int = 1) -> AsyncIterator[bytes]:
    audience = await site.audience(mira)
    return stream_of(site, audience, {mira.lane: seq})


def stream_of(site: Site, audience: Audience, cursors: dict[Lane, int]) -> AsyncIterator[bytes]:
    page = live.OpenPage(site.services, site.signed_in, audience, cursors)
    return live.stream(site.services, [page])


async def next_of(stream: AsyncIterator[bytes]) -> str:
    async with asyncio.timeout(5):
        return (await anext(stream)).decode()


def test_message_with_lines_keeps_them() -> None:
    assert b"event: rows\nid: a:1\ndata: one\ndata: two\n\n" == live.sse("rows", "one\ntwo", "a:1")
    assert b"event: ended\ndata: \n\n" == live.sse("ended", "")


def test_words_with_bare_carriage_returns_begin_no_field() -> None:
    told = live.sse("rows", "a\r\revent: ended\rdata: x\r\nb")

    assert b"event: rows\ndata: a\ndata: \ndata: event: ended\ndata: data: x\ndata: b\n\n" == told


async def test_rows_come_with_the_place_to_resume_from(mira: Writer) -> None:
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)

    message = await next_of(await opened(site, mira))

    assert message.startswith(f"event: rows\nid: {text_from_cursors({mira.lane: 2})}\ndata: ")
    assert "A win" in message


async def test_ring_brings_what_was_written_meanwhile(mira: Writer) -> None:
    site = await sharing_site(mira)
    stream = await opened(site, mira)
    waiting = asyncio.ensure_future(next_of(stream))
    await asyncio.sleep(0)
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + 1000)

    await site.deliver(mira)

    assert "A win" in await waiting


async def test_revocation_ends_the_stream_and_nothing_after_it_comes(mira: Writer) -> None:
    site = await new_site()
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(mira)
    stream = await opened(site, mira)
    mira.write(mira.new_id(), WinNoted(text="unread"), at=START + 1)
    mira.write(grant, AccessRevoked(), at=START + 2)
    await site.deliver(mira)

    message = await next_of(stream)

    assert message.startswith("event: ended\n")
    assert "Sharing ended on 29 Sep 2026" in message
    assert "unread" not in message
    assert [] == [each async for each in stream]


async def test_signing_out_ends_the_stream(mira: Writer) -> None:
    site = await sharing_site(mira)
    stream = await opened(site, mira)
    await site.services.accounts.write(
        lambda rows: rows.drop_web_session(site.signed_in.session_hash)
    )

    message = await next_of(stream)

    assert message.startswith("event: ended\n")
    assert "There is nothing to see here now" in message
    assert "data-given-back" not in message


async def test_session_that_was_left_alone_ends_the_stream_and_leaves_room_for_a_draft(
    mira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    site = await sharing_site(mira)
    stream = await opened(site, mira)
    site.clock.ms += limits.WEB_SESSION_IDLE_MS - 1
    alive = await next_of(stream)
    site.clock.ms += 1

    ended = await next_of(stream)

    assert (": here\n\n", True) == (alive, ended.startswith("event: ended\n"))
    assert "data-given-back" in ended


async def test_session_under_a_fresh_token_ends_the_stream_and_leaves_room_for_a_draft(
    mira: Writer,
) -> None:
    """Who proves in another tab who they are keeps what they were typing in this one."""
    site = await sharing_site(mira)
    stream = await opened(site, mira)
    whose, now = site.signed_in, site.clock.ms
    await site.services.accounts.write(
        lambda rows: prove(rows, whose, "password", "next-token", now)
    )

    message = await next_of(stream)

    assert message.startswith("event: ended\n")
    assert "data-given-back" in message


async def test_lane_that_ends_beside_another_is_named(mira: Writer) -> None:
    site = await sharing_site(mira)
    second = Writer(1)
    second.lane = Writer(70).lane
    for _ in range(2):  # the ids that the first lane used
        second.new_id()
    grant = second.let_in(THERAPIST.id, THERAPIST.name, START)
    await site.deliver(second)
    audience = await site.audience(mira)
    stream = stream_of(site, audience, {mira.lane: 1, second.lane: 1})
    second.stop_sharing(grant, START + 1)
    await site.deliver(second)

    assert f"event: narrowed\ndata: {second.lane}\n\n" == await next_of(stream)


async def test_stopping_server_ends_the_stream_without_a_word(mira: Writer) -> None:
    site = await sharing_site(mira)
    stream = await opened(site, mira)
    site.services.stopping.set()

    assert [] == [each async for each in stream]


async def test_quiet_line_is_kept_alive(mira: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    site = await sharing_site(mira)

    assert ": here\n\n" == await next_of(await opened(site, mira))


async def test_stream_of_somebody_else_is_not_there(mira: Writer) -> None:
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other-session")

    async with site.browser("other-session") as browser:
        answer = await browser.get(timeline_path(mira).replace("timeline", "live"))

    assert 404 == answer.status_code


def test_day_of_an_end_under_the_readers_eyes_is_today() -> None:
    known = live.ended_html(SharingEndedError("Sharing ended on 1 Jan 2026"), START)
    unknown = live.ended_html(SharingEndedError(ENDED), START)
    elsewhere = live.ended_html(SharingEndedError(ENDED, ZoneInfo("Pacific/Auckland")), START)
    other = live.ended_html(RefusedError(ErrorCode.NOT_AUTHORISED, "closed"), START)

    assert "Sharing ended on 1 Jan 2026" in known
    assert "Sharing ended on 29 Sep 2026" in unknown
    assert "Sharing ended on 30 Sep 2026" in elsewhere
    assert "Sharing" not in other.replace("Sharing may have ended", "")


async def test_pages_of_two_readers_share_what_is_drawn_and_nothing_else(mira: Writer) -> None:
    site = await sharing_site(mira)
    grant = mira.let_in(OTHER.id, OTHER.name, START)
    await site.deliver(mira)
    await site.sign_in(OTHER, "other-session")
    theirs = site.signed_in_as(OTHER, "other-session")
    audience = await find_audience(site.services, theirs, mira.space)
    pages = [
        live.OpenPage(site.services, site.signed_in, await site.audience(mira), {mira.lane: 2}),
        live.OpenPage(site.services, site.signed_in, await site.audience(mira), {mira.lane: 2}),
        live.OpenPage(site.services, theirs, audience, {mira.lane: 2}),
    ]
    streams = [live.stream(site.services, [page]) for page in pages]
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + 1000)
    await site.deliver(mira)

    told = await asyncio.gather(*map(next_of, streams))

    assert all("A win" in each for each in told)
    forms = [set(re.findall(r'name="comment" value="(\w+)"', each)) for each in told]
    tokens = [set(re.findall(r'name="form_token" value="([^"]+)"', each)) for each in told]
    assert 3 == len(set[str]().union(*forms))
    assert [{site.signed_in.form_token}] * 2 + [{theirs.form_token}] == tokens

    mira.stop_sharing(grant, START + 2000)
    mira.write(mira.new_id(), WinNoted(text="Behind it"), at=START + 3000)
    await site.deliver(mira)
    mine, same, other = await asyncio.gather(*map(next_of, streams))

    assert "Behind it" in mine
    assert "Behind it" in same
    assert other.startswith("event: ended\n")
    assert "Behind it" not in other


async def test_a_reader_who_is_cut_off_lets_the_others_draw(mira: Writer) -> None:
    site = await sharing_site(mira)
    first, second = await opened(site, mira), await opened(site, mira)
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + 1000)
    await site.deliver(mira)
    tasks = [asyncio.ensure_future(next_of(each)) for each in (first, second)]
    await asyncio.sleep(0)
    tasks[0].cancel()

    assert "A win" in await tasks[1]
