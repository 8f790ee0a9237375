"""A therapist with whom sharing ended, at every door of the server: not a word comes through.

The doors are read out of the application, so that a new one is tried without being named here.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from litestar import Router
from litestar.routes import HTTPRoute

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, THERAPIST, Site, new_site
from trailmark_server.access import TherapistActor, Verb, authorize
from trailmark_server.api.members.routes import members_router
from trailmark_server.ending import end_grants
from trailmark_server.members.lane_export import export_lane
from trailmark_server.pages import live
from trailmark_server.pages.routes import page_handlers
from trailmark_server.sessions import form_token
from trailmark_shared.errors import RefusedError
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.ids import text_from_id

CANARY = "quillomar brindlewick"
LAST_DAY = "2026-09-30"
"""The day after ``START``."""
ENDS = ("event", "hello", "last-day")


class Story:
    """Mira shares a goal, a win and a part of a reflection, until she does not."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.mira = Writer(1)
        self.grant = self.mira.let_in(THERAPIST.id, THERAPIST.name, START, until=LAST_DAY)
        self.goal = self.mira.new_id()
        self.mira.write(self.goal, GoalShared(title=CANARY, lifecycle="active"), at=START + 1)
        self.mira.write(self.mira.new_id(), WinNoted(text=CANARY), at=START + 2)
        self.mira.write(self.mira.new_id(), ExcerptShared(text=CANARY), at=START + 3)

    async def end(self, how: str) -> None:
        """Let sharing end: by the record, by the first word of a device, or by its last day."""
        services = self.site.services
        match how:
            case "event":
                self.mira.stop_sharing(self.grant, START + 10)
                await self.site.deliver(self.mira)
            case "hello":
                await services.events.record_revocations(self.mira.space, [self.grant])
                services.bell.ring_access(self.mira.space)
            case _:
                self.site.clock.ms = START + 4 * DAY_MS
                await self.site.sign_in()
                await end_grants(services)

    async def write_afterwards(self) -> None:
        """Write on, as a device does that has not sent its revocation yet."""
        self.mira.write(self.mira.new_id(), WinNoted(text=f"{CANARY} afterwards"), at=START + 20)
        await self.site.deliver(self.mira)

    async def answers(self) -> dict[str, tuple[int, str]]:
        """Return what every door that leads to Mira answers to a read."""
        names = {"space": text_from_id(self.mira.space), "goal": text_from_id(self.goal)}
        found: dict[str, tuple[int, str]] = {}
        async with self.site.browser() as browser:
            browser.headers["X-Form-Token"] = form_token(self.site.token)
            for path in doors():
                asked = {"lane": self.mira.lane} if path.endswith("/export") else None
                url = path.format(**names)
                answer = await browser.get(url, params=asked, follow_redirects=True)
                found[path] = (answer.status_code, answer.text)
        return found

    def stream(self) -> AsyncIterator[bytes]:
        """Return what an open page is sent."""

        async def begin() -> AsyncIterator[bytes]:
            audience = await self.site.audience(self.mira)
            services, cursors = self.site.services, {self.mira.lane: 4}
            page = live.OpenPage(services, self.site.signed_in, audience, cursors)
            async for message in live.stream(services, [page]):
                yield message

        return begin()

    async def export(self) -> bytes:
        now = self.site.services.now()
        actor = TherapistActor(member=THERAPIST.id, session=None)
        right = authorize(actor, Verb.EXPORT, self.mira.space, self.mira.lane, now)
        pieces = await export_lane(self.site.services, self.mira.space, self.mira.lane, right)
        return b"".join([piece async for piece in pieces])


def doors() -> list[str]:
    """Return the paths under which somebody's lanes can be read, streams excepted."""
    routers = [each for each in page_handlers() if isinstance(each, Router)]
    found = [
        route.path_format
        for router in (*routers, members_router())
        for route in router.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods
    ]
    return sorted(each for each in found if "{space}" in each and not each.endswith("/live"))


@pytest.fixture
async def story() -> Story:
    site = await new_site()
    story = Story(site)
    await site.know(story.mira.space, "Mira (Tuesdays)")
    await site.deliver(story.mira)
    return story


async def test_the_doors_lead_somewhere_while_sharing_goes_on(story: Story) -> None:
    answers = await story.answers()

    assert {200} == {status for status, _ in answers.values()}
    assert 5 <= sum(CANARY in text for _, text in answers.values())
    assert CANARY.encode() in await story.export()


@pytest.mark.parametrize("how", ENDS)
async def test_at_no_door_a_word_comes_through_afterwards(story: Story, how: str) -> None:
    await story.end(how)

    answers = await story.answers()

    assert {} == {path: text for path, (_, text) in answers.items() if CANARY in text}
    api = {status for path, (status, _) in answers.items() if path.startswith("/api/")}
    assert api <= {403, 404, 410}
    with pytest.raises(RefusedError):
        await story.export()


@pytest.mark.parametrize("how", ENDS)
async def test_an_open_page_is_closed_by_the_same_ring(story: Story, how: str) -> None:
    stream = story.stream()
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)

    await story.end(how)

    async with asyncio.timeout(live.HEARTBEAT_SECONDS / 2):
        message = (await waiting).decode()
    assert message.startswith("event: ended\n")
    assert CANARY not in message
    assert [] == [each async for each in stream]


async def test_what_commits_behind_the_first_word_of_a_device_is_not_seen(story: Story) -> None:
    """The record of the revocation stands behind a backlog; the list counts from the first word."""
    stream = story.stream()
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await story.end("hello")
    await story.write_afterwards()

    message = (await waiting).decode()
    answers = await story.answers()

    assert "afterwards" not in message
    assert {} == {path: text for path, (_, text) in answers.items() if "afterwards" in text}
