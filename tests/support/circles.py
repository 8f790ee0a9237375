"""One person and one supporter before the members' web in memory."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import msgspec

from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import START, URL, Site, new_site
from trailmark_adapters.languages import Languages
from trailmark_server.app import create_app
from trailmark_server.members import circle
from trailmark_server.storage.accounts import AccountRows, Space
from trailmark_server.storage.ports import Window
from trailmark_server.supporters import NewLink, register_link
from trailmark_shared.codes import LINK_TOKEN_BYTES, link_token_hash, text_from_link_token
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinNoted, WinWithdrawn
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import text_from_id

SAM = bytes([210]) * 16
TOKEN = text_from_link_token(bytes([7]) * LINK_TOKEN_BYTES)
LINK_PATH = f"/with/{TOKEN}"
MINUTE_MS = 60_000


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A site, a person with a lane for Sam, and the grant.

    Attributes:
        site: The server.
        mira: The person.
        grant: Sam's grant.
    """

    site: Site
    mira: Writer
    grant: bytes

    async def send_win(self, text: str, *, late_min: int = 1) -> tuple[bytes, str]:
        """Send a win; return its subject and the id of its event as text."""
        win = self.mira.new_id()
        at = self.site.clock.ms + late_min * MINUTE_MS
        event = self.mira.write(win, WinNoted(text=text), at=at)
        await self.deliver()
        return win, text_from_id(event)

    async def deliver(self) -> None:
        """Bring what was noted to the server."""
        await self.mira.deliver(self.site.services.events, self.site.clock)

    async def register(self, token: str = TOKEN) -> None:
        """Tell the server of a link, as a device does."""
        new = NewLink(
            hash=link_token_hash(token),
            space=self.mira.space,
            lane=self.mira.lane,
            member=SAM,
            made_at=self.site.clock.ms,
            until=None,
        )

        def work(rows: AccountRows) -> None:
            rows.save_space(Space(space=self.mira.space, created_at=START))
            register_link(rows, new, self.site.clock.ms)

        await self.site.services.accounts.write(work)

    async def said(self) -> list[tuple[str, str]]:
        """Return what was sent back: who, and the words."""
        window = Window(limit=100, after=0)
        rows = await self.site.services.events.timeline(self.mira.space, self.mira.lane, window)
        bodies = [(row.actor, decode_body(row.event.body or b"").data) for row in rows]
        return [(who, data.text) for who, data in bodies if isinstance(data, EncouragementSent)]

    async def looks(self) -> list[str]:
        """Return the pages in the access log, in order."""
        entries = await self.site.services.accounts.read(
            lambda rows: rows.access_entries(self.mira.space, 100)
        )
        assert {SAM} >= {each.member for each in entries}
        return [each.page for each in reversed(entries)]

    @asynccontextmanager
    async def browser(
        self, languages: Languages | None = None
    ) -> AsyncGenerator[httpx.AsyncClient]:
        """Return a browser that was nowhere yet."""
        app = create_app(self.site.services, languages)
        transport = httpx.ASGITransport(app=cast("Any", app))
        headers = {"Accept": "text/html", "Origin": URL}
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=headers) as client:
            yield client


async def supported(
    name: str = "Sam", until: str | None = None, site: Site | None = None, number: int = 1
) -> World:
    """Return a person who let one supporter in, whose link the server knows."""
    site, mira = site or await new_site(), Writer(number)
    grant = mira.let_supporter_in(SAM, name, START, until=until)
    world = World(site=site, mira=mira, grant=grant)
    await world.deliver()
    await world.register()
    return world


async def tell(world: World) -> None:
    """Send one thing of each kind, one of which is answered and one taken back."""
    mira, at = world.mira, world.site.clock.ms
    goal, step, win, gone, excerpt = (mira.new_id() for _ in range(5))
    walk = GoalShared(
        title="Two walks a week, whatever the weather",
        why="Because I come home lighter than I left.",
        lifecycle="active",
        achievement="improving",
        is_copy=True,
    )
    mira.write(goal, walk, at=at + 1 * DAY_MS)
    added = mira.write(
        step, StepAdded(goal=text_from_id(goal), text="Call Anna and ask"), at=at + 2 * DAY_MS
    )
    mira.write(step, StepReached(), at=at + 2 * DAY_MS + 1, base=(added,))
    said = mira.write(
        win,
        WinNoted(text="I told my boss that I need the afternoon off, and I did not apologise."),
        at=at + 3 * DAY_MS,
    )
    back = mira.write(gone, WinNoted(text="Not for anybody"), at=at + 4 * DAY_MS)
    mira.write(gone, WinWithdrawn(shares=(text_from_id(back),)), at=at + 4 * DAY_MS + 1)
    words = "In the evening it was quiet in my head.\nI noticed it only afterwards."
    mira.write(excerpt, ExcerptShared(text=words, written_on="2026-10-03"), at=at + 5 * DAY_MS)
    await world.deliver()
    services = world.site.services
    visit = await circle.find_visit(services, await circle.open_link(services, TOKEN))
    text = "I remember how hard that was for you in spring. Proud of you!"
    await circle.encourage(services, visit, text_from_id(said), text)
