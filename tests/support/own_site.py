"""The application around the person's own pages, asked over ASGI."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_client.app import is_locked
from trailmark_client.behind_pages.in_step import InStep
from trailmark_client.behind_pages.news import News
from trailmark_client.local_site.entering import Entrance
from trailmark_client.local_site.latch import Latch
from trailmark_client.local_site.locking import Locksmith
from trailmark_client.local_site.site import Parts, create_site
from trailmark_client.local_site.worker import HeldKey, Worker
from trailmark_client.lock import Cost
from trailmark_client.web_socket import open_websocket

HOST = "t-abc.localhost:8790"
CHEAP = Cost(passes=1, memory_bytes=8192)


@asynccontextmanager
async def opened(
    home: Path, clock: FakeClock | None = None
) -> AsyncGenerator[tuple[httpx.AsyncClient, Parts]]:
    """Serve the pages of a folder to a client that is not let in yet."""
    clock, randomness, news, held = clock or FakeClock(), SeededRandomness(), News(), HeldKey()
    near, far = (Worker(home, clock, randomness, held) for _ in range(2))
    latch = Latch(held, (far, near), clock, news)
    parts = Parts(
        near=near,
        far=far,
        news=news,
        in_step=InStep(far, clock, randomness, news, open_websocket),
        entrance=Entrance(randomness),
        host=HOST,
        latch=latch,
        locksmith=Locksmith(home, far, latch, randomness, CHEAP),
    )
    if not is_locked(home):
        latch.open(None)
    transport = httpx.ASGITransport(app=cast("Any", create_site(parts)))
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://{HOST}", headers={"Origin": f"http://{HOST}"}
    ) as client:
        yield client, parts
    await latch.shut()
    await near.close()
    await far.close()


async def enter(client: httpx.AsyncClient, parts: Parts) -> httpx.Response:
    """Let a client in."""
    answer = await client.get(f"/enter/{parts.entrance.new_link()}")
    client.cookies.update(answer.cookies)
    return answer
