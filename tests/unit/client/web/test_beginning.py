"""The first two minutes: one sentence and a few taps to a goal with target, start and step."""

import pytest

from tests.support.own_pages import Window
from trailmark_client.queries.goals import GoalView, list_goals, show_goal
from trailmark_client.storage.drafts import draft
from trailmark_shared.ids import id_from_text


def begin(window: Window, measure: str, target: str, start: str, **step: str) -> None:
    window.post("/begin/words", title="Feel better")
    window.post("/begin/notice", own_title="", measure=measure)
    if measure != "done":
        window.post("/begin/target", target=target)
    window.post("/begin/start", start=start)
    window.post("/begin/step", **step)


def only_goal(window: Window) -> GoalView:
    day = window.desk.today
    (line,) = window.person.read(lambda conn: list_goals(conn, day))
    return window.person.read(lambda conn: show_goal(conn, id_from_text(line.id), day))


@pytest.mark.parametrize(
    ("measure", "target", "wanted"),
    [
        ("count", "2", "at-least 2 per week"),
        ("rating", "7", "reach 7"),
        ("done", "", "done"),
    ],
)
def test_five_answers_are_a_goal(window: Window, measure: str, target: str, wanted: str) -> None:
    begin(window, measure, target, "3", step="tell-somebody", own_step="", day="tomorrow")
    view = only_goal(window)

    assert ("Feel better", "active", wanted) == (
        view.goal.title,
        view.goal.status,
        view.goal.target,
    )
    assert 3 == view.baseline
    assert [("Tell one person about it", "2025-10-10")] == [(s.text, s.due) for s in view.steps]
    assert [] == view.goal.seen_by


def test_own_words_for_the_step_come_before_the_offered_ones(window: Window) -> None:
    begin(window, "done", "", "3", step="look", own_step="Buy a map", day="none")

    assert [("Buy a map", None)] == [(each.text, each.due) for each in only_goal(window).steps]


def test_clearer_words_are_offered_and_may_be_taken(window: Window) -> None:
    window.post("/begin/words", title="Feel better")
    page = window.get("/begin/notice")
    rewrite = "Do something I enjoy at least twice a week"
    window.post("/begin/notice", own_title=rewrite, measure="done")
    window.post("/begin/start", start="1")
    window.post("/begin/step", step="look", own_step="", day="none")

    assert rewrite in page
    assert rewrite == only_goal(window).goal.title


def test_answers_survive_whatever_closes_the_window(window: Window) -> None:
    window.post("/drafts/begin-words", title="Half a sen")

    assert "Half a sen</textarea>" in window.get("/begin")

    window.post("/begin/words", title="Half a sentence")
    window.post("/begin/notice", own_title="", measure="rating")

    assert "Half a sentence</textarea>" in window.get("/begin/words")
    assert "Where would be good enough?" in window.get("/begin/target")


def test_question_that_comes_too_early_leads_to_the_open_one(window: Window) -> None:
    assert "What would you like to be different?" in window.get("/begin/step")

    window.post("/begin/words", title="Swim")

    assert "How would you notice?" in window.get("/begin/step")
    assert "How would you notice?" in window.get("/begin/nowhere")


def test_no_words_are_asked_for_again(window: Window) -> None:
    told = window.post("/begin/words", title="  ")

    assert 422 == told.status
    assert "A few words are needed" in told.html


def test_unknown_question_records_nothing(window: Window) -> None:
    window.post("/begin/nowhere", title="Swim")

    assert {} == window.person.read(lambda conn: draft(conn, "begin"))


def test_recorded_goal_leaves_no_draft(window: Window) -> None:
    window.post("/drafts/begin-step", own_step="Buy")
    begin(window, "done", "", "3", step="look", own_step="Buy a map", day="none")
    names = ("begin", "begin-step", "begin-words")

    assert [{}, {}, {}] == [window.person.read(lambda c, n=n: draft(c, n)) for n in names]


def test_target_that_is_none_is_asked_for_again_with_all_that_was_said(window: Window) -> None:
    begin(window, "count", "many", "3", step="look", own_step="Buy a map", day="none")
    told = window.post("/begin/step", step="look", own_step="Buy a map", day="none")

    assert 422 == told.status
    assert 'value="Buy a map"' in told.html


def test_the_end_says_who_sees_it(window: Window) -> None:
    begin(window, "done", "", "3", step="look", own_step="", day="none")

    assert "only you can see it" in window.get("/begun/anything")
