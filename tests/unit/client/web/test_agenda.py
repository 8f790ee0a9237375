"""What to speak about in the next session."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.own_pages import Window
from tests.support.two_sides import TwoSides


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


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[TwoSides]:
    sides = await TwoSides(tmp_path).begin()
    yield sides
    sides.close()


async def test_who_will_see_it_is_said_before(sides: TwoSides) -> None:
    window = Window(sides.phone)
    page = window.get("/agenda")
    if "to see." in page:
        window.post("/agenda", **{"text": "Only mine", "for": "only-me"})
        assert "Only you see this" in window.get("/agenda")
    else:
        assert "Only you see this." in page
