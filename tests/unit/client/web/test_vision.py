"""What the person wishes for, and goals that come out of it."""

import re
from collections.abc import Mapping

import pytest

from tests.support.own_pages import Window
from trailmark_client.commands.entry_sharing import share_entry
from trailmark_client.queries.documents import documents
from trailmark_shared.events.registry import Kind
from trailmark_shared.projections.fields import Facts

LEVELS = {f"level{number}": "a" for number in range(-2, 3)}


def wished(window: Window) -> None:
    told = window.post("/vision", draft="vision", feelings="Calm in the morning", overcome="")
    assert "/vision?done=kept" == told.location


def test_nothing_asks_for_more_than_one_answer(window: Window) -> None:
    assert "How would you like to feel from day to day?" in window.get("/vision")
    assert 422 == window.post("/vision", feelings="", overcome=" ").status
    wished(window)

    page = window.get("/vision")
    assert "Calm in the morning" in page
    assert 1 == page.count("Make it a goal</summary>")
    window.begun()
    assert 'href="/vision"' in window.get("/")


def test_an_answer_becomes_a_goal_in_one_step_and_the_link_is_kept(window: Window) -> None:
    wished(window)
    told = window.post("/vision/feelings", title="")

    assert told.location is not None
    goal = told.location.partition("?")[0]
    assert "Calm in the morning" in window.get(told.location)
    assert f'href="{goal}"' in window.get("/vision")
    own = window.post("/vision/feelings", title="Ten quiet minutes")
    assert "Ten quiet minutes" in window.get(own.location or "")


def test_what_is_no_answer_becomes_no_goal(window: Window) -> None:
    wished(window)

    assert 422 == window.post("/vision/overcome").status
    assert 422 == window.post("/vision/else").status


def test_an_older_window_takes_no_answer_away(window: Window) -> None:
    older = re.findall(r'name="was" value="(\w+)"', window.get("/vision"))[0]
    wished(window)

    told = window.post("/vision", feelings="", overcome="The evenings", was=older)

    assert 422 == told.status
    assert "The evenings" in told.html
    assert "Calm in the morning" in told.html
    assert "Calm in the morning" in window.get("/vision")
    now = re.findall(r'name="was" value="(\w+)"', told.html)[0]
    window.post("/vision", feelings="", overcome="The evenings", was=now)
    assert "Calm in the morning" not in window.get("/vision")


def test_an_answer_that_is_emptied_goes_and_the_others_stay(window: Window) -> None:
    window.post("/vision", feelings="Calm", relationships="Near")
    window.post("/vision", feelings="")

    page = window.get("/vision")
    assert "Near" in page
    assert "Calm" not in page


@pytest.mark.parametrize(
    ("kind", "form", "typed", "page"),
    [
        ("vision", "/vision", {"feelings": "Calm"}, "/vision"),
        ("challenge", "/challenges", {"text": "The mornings"}, "/challenges"),
        ("barrier", "/goals/{goal}/way", {"barrier": "It rains"}, "/goals/{goal}/way"),
        ("barrier", "/goals/{goal}/way", {"barrier": "It rains"}, "/goals/{goal}"),
        ("coping", "/goals/{goal}/add", {"then": "Walk"}, "/goals/{goal}/way"),
        ("coping", "/goals/{goal}/add", {"then": "Walk"}, "/goals/{goal}"),
        ("scale", "/goals/{goal}/levels", LEVELS, "/goals/{goal}/levels"),
    ],
)
def test_what_was_shared_by_itself_says_who_sees_it(
    window: Window, kind: Kind, form: str, typed: Mapping[str, str], page: str
) -> None:
    window.person.let_in()
    goal = window.begun()
    window.post(f"/goals/{goal}/share")
    window.post(form.format(goal=goal), **typed)
    before = window.get(page.format(goal=goal))
    (held,) = window.person.read(lambda conn: documents(conn, kind, Facts))
    window.person.write(lambda c, r: share_entry(c, r, kind, held.subject, r.now()))

    assert "as it was when you shared it" not in before
    assert "Visible to Dr Demo, as it was when you shared it" in window.get(page.format(goal=goal))
