"""The page on which a therapist proposes a colleague to a person."""

import html

import httpx
import pytest

from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, Site, sharing_site, timeline_path
from trailmark_server.sessions import form_token


@pytest.fixture
async def site(mira: Writer) -> Site:
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other")
    return site


def path(mira: Writer) -> str:
    return timeline_path(mira).replace("timeline", "hand-over")


async def sent(site: Site, address: str, **fields: str) -> httpx.Response:
    async with site.browser() as browser:
        return await browser.post(address, data={"form_token": form_token(site.token), **fields})


async def shown(site: Site, mira: Writer) -> str:
    async with site.browser() as browser:
        return html.unescape((await browser.get(path(mira))).text)


async def test_page_says_that_the_person_decides(site: Site, mira: Writer) -> None:
    page = await shown(site, mira)

    assert "Your colleague gets nothing by this, and is not told." in page
    assert "What you can see stays as it is until the person stops it." in page
    async with site.browser() as browser:
        assert path(mira) in (await browser.get(timeline_path(mira))).text


async def test_colleague_is_proposed_and_taken_back(site: Site, mira: Writer) -> None:
    answer = await sent(site, path(mira), email=OTHER.email)

    assert (303, path(mira)) == (answer.status_code, answer.headers["location"])
    assert "You propose Dr Other" in await shown(site, mira)
    assert 303 == (await sent(site, f"{path(mira)}/withdraw")).status_code
    assert "You propose Dr Other" not in await shown(site, mira)


async def test_email_of_nobody_is_given_back(site: Site, mira: Writer) -> None:
    answer = await sent(site, path(mira), email="nobody@example.org")

    assert 422 == answer.status_code
    assert "No colleague with this email has an account here." in answer.text
    assert "nobody@example.org" in answer.text


async def test_form_of_another_session_proposes_nobody(site: Site, mira: Writer) -> None:
    answer = await sent(site, path(mira), email=OTHER.email, form_token="stolen")

    assert 403 == answer.status_code
    assert f"You propose {OTHER.name}" not in await shown(site, mira)
