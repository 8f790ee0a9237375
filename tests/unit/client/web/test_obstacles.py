"""What stands in the way of a goal, and what to do then."""

import re

from tests.support.own_pages import Window
from trailmark_client.web.obstacles import KINDS
from trailmark_shared import limits
from trailmark_shared.events.coping import BARRIER_KINDS


def test_a_barrier_its_strategy_and_what_became_of_both(window: Window) -> None:
    way = f"/goals/{window.begun()}/way"
    assert "Nothing stands here." in window.get(way)
    assert 422 == window.post(way, barrier="").status
    window.post(way, barrier="It rains", where="environment")
    (barrier,) = re.findall(r'name="resolved" value="(\w+)"', window.get(way))
    assert "Around me" in window.get(way)

    window.post(way, **{"for": barrier, "if": "It rains", "then": "Take the umbrella"})
    page = window.get(way)
    (tool,) = re.findall(r'name="used" value="(\w+)"', page)
    assert "What helps, whatever comes" not in page

    told = window.post(way, used=tool, helped="a-little")
    assert "It is good to know what helps." in window.get(told.location or "")
    assert "used 1 time" in window.get(way)

    window.post(way, resolved=barrier)
    assert "out of the way" in window.get(way)
    window.post(way, returned=barrier)
    assert f'name="resolved" value="{barrier}"' in window.get(way)


def test_a_barrier_of_too_many_words_comes_back_with_the_form(window: Window) -> None:
    way = f"/goals/{window.begun()}/way"

    told = window.post(way, barrier="x" * (limits.TEXT_CHARS_MAX + 1))

    assert 422 == told.status
    assert "Nothing stands here." in window.get(way)


def test_half_a_plan_comes_back_where_it_was_typed(window: Window) -> None:
    goal = window.begun()
    way = f"/goals/{goal}/way"
    window.post(way, barrier="It rains")
    (barrier,) = re.findall(r'name="resolved" value="(\w+)"', window.get(way))

    told = window.post(way, **{"for": barrier, "if": "Drops fall", "then": ""})
    of_goal = window.post(f"/goals/{goal}/add", **{"if": "I lie awake", "then": ""})

    assert (422, 422) == (told.status, of_goal.status)
    assert f'id="if-{barrier}" name="if" type="text" autocomplete="off" value="Drops fall"' in (
        told.html
    )
    assert f'<details id="then-{barrier}" open>' in told.html
    assert 'value="I lie awake"' in of_goal.html


def test_what_helps_whatever_comes_stands_by_itself(window: Window) -> None:
    way = f"/goals/{window.begun()}/way"
    window.post(way, then="Call Jonas")

    assert "What helps, whatever comes" in window.get(way)
    assert "Call Jonas" in window.get(way)


def test_every_kind_of_barrier_has_words() -> None:
    assert set(BARRIER_KINDS) == set(KINDS)
