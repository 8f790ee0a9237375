"""A therapist's word about a goal, sent from its page."""

import re

import httpx

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site, timeline_path
from trailmark_server.sessions import form_token
from trailmark_shared.ids import text_from_id


def path(mira: Writer, journey: Journey) -> str:
    return timeline_path(mira).replace("timeline", f"goals/{text_from_id(journey.goal)}")


def hidden(html: str, url: str) -> dict[str, str]:
    """Return the hidden fields of the form that is sent to ``url``."""
    form = html.split(f'action="{url}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def sent(site: Site, page: str, url: str, **fields: str) -> httpx.Response:
    async with site.browser() as browser:
        drawn = hidden((await browser.get(page)).text, url)
        return await browser.post(url, data={**drawn, **fields})


async def text_of(site: Site, page: str) -> str:
    async with site.browser() as browser:
        return (await browser.get(page)).text


async def test_answer_and_view_stand_beside_the_persons_word(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    page = path(mira, journey)

    agreed = await sent(
        site, page, f"{page}/agreement", answer="agree", reason_text="It is your own."
    )
    viewed = await sent(
        site, page, f"{page}/assessment", view="improving", note="You sound lighter."
    )

    assert (303, f"{page}#agreement") == (agreed.status_code, agreed.headers["location"])
    assert 303 == viewed.status_code
    html = await text_of(site, page)
    for words in ("Agrees with it as it stands", "It is your own.", "You sound lighter."):
        assert words in html


async def test_answer_must_be_one_of_them(mira: Writer, story: tuple[Site, Journey]) -> None:
    site, journey = story
    page = path(mira, journey)

    answer = await sent(site, page, f"{page}/agreement", answer="perhaps")

    assert 422 == answer.status_code
    assert "Choose one of the answers." in answer.text


async def test_form_of_another_session_says_nothing(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    page, stolen = path(mira, journey), form_token("stolen")

    for url in (f"{page}/agreement", f"{page}/assessment"):
        refused = await sent(site, page, url, answer="agree", view="", form_token=stolen)
        assert 403 == refused.status_code

    assert "Agrees with it" not in await text_of(site, page)
