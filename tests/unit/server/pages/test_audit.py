"""The audit page of a goal, and its files."""

import json
import re

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site, sharing_site, timeline_path
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import text_from_id


def path(mira: Writer, goal: bytes, rest: str = "audit") -> str:
    return timeline_path(mira).replace("timeline", f"goals/{text_from_id(goal)}/{rest}")


async def text_of(site: Site, address: str) -> str:
    async with site.browser() as browser:
        answer = await browser.get(address)
    assert 200 == answer.status_code, answer.text
    return answer.text


async def test_fourteen_questions_are_answered_on_one_page(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, path(mira, journey.panic))

    assert 14 == html.split('class="card questions"')[1].split("</ol>")[0].count("<li>")
    for words in (
        "Had not seen:",
        "written while apart from another change; both are kept",
        "Could see it: Dr Demo",
        "version 3" if "version 3" in html else "version ",
        "At first: at most 3 panic attacks per week.",
        "It moved 2 times.",
        "recorded 5 hours before it synced",
    ):
        assert words in html
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert Look.AUDIT in {each.page for each in entries}


async def test_changes_can_be_narrowed(mira: Writer, story: tuple[Site, Journey]) -> None:
    site, journey = story
    address = path(mira, journey.goal)

    by_field = await text_of(site, f"{address}?field=title&since=2026-10-20&until=2026-12-01")
    nobody = await text_of(site, f"{address}?who=nobody")

    rows = re.findall(r'<tr id="change-', by_field)
    assert 1 == len(rows)
    assert "No change fits." in nobody


async def test_moments_and_days_are_compared(mira: Writer, story: tuple[Site, Journey]) -> None:
    site, journey = story
    address = path(mira, journey.goal)

    first = await text_of(site, f"{address}?moment=0")
    days = await text_of(site, f"{address}?diff_since=2026-10-01&diff_until=2026-11-30")
    same = await text_of(site, f"{address}?diff_since=2026-11-29&diff_until=2026-11-30")
    strange = await text_of(site, f"{address}?moment=x&diff_since=then&diff_until=now")

    state = first.split('class="two-states"')[1]
    assert "Do something I enjoy, for its own sake" in state.split("As it is known now")[0]
    assert "moment=1#instant" in first
    assert "From 1 Oct 2026 to 30 Nov 2026 (UTC), as known then" in days
    assert "<ins>Paint or walk, for its own sake</ins>" in days
    assert "Nothing stood otherwise." in same
    assert "as known then</strong>" not in strange


async def test_target_that_never_moved_is_told_as_such(mira: Writer) -> None:
    site = await sharing_site(mira)
    walk, sleep = mira.new_id(), mira.new_id()
    twice = parse_target("at-least 2 walks per week")
    mira.write(walk, GoalShared(title="Walk", target=twice, lifecycle="active"), at=START)
    mira.write(sleep, GoalShared(title="Sleep", lifecycle="active"), at=START)
    await site.deliver(mira)

    still = await text_of(site, path(mira, walk))
    without = await text_of(site, path(mira, sleep))

    assert "<p>At first: at least 2 walks per week. It has not moved.</p>" in still
    assert "<p>It has no target.</p>" in without


async def test_hashes_are_recomputed_and_words_compared(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    address = path(mira, journey.goal)

    checked = await text_of(site, f"{address}?check=1")
    words = re.findall(r'<p class="phrase">([^<]+)</p>', checked)[-1]
    same = await text_of(site, f"{address}?check=1&words={words}")
    mistyped = await text_of(site, f"{address}?check=1&words=hello")

    assert "entries fit: hashes, chains and signatures." in checked
    assert "The words are the same: it is the history that their device holds." in same
    assert "These are not words that a device shows" in mistyped


async def test_audit_is_taken_along_as_files(mira: Writer, story: tuple[Site, Journey]) -> None:
    site, journey = story
    async with site.browser() as browser:
        table = await browser.get(path(mira, journey.goal, "audit.csv"))
        bundle = await browser.get(path(mira, journey.goal, "audit.fhir"))

    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in table.headers["content-disposition"]
    assert table.text.startswith("day,happened,recorded")
    assert "Paint or walk, for its own sake" in table.text
    resources = [each["resource"]["resourceType"] for each in json.loads(bundle.content)["entry"]]
    assert {"Patient", "Practitioner", "Goal", "Consent", "Provenance"} == set(resources)
    entries = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert Look.EXPORT in {each.page for each in entries}
