"""What is hard now."""

import re

from tests.support.own_pages import Window
from trailmark_shared import limits


def test_it_is_put_into_words_said_anew_and_a_goal_is_about_it(window: Window) -> None:
    goal = window.begun()
    assert "Nothing stands here." in window.get("/challenges")
    assert 422 == window.post("/challenges", text=" ").status
    window.post("/challenges", draft="challenge", text="The mornings", effect="I stay in bed")
    page = window.get("/challenges")
    (name,) = set(re.findall(r'action="/challenges/(\w+)"', page))
    assert "What it does to me: I stay in bed" in page

    window.post(f"/challenges/{name}", text="The mornings and the nights", effect="")
    told = window.post(f"/challenges/{name}/goal", goal=goal)

    page = window.get(told.location or "")
    assert "The mornings and the nights" in page
    assert "I stay in bed" not in page
    assert f'href="/goals/{goal}"' in page


def test_an_older_window_puts_nothing_in_the_place_of_what_it_did_not_show(
    window: Window,
) -> None:
    window.post("/challenges", text="The mornings")
    page = window.get("/challenges")
    (name,), (older,) = (
        re.findall(each, page) for each in (r'id="more-(\w+)"', r'name="was" value="(\w+)"')
    )
    window.post(f"/challenges/{name}", text="The nights", effect="", was=older)

    told = window.post(f"/challenges/{name}", text="The mornings, still", effect="", was=older)

    assert 422 == told.status
    assert "The mornings, still" in told.html
    assert f'<h2 id="c-{name}" class="words">The nights</h2>' in told.html


def test_words_that_do_not_fit_come_back_in_the_form_they_were_typed_into(window: Window) -> None:
    window.post("/challenges", text="The mornings")
    (name,) = re.findall(r'id="more-(\w+)"', window.get("/challenges"))
    typed = "x" * (limits.TEXT_CHARS_MAX + 1)

    told = window.post(f"/challenges/{name}", text=typed, effect="much")

    assert 422 == told.status
    assert 1 == told.html.count(typed)
    assert f'<textarea id="e-{name}" name="effect" rows="2">much</textarea>' in told.html
    assert '<textarea id="effect" name="effect" rows="2"></textarea>' in told.html
