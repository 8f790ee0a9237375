"""Proposals from the pages: the person's text left, the proposal right."""

import re

import httpx
import pytest

from tests.support.journey import Journey
from tests.support.shared_lanes import Writer
from tests.support.web_site import (
    START,
    THERAPIST,
    Site,
    new_site,
    timeline_path,
)
from trailmark_server.sessions import form_token
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id


def path(mira: Writer, rest: str) -> str:
    return timeline_path(mira).replace("timeline", rest)


def drawn(html: str) -> dict[str, str]:
    """Return what the form of a page would send unchanged."""
    form = html.split('<form class="card stack"', 1)[1]
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    why = re.search(r'name="why"[^>]*>([^<]*)<', form)
    chosen = re.findall(
        r'<select id="(\w+)".*?(?:value="([^"]*)" selected|</select>)', form, re.DOTALL
    )
    return found | dict(chosen) | ({"why": why[1]} if why else {})


async def proposed(site: Site, mira: Writer, about: str, **fields: str) -> httpx.Response:
    async with site.browser() as browser:
        form = (await browser.get(path(mira, f"proposals/new?{about}"))).text
        return await browser.post(path(mira, "proposals"), data={**drawn(form), **fields})


async def text_of(site: Site, address: str) -> str:
    async with site.browser() as browser:
        return (await browser.get(address)).text


async def test_change_is_proposed_beside_the_persons_words_and_taken_back(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, journey = story
    goal = text_from_id(journey.goal)
    page = path(mira, f"goals/{goal}")

    answer = await proposed(
        site,
        mira,
        f"what=goal_change&goal={goal}",
        title="Paint on Sundays",
        target_kind="at_least",
        reason="too-easy",
        reason_text="Twice is easy now.",
    )

    assert (303, f"{page}#proposals") == (answer.status_code, answer.headers["location"])
    html = await text_of(site, page)
    for words in (
        "Paint on Sundays",
        "Paint or walk, for its own sake",
        "Waiting for their answer",
        "Because it had become easy: Twice is easy now.",
    ):
        assert words in html
    withdrawal = re.search(r'action="([^"]+/withdraw)"', html)
    assert withdrawal is not None
    form = dict(
        re.findall(
            r'name="(\w+)" value="([^"]*)"', html.split(withdrawal[1], 1)[1].split("</form>")[0]
        )
    )
    async with site.browser() as browser:
        taken = await browser.post(withdrawal[1], data=form)
    assert 303 == taken.status_code
    html = await text_of(site, page)
    assert "Taken back" in html
    assert "Paint on Sundays" not in html


async def test_goal_and_steps_can_be_proposed(mira: Writer, story: tuple[Site, Journey]) -> None:
    site, journey = story
    goal = text_from_id(journey.goal)
    steps = await site.services.events.documents(mira.space, mira.lane, "step", parent=journey.goal)
    step = text_from_id(steps[0].subject)

    for about, fields in (
        ("what=goal", {"title": "Call one person"}),
        (f"what=step&goal={goal}", {"text": "Buy paper"}),
        (f"what=step_change&goal={goal}&step={step}", {"text": "Find the paints"}),
    ):
        answer = await proposed(site, mira, about, **fields)
        assert 303 == answer.status_code, answer.text

    html = await text_of(site, path(mira, f"goals/{goal}"))
    assert "Buy paper" in html
    assert "Find the paints" in html


async def test_what_is_wrong_is_said_and_the_words_are_given_back(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story

    answer = await proposed(
        site, mira, "what=goal", title="Rest", target_kind="reach_rating", target_number="many"
    )

    assert 422 == answer.status_code
    assert "a number with at most one decimal place" in answer.text
    assert 'value="Rest"' in answer.text
    assert 'value="many"' in answer.text


async def test_other_words_from_a_form_that_was_sent_come_back_as_another_one(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story
    async with site.browser() as browser:
        form = drawn((await browser.get(path(mira, "proposals/new?what=goal"))).text)
        sent = {**form, "title": "Sing", "reason": "therapist-suggestion"}
        await browser.post(path(mira, "proposals"), data=sent)
        answer = await browser.post(path(mira, "proposals"), data={**sent, "title": "Walk"})
        again = await browser.post(path(mira, "proposals"), data=drawn(answer.text))

    assert (422, 303) == (answer.status_code, again.status_code)
    assert "A proposal was sent from here already, in other words" in answer.text
    plan = await text_of(site, path(mira, "plan"))
    assert "Sing" in plan
    assert "Walk" in plan


async def test_too_many_open_proposals_are_told_calmly(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story
    for number in range(limits.OPEN_PROPOSALS_MAX):
        assert 303 == (await proposed(site, mira, "what=goal", title=f"{number}")).status_code

    answer = await proposed(site, mira, "what=goal", title="One more")

    assert 422 == answer.status_code
    assert "Take one back first; your words are here." in answer.text


@pytest.mark.parametrize("about", ["what=everything", "what=step&goal=0", "what=goal_change"])
async def test_there_is_nothing_to_propose_about_what_is_not_there(
    mira: Writer, story: tuple[Site, Journey], about: str
) -> None:
    site, _ = story
    async with site.browser() as browser:
        answer = await browser.get(path(mira, f"proposals/new?{about}"))

    assert 404 == answer.status_code


async def test_form_of_another_session_proposes_nothing(
    mira: Writer, story: tuple[Site, Journey]
) -> None:
    site, _ = story
    token = form_token("stolen")

    answer = await proposed(site, mira, "what=goal", title="Rest", form_token=token)

    assert 403 == answer.status_code


async def test_who_may_only_read_is_offered_no_form(mira: Writer) -> None:
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=("view",))
    await site.know(mira.space, "Mira")
    await site.deliver(mira)

    html = await text_of(site, path(mira, "proposals/new?what=goal"))

    assert "has not let you propose" in html
    assert "<form class=" not in html
