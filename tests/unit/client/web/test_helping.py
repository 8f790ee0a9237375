"""Help now: numbers, people and what helped, without a network."""

import pytest

from tests.support.own_pages import Window
from trailmark_client.commands.cards import write_card
from trailmark_client.web.helping import dialled
from trailmark_shared.events.joint import ContactGiven


def test_numbers_of_the_chosen_country_are_shown(window: Window) -> None:
    assert "112 in Europe" in window.get("/help")

    window.post("/help", country="GB")
    page = window.get("/help")

    assert 'href="tel:999"' in page
    assert 'href="tel:116123"' in page
    assert "samaritans.org" in page
    assert "Looked up on" in page

    window.post("/help", country="")

    assert "112 in Europe" in window.get("/help")


def test_unknown_country_changes_nothing(window: Window) -> None:
    assert 422 == window.post("/help", country="XX").status


def test_own_list_holds_what_helped_and_whom_to_call(window: Window) -> None:
    window.post("/help", coping="Walk around the block")
    window.post("/help", name="Jonas", contact="at the corner shop")
    page = window.get("/help")

    assert "Walk around the block" in page
    assert "at the corner shop" in page


def test_what_helped_most_often_comes_first(window: Window) -> None:
    for each in ("Count to ten", "Call Jonas"):
        window.post("/help", coping=each)
    page = window.get("/help")
    second = page.partition("Call Jonas")[2].partition('name="used" value="')[2][:26]
    window.post("/help", used=second, helped="yes")
    window.post("/help", used=second, helped="no")
    after = window.get("/help")

    assert page.index("Count to ten") < page.index("Call Jonas")
    assert after.index("Call Jonas") < after.index("Count to ten")


def test_nothing_typed_is_asked_for_again(window: Window) -> None:
    told = window.post("/help", name=" ", contact="0123")

    assert 422 == told.status
    assert 'value="0123"' in told.html


def test_hidden_page_says_nothing_of_therapy(window: Window) -> None:
    page = window.get("/hidden")

    assert "Trailmark" not in page
    assert "<title>Notes</title>" in page


def test_whoever_has_a_number_is_called_with_one_tap(window: Window) -> None:
    window.post("/help", name="Sam", contact="+1 (555) 01-01")
    window.post("/help", name="Jonas", contact="number 7, the shop")
    page = window.get("/help")

    assert 'href="tel:+15550101"' in page
    assert '<span class="contact">number 7, the shop</span>' in page


def test_how_a_therapist_is_reached_stands_there(window: Window) -> None:
    assert "Your therapist" not in window.get("/help")
    data = ContactGiven(name="Dr Demo", phone="030 1234", hours="8 to 20", note="Else call 112")
    window.person.write(lambda c, r: write_card(c, r, data, r.now()))

    page = window.get("/help")

    assert 'href="tel:0301234"' in page
    for words in ("Dr Demo", "8 to 20", "Else call 112", "A reply is not immediate"):
        assert words in page


@pytest.mark.parametrize(
    ("contact", "number"),
    [
        ("116 123", "116123"),
        ("0800/111 0 111", "08001110111"),
        (" +49 30 12-34 ", "+49301234"),
        ("at home", ""),
        ("sam@example.org", ""),
        ("030 12 or 13", ""),
        (None, ""),
    ],
)
def test_only_a_number_is_dialled(contact: str | None, number: str) -> None:
    assert number == dialled(contact)
