"""Which function answers, and what happens to a form that was not right."""

import json
import os
import re

from tests.support.entries import body_bytes, golden_files
from tests.support.own_pages import Window
from trailmark_client.web.routes import ROUTES, route_of
from trailmark_shared.events.body import Reason
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import may_write
from trailmark_shared.ids import SELF


def test_named_parts_of_an_address_are_known() -> None:
    found = route_of("POST", "/check-in/abc")

    assert found is not None
    assert {"goal": "abc"} == found[1]


def test_addresses_are_told_apart_by_method_and_length() -> None:
    assert route_of("GET", "/check-in/abc") is None
    assert route_of("POST", "/check-in/abc/def") is None
    assert route_of("GET", "/hel") is None


def test_unknown_address_is_a_calm_page(window: Window) -> None:
    told = window.ask("GET", "/nowhere")

    assert 404 == told.status
    assert "There is no such page" in told.html


def test_every_address_leads_to_one_function() -> None:
    names = [(each.method, each.path) for each in ROUTES]

    assert len(set(names)) == len(names)


def test_form_that_was_not_right_keeps_every_word(window: Window) -> None:
    told = window.post("/challenges", text="", effect="A long walk, <slowly>")

    assert 422 == told.status
    assert "A long walk, &lt;slowly&gt;</textarea>" in told.html
    assert "Not saved yet." in told.html


def test_form_about_something_that_is_gone_is_answered_with_a_page(window: Window) -> None:
    forms = [each.path for each in ROUTES if each.method == "POST" and "{" in each.path]
    told = {
        path: window.post(re.sub(r"{\w+}", "0" * 26, path), text="my words").status
        for path in forms
    }

    assert {200, 303, 404, 422} >= set(told.values()), told


def test_words_of_a_form_about_something_that_is_gone_can_be_copied(window: Window) -> None:
    told = window.post(f"/journal/{'0' * 26}", text="My words, <all>", draft="entry-x")

    assert 404 == told.status
    assert "This is not on this device any more." in told.html
    assert '<p class="words">My words, &lt;all&gt;</p>' in told.html
    assert "entry-x" not in told.html


def test_pages_open_whatever_a_thing_begins_with(window: Window) -> None:
    """What came before may be locked on this device, erased, or not taken."""
    why = Reason(code="other")
    for path in golden_files("events"):
        body = decode_body(body_bytes(json.loads(path.read_bytes())["body"]))
        if may_write(body.type, SELF, "person") and isinstance(body.data, EventData):
            window.person.write(
                lambda c, r, told=body.data: r.record(
                    c, SELF, os.urandom(16), told, when=r.now(), reason=why
                )
            )

    lists = [each.path for each in ROUTES if each.method == "GET" and "{" not in each.path]
    assert dict.fromkeys(lists, 200) == {each: window.ask("GET", each).status for each in lists}
