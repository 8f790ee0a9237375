"""Which function answers, and what happens to a form that was not right."""

from tests.support.own_pages import Window
from trailmark_client.web.routes import ROUTES, route_of


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
    told = window.post("/hard", text="", helped="A long walk, <slowly>")

    assert 422 == told.status
    assert "A long walk, &lt;slowly&gt;</textarea>" in told.html
    assert "Not saved yet." in told.html
