"""The supporter's pages: a link that shows nothing, a session, words back, and calm refusals."""

import re
from typing import cast

import pytest
from msgspec.structs import replace

from tests.support.circles import LINK_PATH, TOKEN, World, supported
from tests.support.web_site import URL
from trailmark_server.pages import circle
from trailmark_server.storage.ports import EventStore
from trailmark_shared import limits
from trailmark_shared.events.notes import WinWithdrawn

CLOSED = "There is nothing to open here now"


@pytest.fixture
async def world() -> World:
    return await supported(name="Sam <3")


def token_of(html: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', html)
    assert found is not None
    return found[1]


async def test_a_preview_reads_nothing_and_counts_as_no_visit(world: World) -> None:
    await world.send_win("canary")
    async with world.browser() as browser:
        preview = await browser.get(LINK_PATH)
        unknown = await browser.get("/with/unknown")

    assert (200, preview.text) == (unknown.status_code, unknown.text)
    assert "canary" not in preview.text
    assert "Sam" not in preview.text
    assert TOKEN not in preview.text
    assert "strict-origin" == preview.headers["referrer-policy"]
    assert "no-store" == preview.headers["cache-control"]
    assert {} == dict(preview.cookies)
    assert [] == await world.looks()


async def test_the_button_opens_a_session_and_leaves_the_token_behind(world: World) -> None:
    await world.send_win("I said <no>")
    async with world.browser() as browser:
        opened = await browser.post(LINK_PATH)
        page = await browser.get(opened.headers["location"])

    assert (303, "/with") == (opened.status_code, opened.headers["location"])
    cookie = opened.headers["set-cookie"].lower()
    assert "trailmark-with=" in cookie
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/with" in cookie
    assert (200, "no-store") == (page.status_code, page.headers["cache-control"])
    assert "For Sam &lt;3" in page.text
    assert "I said &lt;no&gt;" in page.text
    assert TOKEN not in page.text
    assert "<script" not in page.text
    assert "not for emergencies" in page.text
    assert ["supporter"] == await world.looks()


async def test_behind_tls_the_cookie_is_bound_to_the_host(world: World) -> None:
    services = world.site.services
    secure = replace(services.settings, public_url="https://trail.example")
    services = replace(services, settings=secure)

    assert "__Host-trailmark-with" == circle.cookie_name(services)


async def test_words_go_back_once_and_the_page_says_so(world: World) -> None:
    _, event = await world.send_win("I said no")
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        page = (await browser.get("/with")).text
        form = {"form_token": token_of(page), "event": event, "text": "Bravo <you>"}
        sent = await browser.post("/with/encouragements", data=form)
        again = await browser.post("/with/encouragements", data=form)
        other = await browser.post("/with/encouragements", data={**form, "text": "More"})
        after = (await browser.get("/with")).text

    assert (303, f"/with#item-{event}") == (sent.status_code, sent.headers["location"])
    assert (303, 409) == (again.status_code, other.status_code)
    assert "your first words stand" in other.text
    assert ["Bravo <you>"] == [text for _, text in await world.said()]
    assert "Bravo &lt;you&gt;" in after
    assert "/with/encouragements" in page
    assert "/with/encouragements" not in after


async def test_too_many_words_come_back_with_what_is_wrong(world: World) -> None:
    _, event = await world.send_win("I said no")
    words = "w" * (limits.ENCOURAGEMENT_CHARS_MAX + 1)
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        token = token_of((await browser.get("/with")).text)
        form = {"form_token": token, "event": event, "text": words}
        refused = await browser.post("/with/encouragements", data=form)

    assert 422 == refused.status_code
    assert f">{words}</textarea>" in refused.text
    assert "Your words are still here" in refused.text
    assert [] == await world.said()


async def test_too_many_words_for_what_may_not_be_answered_come_back_all_the_same(
    world: World,
) -> None:
    win, answered = await world.send_win("I said no")
    words = "w" * (limits.ENCOURAGEMENT_CHARS_MAX + 1)
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        token = token_of((await browser.get("/with")).text)
        form = {"form_token": token, "event": answered}
        await browser.post("/with/encouragements", data={**form, "text": "Bravo"})
        again = await browser.post("/with/encouragements", data={**form, "text": words})
        world.mira.write(win, WinWithdrawn(shares=(answered,)), at=world.site.clock.ms)
        await world.deliver()
        gone = await browser.post("/with/encouragements", data={**form, "text": words})

    assert (409, 410) == (again.status_code, gone.status_code)
    assert "You have answered this one already" in again.text
    for answer in (again, gone):
        assert f">{words}</textarea>" in answer.text


async def test_what_was_taken_back_meanwhile_is_not_answered(world: World) -> None:
    win, event = await world.send_win("canary")
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        token = token_of((await browser.get("/with")).text)
        world.mira.write(win, WinWithdrawn(shares=(event,)), at=world.site.clock.ms)
        await world.deliver()
        form = {"form_token": token, "event": event, "text": "Bravo"}
        refused = await browser.post("/with/encouragements", data=form)
        page = (await browser.get("/with")).text

    assert 410 == refused.status_code
    assert "canary" not in page
    assert "taken back" in page


async def test_words_that_could_not_be_sent_are_given_back(world: World) -> None:
    _, event = await world.send_win("I said no")
    words = {"event": event, "text": "I am <proud> of you"}
    async with world.browser() as browser:
        ended = await browser.post("/with/encouragements", data={"form_token": "old", **words})
        await browser.post(LINK_PATH)
        stale = await browser.post("/with/encouragements", data={"form_token": "old", **words})
        token = token_of((await browser.get("/with")).text)
        form = {"form_token": token, **words}
        broken = replace(world.site.services, events=cast("EventStore", None))
        async with replace(world.site, services=broken).browser() as elsewhere:
            elsewhere.cookies = browser.cookies
            failed = await elsewhere.post("/with/encouragements", data=form)

    assert CLOSED in ended.text
    assert (500, True) == (failed.status_code, "This did not work (500)" in failed.text)
    assert "Load it again" in stale.text
    for answer in (ended, stale, failed):
        assert ">I am &lt;proud&gt; of you</textarea>" in answer.text
        assert event not in answer.text


@pytest.mark.parametrize("path", ["/with/encouragements", "/with/leave"])
async def test_forms_of_another_session_or_site_do_nothing(world: World, path: str) -> None:
    _, event = await world.send_win("I said no")
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        form = {"form_token": "é", "event": event, "text": "Bravo"}
        stale = await browser.post(path, data=form)
        form["form_token"] = token_of((await browser.get("/with")).text)
        foreign = await browser.post(path, data=form, headers={"Origin": "https://evil.example"})
        nameless = await browser.post(path, data=form, headers={"Origin": ""})
        page = await browser.get("/with")

    assert [403, 403, 403] == [each.status_code for each in (stale, foreign, nameless)]
    assert "Nothing was sent" in stale.text
    assert [] == await world.said()
    assert 200 == page.status_code


async def test_whatever_is_closed_gets_the_same_words(world: World) -> None:
    await world.send_win("canary")
    async with world.browser() as browser, world.browser() as stranger:
        await browser.post(LINK_PATH)
        without_cookie = await stranger.get("/with")
        unknown = await stranger.post("/with/unknown")
        await world.site.services.events.record_revocations(world.mira.space, [world.grant])
        revoked_page = await browser.get("/with")
        revoked_link = await browser.post(LINK_PATH)

    pages = (without_cookie, unknown, revoked_page, revoked_link)
    assert [403] * 4 == [each.status_code for each in pages]
    assert 1 == len({each.text for each in pages})
    assert CLOSED in unknown.text
    assert "canary" not in unknown.text


async def test_leaving_ends_the_link_for_every_browser(world: World) -> None:
    async with world.browser() as browser, world.browser() as other:
        await browser.post(LINK_PATH)
        await other.post(LINK_PATH)
        token = token_of((await browser.get("/with")).text)
        left = await browser.post("/with/leave", data={"form_token": token})
        goodbye = await browser.get(left.headers["location"])
        closed = [await each.get("/with") for each in (browser, other)]

    assert (303, 200) == (left.status_code, goodbye.status_code)
    assert "You have left" in goodbye.text
    assert [403, 403] == [each.status_code for each in closed]
    assert {"supporter", "supporter-left", "refused:supporter"} == set(await world.looks())


async def test_unknown_links_are_counted_by_address(world: World) -> None:
    async with world.browser() as browser:
        tries = [
            (await browser.post(f"/with/{number}")).status_code
            for number in range(limits.TRIES_BURST + 1)
        ]
        right_one = await browser.post(LINK_PATH)

    assert [403] * limits.TRIES_BURST + [429] == tries
    assert 429 == right_one.status_code
    assert "Wait a minute" in right_one.text


async def test_right_links_are_not_counted(world: World) -> None:
    async with world.browser() as browser:
        opened = [
            (await browser.post(LINK_PATH)).status_code for _ in range(limits.TRIES_BURST * 2)
        ]

    assert {303} == set(opened)


async def test_earlier_things_are_a_step_away(world: World) -> None:
    for number in range(limits.SUPPORTER_PAGE_ITEMS_MAX + 1):
        await world.send_win(f"win number {number}.")
    async with world.browser() as browser:
        await browser.post(LINK_PATH)
        first = (await browser.get("/with")).text
        second = (await browser.get("/with?page=2")).text
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', second.split("</form>")[0]))
        sent = await browser.post("/with/encouragements", data={**form, "text": "Bravo"})

    assert f"/with?page=2#item-{form['event']}" == sent.headers["location"]
    assert ("win number 0." in first, "win number 0." in second) == (False, True)
    assert 'href="/with?page=2"' in first
    assert 'href="/with?page=1"' in second


async def test_nothing_sent_yet_is_said(world: World) -> None:
    async with world.browser() as browser:
        await browser.post(LINK_PATH, headers={"Origin": URL})
        page = (await browser.get("/with")).text

    assert "Nothing has been sent yet" in page
