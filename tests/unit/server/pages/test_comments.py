"""The therapist's first write: who may send it, what comes of it, and that it is never doubled."""

import re
from html import unescape

import httpx
import pytest

from tests.support.journey import tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import (
    OTHER,
    START,
    THERAPIST,
    URL,
    Site,
    new_site,
    sharing_site,
    timeline_path,
)
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.storage.ports import Window
from trailmark_shared import limits
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry


@pytest.fixture
async def site(mira: Writer) -> Site:
    site = await sharing_site(mira)
    mira.write(mira.new_id(), WinNoted(text="A win"), at=START + DAY_MS)
    await site.deliver(mira)
    return site


async def form_of(site: Site, path: str) -> dict[str, str]:
    """Return the fields of the first comment form of a page."""
    async with site.browser() as browser:
        return fields_in((await browser.get(path)).text)


def fields_in(html: str) -> dict[str, str]:
    form = html[html.index("/comments") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)[:6])


async def send(site: Site, mira: Writer, fields: dict[str, str], **headers: str) -> httpx.Response:
    path = timeline_path(mira).replace("timeline", "comments")
    async with site.browser() as browser:
        return await browser.post(path, data=fields, headers=headers)


async def comments(site: Site, mira: Writer) -> list[Entry]:
    rows = await site.services.events.timeline(mira.space, mira.lane, Window(limit=100))
    return [
        each
        for each in entries_from_rows(rows)
        if isinstance(each.body.data, CommentAdded) and each.actor != "person"
    ]


async def test_comment_is_appended_for_the_therapist(site: Site, mira: Writer) -> None:
    fields = await form_of(site, timeline_path(mira))

    answer = await send(site, mira, {**fields, "text": "Well\r\ndone"})

    (entry,) = await comments(site, mira)
    assert 303 == answer.status_code
    assert f"{timeline_path(mira)}#row-{fields['cause']}" == answer.headers["location"]
    assert f"member/{text_from_id(THERAPIST.id)}" == entry.actor
    assert CommentAdded(text="Well\ndone", about=fields["about"]) == entry.body.data
    assert ("Europe/Berlin", fields["cause"]) == (
        entry.body.zone,
        text_from_id(entry.body.cause or b""),
    )
    assert entry.body.subject != entry.id


async def test_comment_on_a_goal_belongs_to_it_and_leads_back_to_it(mira: Writer) -> None:
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    goal = f"{timeline_path(mira).removesuffix('timeline')}goals/{text_from_id(journey.goal)}"
    fields = await form_of(site, goal)

    answer = await send(site, mira, {**fields, "text": "I read it"})

    (entry,) = await comments(site, mira)
    assert f"{goal}#said" == answer.headers["location"]
    assert isinstance(entry.body.data, CommentAdded)
    assert text_from_id(journey.goal) == entry.body.data.goal
    assert journey.shared == entry.body.cause


async def test_comment_on_a_check_in_belongs_to_the_goal_of_the_check_in(mira: Writer) -> None:
    site = await sharing_site(mira)
    journey = tell(mira, START)
    await site.deliver(mira)
    fields = await form_of(site, timeline_path(mira))

    await send(site, mira, {**fields, "text": "I read it"})

    (entry,) = await comments(site, mira)
    assert isinstance(entry.body.data, CommentAdded)
    assert text_from_id(journey.panic) == entry.body.data.goal


async def test_form_sent_twice_writes_once(site: Site, mira: Writer) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "Once"}

    await send(site, mira, fields)
    await send(site, mira, fields)

    assert 1 == len(await comments(site, mira))


async def test_other_words_of_a_form_that_was_sent_are_given_back_and_are_another_comment(
    site: Site, mira: Writer
) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "Once"}
    await send(site, mira, fields)

    short = await send(site, mira, {**fields, "text": "Better"}, **{"HX-Request": "true"})
    page = await send(site, mira, {**fields, "text": "Better"})
    assert (422, 422) == (short.status_code, page.status_code)
    assert short.headers["trailmark-form"] not in {fields["comment"], ""}
    assert "Better" in page.text
    assert short.text in unescape(page.text)
    assert 1 == len(await comments(site, mira))

    again = {**fields_in(page.text), "text": "Better"}
    await send(site, mira, again)

    assert 2 == len(await comments(site, mira))


async def test_htmx_gets_the_id_of_the_next_comment(site: Site, mira: Writer) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "One"}

    answer = await send(site, mira, fields, **{"HX-Request": "true"})
    await send(site, mira, {**fields, "comment": answer.text, "text": "Two"})

    assert 201 == answer.status_code
    assert {"One", "Two"} == {
        each.body.data.text
        for each in await comments(site, mira)
        if isinstance(each.body.data, CommentAdded)
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", "There is nothing to send yet."),
        ("x" * (limits.TEXT_CHARS_MAX + 1), "at most 10000 characters; this one has 10001"),
    ],
)
async def test_words_that_cannot_be_sent_are_given_back(
    site: Site, mira: Writer, text: str, words: str
) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": text}

    page = await send(site, mira, fields)
    short = await send(site, mira, fields, **{"HX-Request": "true"})

    assert (422, 422) == (page.status_code, short.status_code)
    assert words in page.text
    assert text.strip() in page.text
    assert words in short.text
    assert [] == await comments(site, mira)


@pytest.mark.parametrize("is_htmx", [False, True])
async def test_form_of_another_session_writes_nothing(
    site: Site, mira: Writer, *, is_htmx: bool
) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "a", "form_token": "stolen"}

    answer = await send(site, mira, fields, **({"HX-Request": "true"} if is_htmx else {}))

    assert 403 == answer.status_code
    assert "drawn for an earlier sign-in" in answer.text
    assert [] == await comments(site, mira)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", URL + "0"])
async def test_form_of_another_origin_writes_nothing(site: Site, mira: Writer, origin: str) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "a"}

    answer = await send(site, mira, fields, Origin=origin)

    assert answer.status_code in {403, 404}
    assert [] == await comments(site, mira)


@pytest.mark.parametrize("field", ["lane", "about", "cause", "comment"])
async def test_what_is_not_there_cannot_be_answered(site: Site, mira: Writer, field: str) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "a"}

    answers = [
        await send(site, mira, {**fields, field: value})
        for value in ("", "self", text_from_id(bytes(15) + b"\7"))
    ]

    expected = {404} if field != "comment" else {404, 303}
    assert {each.status_code for each in answers} <= expected


async def test_therapist_without_a_grant_writes_nothing(site: Site, mira: Writer) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "a"}
    await site.sign_in(OTHER, "other-session")
    path = timeline_path(mira).replace("timeline", "comments")

    async with site.browser("other-session") as browser:
        own = re.search(r'form_token" value="([^"]+)', (await browser.get("/people")).text)
        assert own is not None
        answer = await browser.post(path, data={**fields, "form_token": own[1]})

    assert 404 == answer.status_code
    assert [] == await comments(site, mira)


@pytest.mark.parametrize("actions", [("view",), ("view", "propose")])
async def test_who_may_only_read_gets_no_form_and_writes_nothing(
    mira: Writer, actions: tuple[str, ...]
) -> None:
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, actions=actions)
    win, goal = mira.new_id(), mira.new_id()
    event = mira.write(win, WinNoted(text="A win"), at=START + DAY_MS)
    mira.write(goal, GoalShared(title="Walk"), at=START + DAY_MS)
    await site.deliver(mira)
    paths = (timeline_path(mira), timeline_path(mira).replace("timeline", goals_of(goal)))
    async with site.browser() as browser:
        pages = [(await browser.get(path)).text for path in paths]
    forged = {
        "form_token": site.signed_in.form_token,
        "comment": text_from_id(mira.new_id()),
        "lane": mira.lane,
        "about": text_from_id(win),
        "cause": text_from_id(event),
        "text": "a",
    }

    answer = await send(site, mira, forged)

    assert ["A win" in pages[0], "Walk" in pages[1]] == [True, True]
    assert [0, 0] == [page.count("<textarea") for page in pages]
    assert 404 == answer.status_code
    assert [] == await comments(site, mira)


def goals_of(goal: bytes) -> str:
    return f"goals/{text_from_id(goal)}"


async def test_comment_rings_for_the_persons_devices(site: Site, mira: Writer) -> None:
    fields = {**await form_of(site, timeline_path(mira)), "text": "a"}

    with site.services.bell.subscribe([mira.space]) as subscription:
        await send(site, mira, fields)
        wake = subscription.take()

    assert (mira.space, mira.lane) in wake.lanes


async def test_new_site_has_no_comments() -> None:
    site = await new_site()

    assert [] == await site.services.events.grants_of_member(THERAPIST.id)
