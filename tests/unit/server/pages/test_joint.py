"""What both sides write down together, from the pages."""

import re

import pytest

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, Site, sharing_site, timeline_path
from trailmark_server.sessions import form_token
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.joint import AgendaItemAdded, ExpectationWritten
from trailmark_shared.ids import text_from_id


@pytest.fixture
async def site(mira: Writer) -> Site:
    site = await sharing_site(mira)
    mira.write(mira.new_id(), AgendaItemAdded(text="The way home"), at=START + DAY_MS)
    await site.deliver(mira)
    return site


def path(mira: Writer, rest: str) -> str:
    return timeline_path(mira).replace("timeline", rest)


async def text_of(site: Site, address: str) -> str:
    async with site.browser() as browser:
        return (await browser.get(address)).text


def hidden(html: str, kind: str) -> dict[str, str]:
    forms = [each.split("</form>")[0] for each in html.split("<form ")]
    form = next(each for each in forms if f'name="kind" value="{kind}"' in each)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def test_agenda_of_both_sides_stands_before_a_session_and_is_closed(
    site: Site, mira: Writer
) -> None:
    page = path(mira, "session")
    html = await text_of(site, page)
    assert "The way home" in html
    end = re.search(r'action="([^"]+/end)"', html)
    assert end is not None

    async with site.browser() as browser:
        closed = await browser.post(end[1], data=hidden(html, "agenda_item"))
        fresh = hidden((await browser.get(page)).text, "agenda_item")
        added = await browser.post(path(mira, "together"), data={**fresh, "text": "Sleep"})

    assert (303, f"{page}#agenda") == (closed.status_code, closed.headers["location"])
    assert 303 == added.status_code
    agenda = (await text_of(site, page)).split('id="agenda"')[1].split("</section>")[0]
    assert "Sleep" in agenda
    assert "The way home" not in agenda


async def test_interventions_and_reviews_stand_in_the_plan(site: Site, mira: Writer) -> None:
    page = path(mira, "plan")
    async with site.browser() as browser:
        for kind, said in (
            ("intervention", {"text": "Breathing out longer", "often": "in the evening"}),
            ("review", {"on": "2026-12-01", "text": ""}),
        ):
            form = hidden((await browser.get(page)).text, kind)
            answer = await browser.post(path(mira, "together"), data={**form, **said})
            assert (303, f"{page}#{kind}") == (answer.status_code, answer.headers["location"])

    html = await text_of(site, page)
    assert "Breathing out longer" in html
    assert "in the evening" in html
    assert "1 Dec 2026" in html


async def test_form_of_another_session_adds_nothing(site: Site, mira: Writer) -> None:
    async with site.browser() as browser:
        form = hidden((await browser.get(path(mira, "session"))).text, "agenda_item")
        stolen = {**form, "form_token": form_token("stolen"), "text": "Sleep"}
        for address in ("together", "together/0/end"):
            assert 403 == (await browser.post(path(mira, address), data=stolen)).status_code


async def test_what_a_therapist_may_not_begin_is_not_there(site: Site, mira: Writer) -> None:
    async with site.browser() as browser:
        form = hidden((await browser.get(path(mira, "session"))).text, "agenda_item")
        for address in ("together", "together/01000000000000000000000003/end"):
            answer = await browser.post(path(mira, address), data={**form, "kind": "win"})
            assert 404 == answer.status_code


async def send(site: Site, page: str, ending: str, kind: str, **said: str) -> str:
    """Send the first form of a page about an entry of a kind, and return the page anew."""
    async with site.browser() as browser:
        html = (await browser.get(page)).text
        action, form = next(
            (each[1], each[3])
            for each in re.finditer(r'action="([^"]+/([a-z]+))"(.*?)</form>', html, re.DOTALL)
            if each[2] == ending and f'name="kind" value="{kind}"' in each[3]
        )
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        answer = await browser.post(action, data=fields | said)
        assert 303 == answer.status_code, answer.text
        return (await browser.get(page)).text


async def test_what_a_therapist_began_is_worded_anew(site: Site, mira: Writer) -> None:
    page = path(mira, "plan")
    await send(site, page, "together", "intervention", text="Breathing", often="daily")

    html = await send(site, page, "reword", "intervention", text="Breathing out", often="weekly")

    assert "Breathing out" in html
    assert "daily" not in html


async def test_the_persons_own_is_answered_not_worded(site: Site, mira: Writer) -> None:
    page = path(mira, "plan")
    mira.write(mira.new_id(), ExpectationWritten(text="No homework"), at=START + 2 * DAY_MS)
    await site.deliver(mira)
    assert "/reword" not in await text_of(site, page)

    html = await send(site, page, "answer", "expectation", answer="disagree")

    assert "You do not agree" in html
    async with site.browser() as browser:
        action = re.findall(r'action="([^"]+/answer)"', html)[0]
        fields = hidden(html, "expectation")
        for said, status in (("perhaps", 422), ("disagree", 422)):
            answer = await browser.post(action, data={**fields, "answer": said})
            assert status == answer.status_code
        nothing = await browser.post(action, data={**fields, "kind": "contact", "answer": "agree"})
        assert 404 == nothing.status_code


async def test_a_review_is_told_with_what_was_decided(site: Site, mira: Writer) -> None:
    page = path(mira, "plan")
    goal = mira.new_id()
    mira.write(goal, GoalShared(title="Paint again"), at=START + 2 * DAY_MS)
    await site.deliver(mira)
    await send(site, page, "together", "review", on="2026-12-01", text="All of it")

    decided = {f"decision-{text_from_id(goal)}": "kept"}
    html = await send(
        site, page, "end", "review", text="It goes well", next="2027-02-01", **decided
    )

    assert "Paint again: kept as it is" in html
    assert "It goes well" in html
    assert "Next review on 1 Feb 2027" in html


async def test_a_contact_card_is_given_once_and_then_worded_anew(site: Site, mira: Writer) -> None:
    page = path(mira, "plan")

    given = await send(site, page, "together", "contact", name="Dr Demo", phone="0123")
    worded = await send(site, page, "reword", "contact", name="Dr Demo", phone="0456", hours="9-5")

    assert "0123" in given
    assert "Say how you can be reached" not in given
    assert ("0456" in worded, "9-5" in worded) == (True, True)


async def test_nothing_to_say_is_said(site: Site, mira: Writer) -> None:
    async with site.browser() as browser:
        form = hidden((await browser.get(path(mira, "plan"))).text, "expectation")
        answer = await browser.post(path(mira, "together"), data={**form, "text": " "})

    assert 422 == answer.status_code
    assert "Nothing was sent" in answer.text
