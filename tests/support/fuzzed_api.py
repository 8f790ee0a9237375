"""The members' API on a real socket, in a thread of its own, to be asked a great many things."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import msgspec

from tests.support.journey import tell
from tests.support.shared_lanes import Writer
from tests.support.web_site import OTHER, START, THERAPIST, URL, Site, served, sharing_site
from trailmark_server.members.comments import NewComment, add_comment
from trailmark_server.members.surroundings import new_id
from trailmark_server.sessions import form_token
from trailmark_shared.ids import text_from_id

_PATIENCE_S = 30

MEMBERS = {"linked": THERAPIST, "unlinked": OTHER}
"""Who asks while signed in: the therapist whom the person let in, and one whom she did not."""


class FuzzedApi(msgspec.Struct, frozen=True, kw_only=True):
    """A server with the journey of one person in it.

    Attributes:
        url: Where it answers.
        loop: Its loop, in another thread.
        site: Its parts.
        known: What there is, by the name of a parameter or of a field of a body.
    """

    url: str
    loop: asyncio.AbstractEventLoop
    site: Site
    known: dict[str, str]

    def sign_in(self, who: str) -> dict[str, Any]:
        """Sign somebody in, who may have signed out in the question before.

        Returns:
            What a request carries that comes from their own browser.
        """
        work = asyncio.run_coroutine_threadsafe(self.site.sign_in(MEMBERS[who], who), self.loop)
        work.result(_PATIENCE_S)
        cookie = f"{self.site.services.web.cookie_name}={who}"
        return {"headers": {"Origin": URL, "Cookie": cookie, "X-Form-Token": form_token(who)}}

    def ask_at_home(self, case: Any) -> None:  # noqa: ANN401  (generic in what a body is)
        """Make a question one about the person, the goal and the comment that there are."""
        case.path_parameters = self._at_home(case.path_parameters)
        case.query = self._at_home(case.query)
        case.body = self._at_home(case.body)

    def _at_home(self, values: Any) -> Any:  # noqa: ANN401  (whatever a generator made up)
        if not isinstance(values, dict):
            return values
        made_up = cast("dict[str, Any]", values)
        return {name: self.known.get(name, value) for name, value in made_up.items()}


async def _told() -> tuple[Site, dict[str, str]]:
    mira = Writer(1)
    journey = tell(mira, START)
    site = await sharing_site(mira)
    await site.deliver(mira)
    await site.sign_in(OTHER, "unlinked")
    known = {
        "email": OTHER.email,
        "space": text_from_id(mira.space),
        "goal": text_from_id(journey.goal),
        "lane": mira.lane,
        "about": text_from_id(journey.goal),
        "cause": text_from_id(journey.shared),
    }
    comment = NewComment(
        id=new_id(site.services),
        lane=mira.lane,
        about=known["about"],
        cause=known["cause"],
        text="Well done",
        zone="UTC",
    )
    made = await add_comment(site.services, await site.audience(mira), comment)
    return site, {**known, "comment": text_from_id(made)}


@contextmanager
def fuzzed_api() -> Generator[FuzzedApi]:
    """Serve until the block ends."""
    ready = threading.Event()
    opened: list[FuzzedApi] = []
    stop: list[asyncio.Event] = []

    async def serve() -> None:
        site, known = await _told()
        stop.append(asyncio.Event())
        async with served(site) as url:
            loop = asyncio.get_running_loop()
            opened.append(FuzzedApi(url=url, loop=loop, site=site, known=known))
            ready.set()
            await stop[0].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(_PATIENCE_S), "the server did not start"
    try:
        yield opened[0]
    finally:
        opened[0].loop.call_soon_threadsafe(stop[0].set)
        thread.join(_PATIENCE_S)
