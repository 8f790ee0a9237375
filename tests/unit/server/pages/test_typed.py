"""What was typed into a form that could not be taken comes back, and nothing else of it."""

from typing import cast

import msgspec
import pytest

from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, Site, new_site, timeline_path
from trailmark_server.storage.ports import EventStore

LONG = "What I typed <at length>, before the session ended"
SHOWN = "What I typed &lt;at length&gt;, before the session ended"
FORM = {"form_token": "an-earlier-one", "title": "A walk", "reason_text": LONG, "lane": "care/x"}
PATH = "/people/00000000000000000000000000/proposals"


@pytest.fixture(name="site")
async def a_site() -> Site:
    return await new_site()


async def test_words_come_back_where_the_session_is_over(site: Site) -> None:
    async with site.browser("") as browser:
        answer = await browser.post(PATH, data=FORM)

    assert 401 == answer.status_code
    assert SHOWN in answer.text
    assert ">A walk</textarea>" in answer.text
    assert "an-earlier-one" not in answer.text
    assert "care/x" not in answer.text


async def test_words_come_back_where_the_page_is_of_an_earlier_session(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.post(PATH, data=FORM)

    assert (403, True) == (answer.status_code, SHOWN in answer.text)


async def test_words_come_back_where_sharing_ended_or_never_began(site: Site) -> None:
    mira, form = Writer(1), {**FORM, "form_token": site.signed_in.form_token}
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, START)
    mira.stop_sharing(grant, START + 1)
    await site.know(mira.space, "Mira")
    await mira.deliver(site.services.events, site.clock)
    async with site.browser() as browser:
        never = await browser.post(PATH, data=form)
        ended = await browser.post(timeline_path(mira).replace("timeline", "proposals"), data=form)

    assert (404, True) == (never.status_code, SHOWN in never.text)
    assert (410, True) == (ended.status_code, SHOWN in ended.text)


async def test_words_come_back_from_what_nobody_foresaw(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = msgspec.structs.replace(site.services, events=cast("EventStore", None))
    form = {**FORM, "form_token": site.signed_in.form_token}
    async with msgspec.structs.replace(site, services=broken).browser() as browser:
        answer = await browser.post(PATH, data=form)

    assert (500, True) == (answer.status_code, SHOWN in answer.text)
    assert LONG not in capsys.readouterr().err


async def test_words_of_another_site_are_not_shown(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.post(PATH, data=FORM, headers={"Origin": "https://example.org"})

    assert (403, False) == (answer.status_code, SHOWN in answer.text)


async def test_a_page_that_was_only_asked_for_has_nothing_to_give_back(site: Site) -> None:
    async with site.browser("") as browser:
        answer = await browser.get("/people?text=words")

    assert (401, False) == (answer.status_code, "<textarea" in answer.text)


async def test_a_password_is_never_shown_again(site: Site) -> None:
    async with site.browser("") as browser:
        answer = await browser.post("/account/password", data={"password": "a long secret", **FORM})

    assert "a long secret" not in answer.text
