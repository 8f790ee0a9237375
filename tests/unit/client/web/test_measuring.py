"""Questionnaires, what happened, five levels."""

import re

import pytest

from tests.support.own_pages import Window
from trailmark_client.web.measuring import LEVELS
from trailmark_shared.domain.attainment import LEVEL_MAX, LEVEL_MIN
from trailmark_shared.domain.shipped_instruments import SHIPPED


def test_something_that_happened_takes_two_taps_the_next_time(window: Window) -> None:
    told = window.post("/measures/happened", what="Panic", strength="7", when="yesterday 18:30")
    assert told.location is not None
    assert "once so far" in window.get("/measures")
    assert "7 of 10" in window.get("/measures")

    again = window.post("/measures/happened", what="panic")
    assert "2 times so far" in window.get("/measures")
    page = window.get(again.location or "")
    undo = re.findall(r'action="(/undo/\w+)"', page)
    window.post(undo[0])
    assert "once so far" in window.get("/measures")


def test_what_only_begins_like_it_is_another_thing(window: Window) -> None:
    window.post("/measures/happened", what="Panic attack")
    window.post("/measures/happened", what="Panic")

    assert 2 == window.get("/measures").count("once so far")


@pytest.mark.parametrize("wrong", [{"what": ""}, {"what": "Panic", "strength": "11"}])
def test_what_cannot_be_noted_is_said(window: Window, wrong: dict[str, str]) -> None:
    told = window.post("/measures/happened", **wrong)

    assert 422 == told.status
    assert "Not saved yet." in told.html


def test_a_questionnaire_reads_as_it_was_published_and_adds_up(window: Window) -> None:
    form = window.get("/measures/gad-7")
    shipped = SHIPPED["gad-7"]
    for item in shipped.items[:3]:
        assert item.words in form.replace("&#39;", "'")
    assert shipped.notice in form.replace("&#39;", "'")
    answers = {f"item-{n}": "1" for n, _ in enumerate(shipped.items)}

    told = window.post("/measures/gad-7", **answers)

    assert "/measures?done=kept" == told.location
    assert "<td>7</td>" in window.get("/measures")


def test_an_answer_that_calls_for_it_leads_to_help(window: Window) -> None:
    answers = {f"item-{n}": "0" for n in range(8)} | {"item-8": "1"}
    told = window.post("/measures/phq-9", **answers)

    page = window.get(told.location or "")
    assert "Nobody is watching this app." in page
    assert "heavy to carry alone" in page


def test_answers_that_are_none_are_named(window: Window) -> None:
    assert 422 == window.post("/measures/phq-9", item_0="many").status
    assert 422 == window.post("/measures/phq-9", item_0="").status
    assert 422 == window.post("/measures/phq-9", item_0="9").status
    assert 404 == window.ask("GET", "/measures/none").status


def test_answers_may_be_left_out(window: Window) -> None:
    window.post("/measures/phq-9", item_0="2", item_1="")

    assert "answers left out" in window.get("/measures")


def test_an_older_window_puts_no_levels_in_the_place_of_those_it_did_not_show(
    window: Window,
) -> None:
    path = f"/goals/{window.begun()}/levels"
    (older,) = re.findall(r'name="was" value="(\w+)"', window.get(path))
    levels = {f"level{number}": f"Level {number}" for number in range(-2, 3)}
    window.post(path, was=older, **levels)

    told = window.post(path, was=older, **(levels | {"level2": "Far more"}))

    assert 422 == told.status
    assert "Far more" in told.html
    assert "Far more" not in window.get(path)


def test_five_levels_in_own_words_and_where_it_stands(window: Window) -> None:
    path = f"/goals/{window.begun()}/levels"
    assert "Write the levels down" in window.get(path)
    words = {f"level{n}": f"rung {n}" for n in LEVELS}
    assert 422 == window.post(path, **(words | {"level0": ""})).status
    window.post(path, **words)
    window.post(path, level="-1")
    window.post(path, level="1")

    page = window.get(path)
    assert 'value="1" aria-pressed="true"' in page
    assert "60.0" in window.get("/measures")
    assert 422 == window.post(path, level="3").status
    window.post(path, **(words | {"level0": "another rung"}))
    assert "another rung" in window.get(path)


def test_every_level_has_words() -> None:
    assert list(range(LEVEL_MIN, LEVEL_MAX + 1)) == sorted(LEVELS)


@pytest.mark.parametrize("typed", ["\u00b2", "1" * 5000, "-1"])
def test_an_answer_that_is_not_of_the_list_is_said(window: Window, typed: str) -> None:
    told = window.post("/measures/gad-7", **{f"item-{n}": typed for n in range(7)})

    assert 422 == told.status
    assert "Please choose one of the list" in told.html
