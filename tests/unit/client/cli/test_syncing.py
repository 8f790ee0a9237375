"""An exchange without a server ends with its reason; what is done beside one that stays open."""

import asyncio
from pathlib import Path

from tests.support import supporters
from tests.support.devices import CARE, connect_to
from tests.support.home import Home
from tests.support.http_home import http_home
from tests.support.person import THERAPIST, Person
from trailmark_client.app import open_async
from trailmark_client.cli.syncing import exchange, follow_imports, follow_news, keep_in_step
from trailmark_client.queries.pending import Agreed, PendingGrant, keep_pending, pending_grants
from trailmark_client.session_status import Status
from trailmark_client.storage.carrying import uncarried
from trailmark_client.storage.event_log import outbox_lanes
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF


def test_an_exchange_without_a_server_says_so(tmp_path: Path) -> None:
    person = Person(tmp_path)

    ended = exchange(person.app)
    person.app.close()

    assert (ended.code, ended.is_done) == (ErrorCode.NOT_CONNECTED, False)


async def test_what_is_here_alone_of_an_import_is_carried_beside_a_session(person: Person) -> None:
    app = person.app
    person.let_in(lane=CARE)
    person.write(lambda conn, _: conn.execute("INSERT INTO archived_lane VALUES (?)", (CARE,)))
    connect_to(app, Home(app.identity.space))

    async with open_async(app) as database:
        following = asyncio.create_task(follow_imports(app, database))
        async with asyncio.timeout(30):
            while app.read(uncarried).places:
                await asyncio.wait({following}, timeout=0.01)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    assert app.read(outbox_lanes) == [CARE, SELF]


async def test_who_confirms_is_let_in_beside_a_session(person: Person) -> None:
    """Not before everything was exchanged."""
    app, is_live = person.app, False
    waiting = PendingGrant(
        member=THERAPIST.id, name="Dr Demo", phrase="a b c d", code="0" * 64, agreed=Agreed()
    )
    person.write(lambda conn, _: keep_pending(conn, [waiting]))
    with http_home() as home:
        supporters.connect(person, home.url)
        home.on("GET", f"/api/join/status?member={THERAPIST.id}", (200, {"confirmed": True}))
        looked = asyncio.Event()

        def live() -> bool:
            looked.set()
            return is_live

        async with open_async(app) as database:
            following = asyncio.create_task(follow_news(app, database, live))
            async with asyncio.timeout(30):
                await looked.wait()
                assert [] == home.asked
                is_live = True
                while app.read(pending_grants):
                    await asyncio.wait({following}, timeout=0.01)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    assert ["self"] != app.read(outbox_lanes)


def test_staying_in_step_without_a_server_ends_at_once(tmp_path: Path) -> None:
    person = Person(tmp_path)
    told: list[Status] = []

    ended = keep_in_step(person.app, told.append)
    person.app.close()

    assert ended.code == ErrorCode.NOT_CONNECTED
    assert [each.phase for each in told] == ["connecting", "stopped"]
