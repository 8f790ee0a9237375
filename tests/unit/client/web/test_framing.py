"""The frame of every page: help in its place, how things are saved and sent, what was done."""

import re

import pytest

from tests.support.devices import connect_to
from tests.support.home import Home
from tests.support.own_pages import Window
from trailmark_client.web.desk import Phase
from trailmark_client.web.framing import sync_words
from trailmark_client.web.preferences import Preferences, keep_preferences

ADDRESSES = ("/", "/win", "/hard", "/help", "/begin/words", "/nowhere")


@pytest.mark.parametrize("address", ADDRESSES)
def test_help_stands_in_the_same_place_everywhere(window: Window, address: str) -> None:
    window.person.goal()
    head = window.get(address).partition("<main")[0]

    assert 'id="help-now" class="chip help" href="/help"' in head
    assert "Nobody is watching this app." in window.get(address)


def test_way_through_the_pages_is_shown_once_there_is_a_goal(window: Window) -> None:
    assert '<nav class="bar"' not in window.get("/begin")

    window.person.goal()

    assert '<nav class="bar"' in window.get("/")
    assert '<a href="/" aria-current="page">' in window.get("/")


def test_without_a_server_everything_is_saved(window: Window) -> None:
    assert "Everything is saved on this device." == sync_words(window.desk, 0)


def test_neutral_window_says_nothing_of_therapy(window: Window) -> None:
    window.person.goal()
    window.person.write(lambda conn, _: keep_preferences(conn, Preferences(is_neutral=True)))
    head = window.get("/").partition("<main")[0]

    assert "<title>Notes</title>" in head
    assert "Trailmark" not in head


def test_words_of_a_person_are_never_markup(window: Window) -> None:
    window.person.goal("<script>alert(1)</script>")

    assert "<script>alert" not in window.get("/")
    assert "&lt;script&gt;alert" in window.get("/")


@pytest.mark.parametrize("phase", ["live", "waiting", "connecting", "stopped", "shut_out"])
def test_phases_are_words(window: Window, phase: Phase) -> None:
    app = window.person.app
    connect_to(app, Home(app.identity.space))
    window.phase = phase

    assert sync_words(window.desk, 0).endswith(".")


def test_what_is_not_sent_is_counted_at_the_top_of_every_page(window: Window) -> None:
    window.person.goal()
    assert "Not sent yet" not in window.get("/")
    app = window.person.app
    connect_to(app, Home(app.identity.space))

    for address in ("/", "/help", "/journal", "/devices/join"):
        assert re.search(r"Not sent yet: \d+<", window.get(address).partition("<main")[0])


def test_a_device_that_was_emptied_says_why_until_something_is_begun(window: Window) -> None:
    window.phase = "emptied"
    assert "Another device of yours erased everything, for good." in window.get("/begin")

    window.person.goal()

    assert "erased" not in window.get("/")
