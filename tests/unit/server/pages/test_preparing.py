"""The page before a session."""

import re

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import Site, sharing_site, timeline_path
from trailmark_server.sessions import form_token
from trailmark_shared.domain.looks import Look


def path(mira: Writer) -> str:
    return timeline_path(mira).replace("timeline", "session")


async def test_one_screen_holds_goals_changes_words_and_charts(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story

    async with site.browser() as browser:
        html = (await browser.get(path(mira))).text

    for words in (
        "Paint or walk, for its own sake",
        "Fewer panic attacks on the train",
        "Wins and hard moments",
        "Painted for an hour and forgot to look at the phone.",
        "What helped: Slept, and wrote to Noor the next day.",
        "On the train I counted the stations aloud, very quietly.",
        "Not monitored between sessions.",
        "1 more goal" if "1 more goal" in html else "One more goal rests or is done.",
    ):
        assert words in html
    assert 2 == html.count('<svg class="chart-plot"')
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert Look.SESSION in {each.page for each in entries}


async def test_nothing_new_says_nothing_about_the_person(mira: Writer) -> None:
    site = await sharing_site(mira)

    async with site.browser() as browser:
        html = (await browser.get(path(mira))).text

    assert "No goal is being worked on here." in html
    assert "Nothing new was shared, and that is fine." in html
    assert re.search(r"New since [^<]+ \(UTC\)\.", html)


async def test_session_is_noted_and_orders_the_list(mira: Writer) -> None:
    other = Writer(40)
    site = await sharing_site(other, mira, labels=("Other", "Mira"))
    token = {"form_token": form_token(site.token), "zone": "Europe/Berlin"}
    said = {"at": "2026-10-06T18:00", "every_weeks": "1"}

    async with site.browser() as browser:
        noted = await browser.post(path(mira), data={**token, **said})
        refused = await browser.post(path(mira), data={**token, "every_weeks": "x"})
        page = (await browser.get(path(mira))).text
        people = (await browser.get("/people")).text

    assert (303, path(mira)) == (noted.status_code, noted.headers["location"])
    assert 422 == refused.status_code
    assert 'value="2026-10-06T18:00"' in page
    assert people.index("Mira") < people.index("Other")
    assert re.search("Next session: 6 Oct 2026, 18:00", people)


async def test_without_script_the_hour_is_that_of_the_zone_noted_before_else_the_persons() -> None:
    """A browser that runs no script sends the form as it was drawn."""
    aroha = Writer(1, zone="Pacific/Auckland")
    site = await sharing_site(aroha)
    said = {"form_token": form_token(site.token), "at": "2026-10-06T18:00", "every_weeks": "1"}

    async with site.browser() as browser:
        first = (await browser.get(path(aroha))).text
        await browser.post(path(aroha), data={**said, "zone": "Europe/Berlin"})
        then = (await browser.get(path(aroha))).text

    assert 'name="zone" value="Pacific/Auckland"' in first
    assert 'name="zone" value="Europe/Berlin"' in then
