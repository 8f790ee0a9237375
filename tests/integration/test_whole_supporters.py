"""Loved ones: from the person's command line to a browser without script, and back."""

from __future__ import annotations

import re
import shutil
import signal
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.integration.test_whole_private import PATIENCE_S
from tests.integration.test_whole_restores import kept_copy, put_back
from tests.support.browsing import browser_at
from tests.support.processes import DeviceFolder, ServerProcess
from tests.support.whole import World
from trailmark_server.stores import KEYS_FILE

CANARY = "quillomar"
SENT = "I said no, kindly"
ASKED = "Come along to the pool"
BACK = "So glad for you"
CLOSED = "There is nothing to open here now"


class Browser:
    """A supporter's browser, which runs no script.

    Attributes:
        pages: Everything that it was ever sent.
    """

    def __init__(self, server: ServerProcess) -> None:
        self._client = browser_at(server, follow=True)
        self.pages: list[httpx.Response] = []

    def close(self) -> None:
        self._client.close()

    def look(self, path: str = "/with") -> httpx.Response:
        return self._kept(self._client.get(path))

    def open(self, link: str) -> httpx.Response:
        """Press the one button that a link shows."""
        return self._kept(self._client.post(urlsplit(link).path))

    def send(self, path: str, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send a form of a page."""
        token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        return self._kept(self._client.post(path, data={"form_token": token, **fields}))

    def encourage(self, page: httpx.Response, text: str = BACK) -> httpx.Response:
        """Answer the newest thing on a page."""
        event = re.findall(r'name="event" value="([^"]+)"', page.text)[0]
        return self.send("/with/encouragements", page, event=event, text=text)

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        self.pages += [*answer.history, answer]
        return answer


@pytest.fixture
def browser(world: World) -> Generator[Browser]:
    with closing(Browser(world.server)) as made:
        yield made


def let_in(device: DeviceFolder, name: str = "Sam") -> str:
    """Let a supporter in and return their link."""
    return device.run("supporter", "add", name, "--yes", "--relation", f"{CANARY} brother")["link"]


def send_win(device: DeviceFolder, text: str = SENT, to: str = "Sam") -> str:
    """Note a win for nobody but them."""
    win = str(device.run("win", text, "--private")["id"])
    device.run("supporter", "send", to, win)
    return win


def supporter(device: DeviceFolder, name: str = "Sam") -> dict[str, Any]:
    found = device.run("supporter", "list")["supporters"]
    return next(each for each in found if each["name"] == name)


def came_back(device: DeviceFolder, name: str = "Sam") -> list[str]:
    """Return the encouragements that a device knows."""
    sent = supporter(device, name)["sent"]
    return [back["text"] for each in sent for back in each["encouragements"]]


def events(device: DeviceFolder) -> list[dict[str, Any]]:
    """Return the lines of the timeline."""
    return device.run("timeline")["events"]


def looks(device: DeviceFolder, name: str = "Sam") -> set[tuple[str, bool]]:
    """Return the pages on which the person's access log has a supporter, and whether refused."""
    entries = device.run("access", "log")["entries"]
    return {(each["page"], each["refused"]) for each in entries if each["name"] == name}


def restore(world: World, yesterday: Path) -> None:
    """Put the server's entries back as they were, with the keys that it has now."""
    world.server.stop()
    for each in world.server.data.glob(f"{KEYS_FILE}*"):
        shutil.copy2(each, yesterday / each.name)
    put_back(yesterday, world.server.data)
    world.server.start()


def test_one_thing_goes_out_and_a_few_words_come_back(world: World, browser: Browser) -> None:
    link = let_in(world.phone)
    assert "waiting" == supporter(world.phone)["link"]["state"]
    asked = world.phone.run("support", "ask", ASKED, "--who", "Sam")["id"]
    world.phone.run("supporter", "send", "Sam", asked)
    win = send_win(world.phone)
    early = browser.open(link)
    assert ["Sam"] == world.phone.run("sync")["links"]

    shown = browser.look(urlsplit(link).path)
    page = browser.open(link)
    answered = browser.encourage(page)
    again = browser.encourage(page)
    other = browser.encourage(page, "Other words")
    world.settle(world.phone, world.laptop)

    assert (403, True) == (early.status_code, CLOSED in early.text)
    assert (200, False) == (shown.status_code, SENT in shown.text)
    assert ("/with", True, True) == (page.url.path, SENT in page.text, ASKED in page.text)
    assert "no-store" in page.headers["Cache-Control"]
    assert [200, 200, 409] == [each.status_code for each in (answered, again, other)]
    assert BACK in answered.text
    for device in world.devices:
        assert [BACK] == came_back(device)
        told = {(each["by"], each["text"], each["about"]) for each in events(device)}
        assert ("Sam", BACK, SENT) in told
    assert "works" == supporter(world.laptop)["link"]["state"]
    assert {("supporter", False)} == looks(world.laptop)
    assert win == supporter(world.phone)["sent"][0]["id"]
    assert urlsplit(link).path.rpartition("/")[2] not in world.server.log_text
    world.check()


def test_nothing_else_is_on_any_page_of_theirs(world: World, browser: Browser) -> None:
    """Not what is private, not what the therapist sees, not what another supporter was sent."""
    sam, kim = let_in(world.phone), let_in(world.phone, "Kim")
    world.phone.run("reflect", f"{CANARY} thought", "--tag", CANARY)
    goal = world.phone.run("goal", "add", "Two walks", "--why", f"{CANARY} why")["id"]
    world.phone.run("goal", "share", goal)
    world.phone.run("check-in", goal, "3", "--measure", "rating", "--note", f"{CANARY} note")
    world.phone.run("step", "add", goal, f"{CANARY} step")
    world.phone.run("win", f"{CANARY} for the therapist")
    send_win(world.phone, f"{CANARY} for Kim", "Kim")
    gone = send_win(world.phone, f"{CANARY} taken back")
    thought = world.phone.run("reflect", f"It went well. {CANARY}")["id"]
    world.phone.run("supporter", "send", "Sam", goal)
    world.phone.run("supporter", "send", "Sam", thought, "--excerpt", "It went well.")
    world.phone.run("sync")
    world.phone.run("supporter", "take-back", "Sam", gone)
    world.phone.run("goal", "reword", goal, f"{CANARY} title", "--reason", "correction")
    world.settle()

    browser.look(urlsplit(sam).path)
    page = browser.open(sam)
    browser.send("/with/encouragements", page, event=gone, text="?")

    assert "Two walks" in page.text
    assert "It went well." in page.text
    assert "taken back" in page.text
    found = [each.url for each in browser.pages if CANARY in each.text or "Kim" in each.text]
    assert [] == found
    with closing(Browser(world.server)) as other:
        assert f"{CANARY} for Kim" in other.open(kim).text


def test_a_stop_closes_the_page_that_is_open(world: World, browser: Browser) -> None:
    link = let_in(world.phone)
    send_win(world.phone)
    world.phone.run("sync")
    page = browser.open(link)
    assert SENT in page.text

    world.laptop.run("sync")
    world.laptop.run("supporter", "stop", "Sam")
    world.laptop.run("sync")
    after = [browser.look(), browser.encourage(page), browser.open(link)]
    world.settle()

    assert [(403, True)] * 3 == [(each.status_code, CLOSED in each.text) for each in after]
    assert SENT not in "".join(each.text for each in after)
    for device in world.devices:
        assert [] == came_back(device)
        assert "stopped" == supporter(device)["state"]
        assert {("supporter", False), ("refused:supporter", True)} == looks(device)
    world.check()


def test_a_new_link_ends_the_one_before_and_its_browsers(world: World, browser: Browser) -> None:
    first = let_in(world.phone)
    send_win(world.phone)
    world.settle()
    browser.open(first)

    second = world.laptop.run("supporter", "link", "Sam")["link"]
    world.laptop.run("sync")
    old = [browser.look(), browser.open(first)]

    assert [403, 403] == [each.status_code for each in old]
    assert SENT in browser.open(second).text
    world.phone.run("sync")
    assert SENT in browser.look().text, "the phone told the older link again"


def test_who_leaves_is_out_and_the_person_sees_it(world: World, browser: Browser) -> None:
    link = let_in(world.phone)
    send_win(world.phone)
    world.phone.run("sync")
    page = browser.open(link)

    left = browser.send("/with/leave", page)
    world.settle()

    assert "You have left" in left.text
    assert [403, 403] == [each.status_code for each in (browser.look(), browser.open(link))]
    for device in world.devices:
        assert "left" == supporter(device)["link"]["state"]
    assert ("supporter-left", False) in looks(world.phone)


class TestRestored:
    """The server's entries of yesterday come back; the store of its keys is the present one."""

    def test_no_link_that_ended_comes_back(self, world: World, browser: Browser) -> None:
        first, kim = let_in(world.phone), let_in(world.phone, "Kim")
        send_win(world.phone)
        world.settle()
        yesterday = kept_copy(world)
        second = world.phone.run("supporter", "link", "Sam")["link"]
        world.phone.run("supporter", "stop", "Kim")
        world.phone.run("sync")

        restore(world, yesterday)
        before = [browser.open(each).status_code for each in (first, kim)]
        world.settle()

        assert [403, 403] == before
        assert [403, 403] == [browser.open(each).status_code for each in (first, kim)]
        assert SENT in browser.open(second).text

    def test_a_link_that_it_never_knew_is_told_again(self, world: World, browser: Browser) -> None:
        world.settle()
        yesterday = kept_copy(world)
        link = let_in(world.phone)
        send_win(world.phone)
        world.settle()
        assert SENT in browser.open(link).text

        restore(world, yesterday)
        assert 403 == browser.open(link).status_code
        world.settle()

        assert SENT in browser.open(link).text
        world.check()

    def test_a_second_answer_stands_beside_the_first_that_it_forgot(
        self, world: World, browser: Browser
    ) -> None:
        link = let_in(world.phone)
        send_win(world.phone)
        world.settle()
        yesterday = kept_copy(world)
        browser.encourage(browser.open(link))
        world.phone.run("sync")  # it holds the first answer; soon the server does not

        restore(world, yesterday)
        again = browser.encourage(browser.open(link), "Other words")
        world.settle(world.phone, world.laptop)

        assert 200 == again.status_code
        for device in world.devices:
            assert {BACK, "Other words"} == set(came_back(device))
            device.run("verify")
        world.check()


def test_a_session_that_stays_open_tells_of_links_too(world: World, browser: Browser) -> None:
    watching = world.phone.begin("sync", "--watch")
    try:
        link = let_in(world.phone)
        send_win(world.phone)
        deadline = time.monotonic() + PATIENCE_S
        while SENT not in (page := browser.open(link)).text and time.monotonic() < deadline:
            time.sleep(1)  # another process delivers it: nothing here could be waited for
    finally:
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=PATIENCE_S)

    assert SENT in page.text
