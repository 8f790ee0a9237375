"""Keeping in step while the pages are open; real servers are in tests of the whole."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.support.devices import connect_to, new_device, same_person
from tests.support.erasures import DONE, PATH, at_home, relays, tell
from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.home import Home
from tests.support.http_home import http_home
from tests.support.own_windows import hidden, windows
from tests.support.person import Person, Result
from tests.support.server_api import ServerHome
from trailmark_client.app import App
from trailmark_client.behind_pages.in_step import AGAIN_S, InStep, finish, join, obey, tell_servers
from trailmark_client.behind_pages.news import News
from trailmark_client.erasing_everything import erase_everything
from trailmark_client.local_site.worker import Worker
from trailmark_client.transport import Transport
from trailmark_client.web_socket import open_websocket
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")


async def test_without_a_server_nothing_is_asked(tmp_path: Path) -> None:
    clock, randomness, news = FakeClock(), SeededRandomness(), News()
    far = Worker(tmp_path, clock, randomness)
    in_step = InStep(far, clock, randomness, news, open_websocket)
    running = asyncio.create_task(in_step.run())
    await far.run(lambda app: app.home)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await far.close()

    assert "alone" == in_step.phase


async def test_a_device_that_is_let_in_no_more_knows_it(tmp_path: Path) -> None:
    async def refuse(url: str, credential: str) -> Transport:
        del url, credential
        raise RefusedError(ErrorCode.NOT_SIGNED_IN, "not signed in", "after_sign_in")

    clock, randomness, news = FakeClock(), SeededRandomness(), News()
    far = Worker(tmp_path, clock, randomness)
    await far.run(lambda app: connect_to(app, Home(app.identity.space)))
    in_step = InStep(far, clock, randomness, news, refuse)
    running = asyncio.create_task(in_step.run())
    async with asyncio.timeout(30):
        heard = 0
        while in_step.phase != "shut_out":
            heard = await news.after(heard)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await far.close()

    assert "shut_out" == in_step.phase


class Noted:
    """Runs work, and notes its name."""

    def __init__(self, far: Worker) -> None:
        self.far = far
        self.done: list[str] = []

    async def run(self, work: Callable[[App], Result]) -> Result:
        result = await self.far.run(work)
        self.done.append(getattr(work, "__name__", ""))
        return result


async def test_a_device_that_was_turned_away_asks_again_later(tmp_path: Path) -> None:
    """A server may err; these pages stay open for weeks."""
    clock, randomness, news = FakeClock(), SeededRandomness(), News()
    tries: list[int] = []

    async def refuse(url: str, credential: str) -> Transport:
        del url, credential
        tries.append(clock.monotonic_ms())
        raise RefusedError(ErrorCode.SIGNED_OUT, "signed out", "after_sign_in")

    far = Noted(Worker(tmp_path, clock, randomness))
    await far.run(lambda app: connect_to(app, Home(app.identity.space)))
    in_step = InStep(far, clock, randomness, news, refuse)
    running = asyncio.create_task(in_step.run())
    async with asyncio.timeout(30):
        while len(tries) < 2 or far.done[-1] != "tell_servers":
            # Less than the time to stay away: nobody asks at every piece of news.
            if len(tries) == 1 and far.done[-1] == "tell_servers":
                clock.advance(int(AGAIN_S * 1000) - 1)
                news.ring()
            await far.far.run(lambda app: app.home)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await far.far.close()

    assert AGAIN_S * 1000 <= tries[1] - tries[0]


def test_what_is_here_alone_of_an_import_goes_to_the_other_devices(person: Person) -> None:
    """Only once everything is known: another device may carry it already."""
    person.let_in(lane=CARE)
    person.write(lambda conn, _: conn.execute("INSERT INTO archived_lane VALUES (?)", (CARE,)))
    connect_to(person.app, Home(person.app.identity.space))

    assert not finish(person.app, is_live=False)
    assert finish(person.app, is_live=True)
    assert not finish(person.app, is_live=True)


def test_a_device_that_waits_becomes_one_once_the_person_said_yes(
    tmp_path: Path, server_home: ServerHome
) -> None:
    with windows(tmp_path, server_home) as both:
        waiting = both.second.person.app
        assert not join(waiting)

        both.ask()
        assert join(waiting)
        assert waiting.identity.server is None
        both.first.post("/devices/let-in", **hidden(both.first.get("/devices/invite")))
        join(waiting)

        assert both.first.person.app.identity.space == waiting.identity.space
        assert not join(waiting)


def test_a_code_that_ran_out_is_asked_for_no_more(tmp_path: Path, server_home: ServerHome) -> None:
    with windows(tmp_path, server_home) as both:
        both.ask()
        both.home.parts.clock.advance(limits.INVITATION_TTL_MS + 1)

        assert not join(both.second.person.app)


def test_a_server_that_was_away_is_told_that_everything_was_erased(tmp_path: Path) -> None:
    with http_home() as home, new_device(tmp_path) as phone:
        at_home(phone, home)
        assert not tell_servers(phone)
        home.on("POST", PATH, (503, {"code": "storage_unavailable", "detail": "busy"}))
        erase_everything(phone)
        assert tell_servers(phone)
        relays(home)

        assert not tell_servers(phone)


def test_what_another_device_erased_goes_here_and_nothing_goes_on_a_servers_word(
    tmp_path: Path,
) -> None:
    with (
        http_home() as home,
        new_device(tmp_path / "phone") as phone,
        new_device(tmp_path / "laptop", 2) as laptop,
    ):
        at_home(phone, home)
        same_person(laptop, phone)
        at_home(laptop, home)
        holder = laptop.identity.secrets.holder
        phone.write(lambda conn: phone.key_sharing.let_in(conn, holder, "laptop"))
        tell(phone, laptop)
        home.on("GET", PATH, (200, DONE))
        assert not obey(laptop)
        assert laptop.identity.server is not None

        relays(home)
        erase_everything(phone)
        tell_servers(phone)

        assert obey(laptop)
        assert laptop.identity.server is None
