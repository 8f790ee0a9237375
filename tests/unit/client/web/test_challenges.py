"""What is hard now."""

import re

from tests.support.own_pages import Window


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
