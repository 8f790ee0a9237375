"""Addresses of the members' web."""

import re

import pytest
from litestar import Router
from litestar.routes import HTTPRoute

from tests.support.shared_lanes import Writer
from tests.support.web_site import THERAPIST, new_site, sharing_site, timeline_path
from trailmark_server.pages.rendering import TEMPLATES
from trailmark_server.pages.routes import page_handlers
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import text_from_id

FOR_ALL = ("/sign-in", "/enter/", "/with")
"""Where addresses begin that nobody is signed in at, and a supporter's own."""


async def test_welcome_is_for_everybody() -> None:
    async with (await new_site()).browser("nobody") as browser:
        answer = await browser.get("/")

    assert 200 == answer.status_code
    assert "shared on the person&#39;s own terms" in answer.text


async def test_person_leads_to_their_timeline() -> None:
    mira = Writer(1)
    async with (await new_site()).browser() as browser:
        answer = await browser.get(timeline_path(mira).removesuffix("/timeline"))

    assert (303, timeline_path(mira)) == (answer.status_code, answer.headers["location"])


def forms() -> list[str]:
    """Return the addresses of all forms that somebody who is signed in sends."""
    routers = [each for each in page_handlers() if isinstance(each, Router)]
    routes = [each for router in routers for each in router.routes if isinstance(each, HTTPRoute)]
    posted = [each.path_format for each in routes if "POST" in each.methods]
    return sorted(each for each in posted if not each.startswith(FOR_ALL))


async def test_no_form_is_taken_that_was_drawn_for_another_session() -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    space, anything = text_from_id(mira.space), text_from_id(b"x" * 16)
    taken: dict[str, tuple[int, str]] = {}
    async with site.browser() as browser:
        for path in forms():
            url = re.sub(r"\{(\w+)\}", lambda name: space if name[1] == "space" else anything, path)
            answer = await browser.post(url, data={"form_token": "stolen"})
            if (answer.status_code, "earlier sign-in" in answer.text) != (403, True):
                taken[path] = (answer.status_code, answer.text)

    assert {} == taken
    assert {"/sign-out", "/people/{space}/comments", "/account/password"} <= set(forms())


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender"])
async def test_what_nobody_wants_to_see_yet_is_no_look(purpose: str) -> None:
    mira, asked = Writer(1), {"Sec-Purpose": purpose}
    site = await sharing_site(mira)
    async with site.browser() as browser:
        ahead = await browser.get(timeline_path(mira), headers=asked)
        by_supporter = await browser.get("/with", headers=asked)
        noted = await site.services.accounts.read(
            lambda rows: rows.last_access(mira.space, THERAPIST.id, Look.TIMELINE)
        )
        wanted = await browser.get(timeline_path(mira))

    assert [(403, ""), (403, "")] == [
        (each.status_code, each.text) for each in (ahead, by_supporter)
    ]
    assert (None, 200) == (noted, wanted.status_code)


async def test_static_files_are_kept_for_ever_and_pages_never() -> None:
    async with (await new_site()).browser() as browser:
        style = await browser.get(TEMPLATES.asset("trailmark.css"))
        people = await browser.get("/people")

    assert "text/css" in style.headers["content-type"]
    assert "immutable" in style.headers["cache-control"]
    assert "no-store" == people.headers["cache-control"]
    assert "unsafe" not in people.headers["content-security-policy"]
