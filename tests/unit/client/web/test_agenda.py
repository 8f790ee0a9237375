"""What to speak about in the next session."""

import re

from tests.support.own_pages import Window
from tests.support.two_sides import TwoSides
from trailmark_client.commands.cards import log_card, place_of_card, write_card
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    ExpectationWritten,
    InterventionEnded,
    InterventionPlanned,
)
from trailmark_shared.ids import text_from_id


def test_something_is_put_there_and_spoken_about(window: Window) -> None:
    assert "Nothing yet, and that is fine." in window.get("/agenda")
    assert 422 == window.post("/agenda", text="").status
    window.post("/agenda", draft="agenda", text="The holidays")
    page = window.get("/agenda")
    assert "Only you see this" in page
    (item,) = re.findall(r'name="closed" value="(\w+)"', page)

    window.post("/agenda", closed=item)

    page = window.get("/agenda")
    assert f'value="{item}"' not in page
    assert "What you spoke about" in page


def test_ideas_come_from_own_words_and_only_by_a_tap(window: Window) -> None:
    goal = window.begun()
    window.post(f"/goals/{goal}/add", barrier="It rains")
    page = window.get("/agenda")
    (about,) = re.findall(r'name="about" value="(\w+)"', page)
    assert "stands in the way" in page
    assert 'name="closed"' not in page

    window.post("/agenda", about=about, text="The rain")

    page = window.get("/agenda")
    assert "The rain" in page
    assert f'name="about" value="{about}"' not in page
    window.post("/agenda", about="0123", text="Another")
    assert "Another" in window.get("/agenda")


async def test_who_will_see_it_is_said_before(sides: TwoSides) -> None:
    window = Window(sides.phone)
    assert "to see." in window.get("/agenda")

    window.post("/agenda", **{"text": "Only mine", "for": "only-me"})

    assert "Only you see this" in window.get("/agenda")


async def test_what_was_put_there_is_taken_back_by_whoever_put_it(sides: TwoSides) -> None:
    window = Window(sides.phone)
    sides.says(bytes([7]) * 16, AgendaItemAdded(text="Theirs"))
    await sides.meet(sides.phone)
    window.post("/agenda", text="You never listen")
    page = window.get("/agenda")
    assert "Theirs" in page
    (own,) = re.findall('action="/undo/([^"]+)"', page)

    told = window.post(f"/undo/{own}").location or ""

    assert "Others can still read its words, marked as taken back." in window.get(told)
    assert "You never listen" not in window.get("/agenda")


async def test_what_both_write_down_stands_there_and_is_answered(sides: TwoSides) -> None:
    window = Window(sides.phone)
    data = ExpectationWritten(text="We say it when something does not help")
    person = sides.phone
    written = person.write(
        lambda c, r: write_card(c, r, data, r.now(), place_of_card(c, data, r.now().day))
    )
    card = text_from_id(written.subject)
    assert data.text in window.get("/agenda")

    seen = window.post("/agenda", card=card, read=data.text, answer="agree")
    again = window.post("/agenda", card=card, read="It said this before", answer="disagree")
    unknown = window.post("/agenda", card="0123", read=data.text, answer="agree")

    assert [303, 422, 422] == [seen.status, again.status, unknown.status]
    assert "you agreed" in window.get("/agenda")
    assert ["expectation_written", "expectation_answered"] == person.types(
        written.subject, written.lane
    )


def test_what_is_on_the_plan_is_shown_until_it_is_not_tried_any_more(window: Window) -> None:
    data = InterventionPlanned(text="Say no", often="once a week")
    person = window.person
    card = person.write(lambda c, r: write_card(c, r, data, r.now())).subject
    page = window.get("/agenda")

    person.write(lambda c, r: log_card(c, r, card, InterventionEnded(), r.now()))

    assert "once a week" in page
    assert "What is tried" not in window.get("/agenda")
