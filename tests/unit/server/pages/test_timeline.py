"""``/people/<space>/timeline``: days, rows, paging, and who gets in."""

import re

import pytest

from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, HOUR_MS, Writer
from tests.support.web_site import (
    OTHER,
    START,
    THERAPIST,
    Site,
    new_site,
    sharing_site,
    timeline_path,
)
from trailmark_server.members.timeline_pages import ROWS_MAX
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id


async def text_of(site: Site, path: str, **headers: str) -> str:
    async with site.browser() as browser:
        answer = await browser.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def searched(site: Site, path: str, **fields: str) -> str:
    """Send the form of a timeline and return the page that it leads to."""
    form = {"form_token": site.signed_in.form_token} | fields
    async with site.browser() as browser:
        answer = await browser.post(path, data=form)
        assert answer.status_code == 303, answer.text
        assert all(word not in answer.headers["Location"] for word in fields["q"].split())
        return (await browser.get(answer.headers["Location"])).text


def days_of(html: str) -> list[str]:
    return re.findall(r'<section class="day" id="day-([0-9-]+)"', html)


async def test_days_stand_newest_first_by_the_day_meant(mira: Writer) -> None:
    site = await sharing_site(mira)
    tell(mira, START)
    await site.deliver(mira)

    days = days_of(await text_of(site, timeline_path(mira)))

    assert sorted(days, reverse=True) == days
    assert "2026-11-01" in days


async def test_late_arrival_is_on_its_own_day_with_its_badge(mira: Writer) -> None:
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="later"), at=START + 5 * DAY_MS)
    mira.write(
        mira.new_id(), WinNoted(text="earlier"), at=START + DAY_MS, late_ms=3 * DAY_MS + HOUR_MS
    )
    await site.deliver(mira)

    html = await text_of(site, timeline_path(mira))

    assert ["2026-10-04", "2026-09-30", "2026-09-29"] == days_of(html)
    assert 1 == html.count("recorded 3 days before it synced")


async def test_header_says_what_is_shared_since_when_and_that_nobody_watches(
    mira: Writer,
) -> None:
    html = await text_of(await sharing_site(mira), timeline_path(mira))

    assert "Shared with you since 29 Sep 2026, until they stop sharing." in html
    assert "Not monitored between sessions" in html
    assert "parts of reflections, each chosen one by one" in html


@pytest.mark.parametrize("actions", [("view",), ("view", "comment")])
async def test_nothing_yet_is_said_of_nothing_alone(mira: Writer, actions: tuple[str, ...]) -> None:
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=actions)
    await site.deliver(mira)
    before = await text_of(site, timeline_path(mira))
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)
    after = await text_of(site, timeline_path(mira))

    assert [True, False] == ["Nothing shared yet" in page for page in (before, after)]


async def test_words_of_a_person_are_escaped(mira: Writer) -> None:
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="<script>alert(1)</script>"), at=START + DAY_MS)
    await site.deliver(mira)

    html = await text_of(site, timeline_path(mira))

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


async def test_pages_backwards_show_every_row_once(mira: Writer) -> None:
    site = await sharing_site(mira)
    count = 3 * ROWS_MAX
    for number in range(count):
        at = START + DAY_MS + number * HOUR_MS // 2
        mira.write(mira.new_id(), WinNoted(text=f"win number {number:04}"), at=at)
    await site.deliver(mira)

    path, seen, pages = timeline_path(mira), list[str](), 0
    while path:
        html = await text_of(site, path, **{"HX-Request": "true"})
        assert "<html" not in html
        seen += re.findall(r"win number ([0-9]{4})", html)
        earlier = re.search(r'<a class="button quiet" href="([^"]+)"', html)
        path = earlier[1].replace("&amp;", "&") if earlier else ""
        pages += 1

    assert [f"{number:04}" for number in range(count)] == sorted(seen)
    assert pages > 3


async def test_unlinked_and_unknown_spaces_answer_alike(mira: Writer) -> None:
    site = await sharing_site(mira)
    await site.sign_in(OTHER, "other-session")

    async with site.browser("other-session") as browser:
        unlinked = await browser.get(timeline_path(mira))
        unknown = await browser.get(f"/people/{text_from_id(bytes(16))}/timeline")
        mistyped = await browser.get("/people/nobody/timeline")

    assert [404, 404, 404] == [each.status_code for each in (unlinked, unknown, mistyped)]
    assert unlinked.text == unknown.text == mistyped.text


async def test_ended_sharing_says_when_and_shows_nothing_else(mira: Writer) -> None:
    site = await new_site()
    grant = mira.let_in(bytes([200]) * 16, "Dr Demo", START)
    mira.write(mira.new_id(), WinNoted(text="shown once"), at=START + DAY_MS)
    mira.stop_sharing(grant, START + 2 * DAY_MS)
    await site.deliver(mira)

    async with site.browser() as browser:
        answer = await browser.get(timeline_path(mira))

    assert 410 == answer.status_code
    assert "Sharing ended on 1 Oct 2026" in answer.text
    assert "shown once" not in answer.text


async def test_signed_out_browser_is_asked_to_sign_in(mira: Writer) -> None:
    site = await sharing_site(mira)

    async with site.browser("no-such-session") as browser:
        answer = await browser.get(timeline_path(mira))

    assert 401 == answer.status_code
    assert "Please sign in first" in answer.text


async def test_visit_is_logged_once_per_quarter_of_an_hour(mira: Writer) -> None:
    site = await sharing_site(mira)
    await text_of(site, timeline_path(mira))
    await text_of(site, timeline_path(mira))

    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))

    assert ["timeline"] == [each.page for each in entries]


async def test_a_filter_shows_what_fits_and_reads_on_through_history(mira: Writer) -> None:
    site = await sharing_site(mira)
    journey = tell(mira, START)
    for day in range(60):
        for number in range(6):
            at = START + (60 + day) * DAY_MS + number * HOUR_MS
            mira.write(mira.new_id(), WinNoted(text=f"win {day} {number}"), at=at)
    await site.deliver(mira)
    path, goal = timeline_path(mira), text_from_id(journey.goal)

    checked_in = await text_of(site, f"{path}?kind=check_in")
    changed = await text_of(site, f"{path}?changes=1&goal={goal}")
    said = await searched(site, path, q="stations aloud")
    nothing = await searched(site, path, q="nowhere")

    assert "checked in" in checked_in
    assert "noted a win" not in checked_in
    assert "changed the target from at least 1" in changed
    assert "checked in" not in changed
    assert "On the train I counted the stations aloud" in said
    assert "Nothing that is shared fits." in nothing


async def test_what_arrived_since_the_last_look_is_listed_with_its_day(mira: Writer) -> None:
    site = await sharing_site(mira)
    tell(mira, START)
    await site.deliver(mira)
    first = await text_of(site, timeline_path(mira))
    late = START + 20 * DAY_MS
    site.clock.ms += HOUR_MS
    mira.write(
        mira.new_id(), WinNoted(text="late"), at=late, late_ms=site.clock.ms - late + HOUR_MS
    )
    await site.deliver(mira)

    html = await text_of(site, timeline_path(mira))

    arrived = html.split('id="arrived"', 1)[1].split("</details>", 1)[0]
    assert "<li>" not in first.split('id="arrived"', 1)[1].split("</details>", 1)[0]
    assert "Arrived since you last looked: <span" in arrived
    assert "Monday 19 October 2026" in arrived
    assert "noted a win" in arrived
    assert "?day=2026-10-19#row-" in arrived


async def test_a_search_goes_on_through_its_pages_without_words_in_any_address(
    mira: Writer,
) -> None:
    site = await sharing_site(mira)
    for number in range(3 * ROWS_MAX):
        at = START + (number // 4) * DAY_MS + (number % 4) * HOUR_MS
        mira.write(mira.new_id(), WinNoted(text=f"aloud {number}"), at=at)
    await site.deliver(mira)

    html = await searched(site, timeline_path(mira), q="aloud", kind="win")
    earlier = re.findall(r'href="([^"]+)" data-hx-get', html)[0].replace("&amp;", "&")
    following = await text_of(site, earlier)

    assert "aloud" not in earlier
    assert "kind=win" in earlier
    assert 'value="aloud"' in following
    assert days_of(following)[0] < days_of(html)[-1]


async def test_a_search_of_another_session_shows_everything(mira: Writer) -> None:
    site = await sharing_site(mira)
    html = await text_of(site, f"{timeline_path(mira)}?search=AAAA")

    assert 'name="q" value=""' in html


async def test_a_filter_is_sent_by_a_form_of_this_session_alone(mira: Writer) -> None:
    site = await sharing_site(mira)
    async with site.browser() as browser:
        answer = await browser.post(timeline_path(mira), data={"q": "aloud", "form_token": "x"})

    assert 403 == answer.status_code
    assert "aloud" not in answer.text


async def test_what_happened_and_levels_of_a_goal_are_told_in_their_words(mira: Writer) -> None:
    site = await sharing_site(mira)
    goal, scale = mira.new_id(), mira.new_id()
    mira.write(goal, GoalShared(title="Ride", lifecycle="active"), at=START + DAY_MS)
    happened = OccurrenceRecorded(what="Panic attack", intensity_tenths=70, note="on the bus")
    mira.write(mira.new_id(), happened, at=START + DAY_MS)
    levels = ("not out", "to the door", "one stop", "two stops", "to town")
    mira.write(scale, ScaleSet(goal=text_from_id(goal), levels=levels), at=START + DAY_MS)
    mira.write(scale, AttainmentRated(level=1, note="with Sam"), at=START + 2 * DAY_MS)
    await site.deliver(mira)

    html = await text_of(site, timeline_path(mira))

    for words in ("noted that it happened: 7 of 10", "Panic attack: on the bus", "+1: two stops"):
        assert words in html
    assert "said how it is, from -2 to +2: +1" in html
    assert "with Sam" in html
