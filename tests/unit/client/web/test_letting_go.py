"""Letting a goal go: asked first, said why if one likes, and a new goal in the place of it."""

from tests.support.own_pages import Window
from trailmark_client.queries.goals import GoalLine, show_goal
from trailmark_client.queries.history import Moment, history_of_goal
from trailmark_shared.ids import id_from_text, text_from_id


def goal_of(window: Window, goal: bytes) -> GoalLine:
    return window.person.read(lambda conn: show_goal(conn, goal, window.desk.today)).goal


def address(goal: bytes, part: str = "") -> str:
    return f"/goals/{text_from_id(goal)}{part}"


def reasons(window: Window, goal: bytes) -> list[str]:
    events = window.person.read(lambda conn: history_of_goal(conn, goal, Moment())).events
    return [each.reason for each in events if each.reason is not None]


def test_a_goal_goes_only_after_the_question(window: Window) -> None:
    goal = window.person.goal("Walk daily")
    asked = window.get(address(goal, "/let-go"))

    assert "A goal that was let go stays so" in asked
    assert "it can rest until you are ready" in asked
    assert "active" == goal_of(window, goal).status
    assert 422 == window.post(address(goal, "/move"), to="let-go").status

    told = window.post(address(goal, "/let-go"), reason="no-longer-fits")
    assert (303, "cancelled") == (told.status, goal_of(window, goal).status)
    assert ["no-longer-fits"] == reasons(window, goal)


def test_nobody_has_to_say_why(window: Window) -> None:
    goal = window.person.goal()
    window.post(address(goal, "/let-go"))

    assert "cancelled" == goal_of(window, goal).status
    assert ["person-request"] == reasons(window, goal)


def test_one_that_rests_can_go_too_and_one_that_is_reached_cannot(window: Window) -> None:
    resting, reached = window.person.goal("Swim"), window.person.goal("Sleep")
    window.post(address(resting, "/move"), to="rest")
    window.post(address(reached, "/move"), to="achieve")

    assert "it can rest until" not in window.get(address(resting, "/let-go"))
    assert 303 == window.post(address(resting, "/let-go")).status
    assert 303 == window.ask("GET", address(reached, "/let-go")).status
    assert 422 == window.post(address(reached, "/let-go")).status
    assert "/let-go" not in window.get(address(reached))


def test_a_new_goal_takes_the_place_of_one_that_went(window: Window) -> None:
    goal = window.person.goal("Walk daily")
    assert "/instead" not in window.get(address(goal))
    window.post(address(goal, "/let-go"))
    assert address(goal, "/instead") in window.get(address(goal))
    assert "Walk daily" in window.get(address(goal, "/instead"))
    assert 422 == window.post(address(goal, "/instead"), title=" ").status

    told = window.post(address(goal, "/instead"), title="Walk when I like", why="Air")
    new = goal_of(window, goal).replaced_by
    assert new is not None
    assert f"/goals/{new}?done=grew" == told.location
    assert "Walk when I like" == goal_of(window, id_from_text(new)).title
    assert f"/goals/{new}" in window.get(address(goal))
    assert 303 == window.ask("GET", address(goal, "/instead")).status
    refused = window.post(address(goal, "/instead"), title="Another")
    assert (422, True) == (refused.status, "Another" in refused.html)
