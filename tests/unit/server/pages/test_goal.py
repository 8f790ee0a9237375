"""``/people/<space>/goals/<goal>``."""

import re

import pytest

from tests.support.exports import check
from tests.support.journey import Journey
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import Site, timeline_path
from trailmark_server.members.dates import iso_day, short_day
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id
from trailmark_shared.phrases import ToldHead, head_words


def goal_path(mira: Writer, goal: bytes) -> str:
    return f"{timeline_path(mira).removesuffix('timeline')}goals/{text_from_id(goal)}"


async def text_of(site: Site, path: str) -> str:
    async with site.browser() as browser:
        answer = await browser.get(path)
    assert 200 == answer.status_code
    return answer.text


async def test_goal_shows_words_steps_target_and_history(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.goal))

    for words in (
        "Paint or walk, for its own sake",
        "I am somebody who does that again.",
        "at least 2 enjoyable activities per week",
        "Find the box with the paints",
        "Reached on 5 Oct 2026",
        "Because it had become easy. Once a week happens by itself now.",
        "recorded 3 days before it synced",
    ):
        assert words in html


async def test_what_an_open_page_asks_by_itself_does_not_prolong_a_session(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    answers: list[int] = []
    for _ in range(2):
        site.clock.ms += limits.WEB_SESSION_IDLE_MS // 2
        async with site.browser() as browser:
            answer = await browser.get(
                goal_path(mira, journey.goal), headers={"HX-Request": "true"}
            )
        answers.append(answer.status_code)

    assert [200, 401] == answers


async def test_conflict_shows_both_values_side_by_side(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.panic))

    both = re.findall(r"<li><p>([^<]+)</p>", html)
    assert {"at most 1 panic attacks per week", "at most 2 panic attacks per week"} == set(both)


@pytest.mark.parametrize("later_ms", [0, 9 * DAY_MS])
async def test_a_day_that_is_not_over_says_that_more_may_come(
    mira: Writer, story: tuple[Site, Journey], later_ms: int
) -> None:
    site, journey = story
    day = iso_day(site.clock.ms + later_ms)

    html = await text_of(site, goal_path(mira, journey.goal) + f"?as_of={day}")

    assert f"By the end of {short_day(day)} (UTC) more may reach the server" in html
    assert "As it was known at the end" not in html


async def test_past_day_shows_what_had_reached_the_server(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.goal) + "?as_of=2026-10-03")

    assert "As it was known at the end of 3 Oct 2026 (UTC)." in html
    assert "Do something I enjoy, for its own sake" in html
    assert "at least 1 enjoyable activity per week" in html
    assert "Reached on" not in html
    assert "Write a comment" not in html


async def test_day_before_the_goal_was_shared_says_so(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.goal) + "?as_of=2026-09-01")

    assert "Nothing of this goal had reached the server by the end of 1 Sep 2026." in html


async def test_day_that_is_none_shows_the_present(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.goal) + "?as_of=soon")

    assert "Write a comment" in html


async def test_goal_of_somebody_else_is_not_there(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story

    async with site.browser() as browser:
        answer = await browser.get(goal_path(mira, bytes(16)))

    assert 404 == answer.status_code


async def test_words_to_compare_are_those_of_the_lane_and_lead_to_its_file(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    proof = await site.services.events.lane_proof(mira.space, mira.lane)
    assert proof.head is not None

    html = await text_of(site, goal_path(mira, journey.goal))

    assert f"as of entry {proof.head.seq}:" in html
    assert head_words(proof.head.hash, proof.head.seq) in html
    [address] = re.findall(r'<a href="([^"]+)" download>', html)
    async with site.browser() as browser:
        answer = await browser.get(address)
    told = ToldHead(proof.head.seq, head_words(proof.head.hash, proof.head.seq))
    assert True is check(answer.content.splitlines(keepends=True), told).words_match


async def test_a_past_day_has_no_words_for_they_are_of_the_present(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story

    html = await text_of(site, goal_path(mira, journey.goal) + "?as_of=2026-10-03")

    assert "as of entry" not in html
