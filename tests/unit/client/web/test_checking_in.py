"""Checking in with words, for an earlier time, or only for oneself."""

from tests.support.own_pages import Window
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.lines import CheckInLine
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.ids import SELF, text_from_id


def send(window: Window, goal: bytes, **fields: str) -> int:
    return window.post(f"/goals/{text_from_id(goal)}/check-in", **fields).status


def said(window: Window, goal: bytes) -> list[CheckInLine]:
    return window.person.read(lambda conn: show_goal(conn, goal, window.desk.today)).check_ins


def test_number_sentence_and_earlier_time_are_kept(window: Window) -> None:
    goal = window.person.goal()
    fields = {"value": "6", "note": "Slept well", "when": "earlier", "at": "2025-10-07T21:30"}

    assert 303 == send(window, goal, **fields)
    (line,) = said(window, goal)
    assert (6, "Slept well", "2025-10-07") == (line.value, line.note, line.day)


def test_a_time_that_is_not_said_is_asked_for_and_never_taken_for_now(window: Window) -> None:
    goal = window.person.goal()
    told = window.post(f"/goals/{text_from_id(goal)}/check-in", value="6", when="earlier", at="")

    assert 422 == told.status
    assert "Say at what time it was, or choose now" in told.html
    assert 'value="earlier" checked' in told.html
    assert [] == said(window, goal)


def test_who_wished_to_share_the_goal_is_told_before_the_check_in_is_saved(window: Window) -> None:
    goal = window.person.goal()
    address = f"/goals/{text_from_id(goal)}/check-in"
    before = window.get(address)
    window.post(f"/goals/{text_from_id(goal)}/share")

    assert "otherwise whoever you let in can see this" not in before
    assert "otherwise whoever you let in can see this" in window.get(address)


def test_skipping_needs_no_number(window: Window) -> None:
    goal = window.person.goal()

    assert 303 == send(window, goal, skip="yes", note="Not today")
    assert [None] == [each.value for each in said(window, goal)]


def test_no_number_is_asked_for_and_the_sentence_stays(window: Window) -> None:
    goal = window.person.goal()
    told = window.post(f"/goals/{text_from_id(goal)}/check-in", note="Slept <well>")

    assert 422 == told.status
    assert "Slept &lt;well&gt;</textarea>" in told.html


def test_only_for_me_stays_here(window: Window) -> None:
    goal = window.person.goal()
    window.person.let_in()
    window.post(f"/goals/{text_from_id(goal)}/share")
    page = window.get(f"/goals/{text_from_id(goal)}/check-in")
    send(window, goal, value="3", private="yes")

    assert "otherwise Dr Demo will see this" in page
    assert [SELF] == [each.lane for each in said(window, goal)]


def test_counts_are_asked_as_counts(window: Window) -> None:
    goal = window.person.goal(target=parse_target("at-least 2 per week"))
    page = window.get(f"/goals/{text_from_id(goal)}/check-in")
    send(window, goal, value="2")

    assert "How often?" in page
    assert [("count", 2)] == [(each.measure, each.value) for each in said(window, goal)]
