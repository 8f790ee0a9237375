"""Changing a goal: with a reason, all or nothing, and never over somebody's head."""

import re
from html import unescape

import pytest

from tests.support.own_pages import Window
from trailmark_client.commands.goals import Words, reword_goal
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.history import Moment, history_of_goal
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import text_from_id

FORM = re.compile(r'name="(was-\w+)" value="([^"]*)"')


def view_of(window: Window, goal: bytes) -> GoalView:
    return window.person.read(lambda conn: show_goal(conn, goal, window.desk.today))


def drawn(window: Window, goal: bytes, **typed: str) -> dict[str, str]:
    """Return the form as it was drawn, with what the person typed."""
    page = window.get(f"/goals/{text_from_id(goal)}/change")
    view = view_of(window, goal)
    as_it_is = {
        "title": view.goal.title,
        "why": view.why or "",
        "due": view.goal.due or "",
        "kind": "none",
    }
    return as_it_is | dict(FORM.findall(page)) | typed


def send(window: Window, goal: bytes, fields: dict[str, str]) -> tuple[int, str]:
    told = window.post(f"/goals/{text_from_id(goal)}/change", **fields)
    return told.status, told.html


def test_everything_is_changed_at_once_with_the_reason(window: Window) -> None:
    goal = window.person.goal("Walk")
    fields = drawn(
        window,
        goal,
        title="Walk far",
        why="Air",
        due="2026-01-01",
        kind="at-least",
        number="2",
        unit="walks",
        per="week",
        reason="new-insight",
    )
    status, _ = send(window, goal, fields)
    view = view_of(window, goal)

    assert 303 == status
    assert ("Walk far", "Air", "2026-01-01", "at-least 2 walks per week") == (
        view.goal.title,
        view.why,
        view.goal.due,
        view.goal.target,
    )


def test_a_number_without_a_measure_is_not_passed_over(window: Window) -> None:
    goal = window.person.goal("Walk")
    fields = drawn(window, goal, title="Walk far", number="3", reason="new-insight")

    status, html = send(window, goal, fields)

    assert 422 == status
    assert "Choose what the number counts" in html
    assert "Walk" == view_of(window, goal).goal.title


def test_every_measure_can_be_said(window: Window) -> None:
    goal, told = window.person.goal(), list[str | None]()
    for kind, number in (("reach", "7"), ("reduce-by", "50"), ("at-most", "3"), ("done", "")):
        fields = drawn(window, goal, kind=kind, number=number, per="day", reason="other")
        send(window, goal, fields)
        told.append(view_of(window, goal).goal.target)
    send(window, goal, drawn(window, goal, reason="other"))

    assert ["reach 7", "reduce-by 50%", "at-most 3 per day", "done"] == told
    assert view_of(window, goal).goal.target is None


def test_without_a_reason_every_word_is_still_there(window: Window) -> None:
    goal = window.person.goal("Walk")
    status, html = send(window, goal, drawn(window, goal, title="Walk <far>"))

    assert 422 == status
    assert "Please choose what changed." in html
    assert "Walk &lt;far&gt;</textarea>" in html
    assert "Walk" == view_of(window, goal).goal.title


def test_nothing_changed_is_said(window: Window) -> None:
    goal = window.person.goal("Walk", target=parse_target("reach 7"))
    fields = drawn(window, goal, kind="reach", number="7", reason="other")

    assert "nothing was changed" in send(window, goal, fields)[1]


def test_what_another_device_changed_meanwhile_is_shown_beside(window: Window) -> None:
    goal = window.person.goal("Walk")
    fields = drawn(window, goal, title="Walk far", reason="other")
    elsewhere = Words(title="Walk slowly")
    reason = Reason(code="obstacle")
    window.person.write(lambda c, r: reword_goal(c, r, goal, elsewhere, reason))
    status, html = send(window, goal, fields)

    assert 422 == status
    assert "It was changed meanwhile" in html
    assert "Walk slowly</span>" in html
    assert "Walk far</textarea>" in html
    assert "Walk slowly" == view_of(window, goal).goal.title

    again = fields | {"was-title": "Walk slowly"}

    assert 303 == send(window, goal, again)[0]
    assert "Walk far" == view_of(window, goal).goal.title


def test_number_that_is_none_changes_nothing(window: Window) -> None:
    goal = window.person.goal("Walk")
    fields = drawn(window, goal, title="Walk far", kind="reach", number="12", reason="other")

    assert 422 == send(window, goal, fields)[0]
    assert "Walk" == view_of(window, goal).goal.title


def test_draft_is_there_again(window: Window) -> None:
    goal = window.person.goal("Walk")
    window.post(f"/drafts/change-{text_from_id(goal)}", title="Walk fa")

    assert "Walk fa</textarea>" in window.get(f"/goals/{text_from_id(goal)}/change")


INPUT = re.compile(r'<input[^>]* name="([\w-]+)" (?!type="radio")[^>]*value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]* name="([\w-]+)"[^>]*>([^<]*)</textarea>')
SELECT = re.compile(r'<select[^>]* name="([\w-]+)">.*?<option value="([^"]*)" selected>')


def as_a_browser(window: Window, goal: bytes, **typed: str) -> dict[str, str]:
    """Return every field of the form as a browser would send it, with what was typed over it."""
    page = window.get(f"/goals/{text_from_id(goal)}/change")
    found = [*INPUT.findall(page), *AREA.findall(page), *SELECT.findall(page)]
    # Whatever ends a line in HTML, a browser keeps one character for it.
    fields = {name: unescape(value).replace("\r\n", "\n") for name, value in found}
    return fields | typed


@pytest.mark.parametrize(
    "target",
    [
        None,
        "at-least 2 per day",
        "at-least 2.5 long walks per week",
        "at-most 3 glasses by day per month",
        "reduce-by 50%",
        "reduce-by 12.5% by 2027-03-01",
        "reach 7",
        "reach 6.5",
        "done",
    ],
)
def test_title_alone_leaves_the_target_as_it_is(window: Window, target: str | None) -> None:
    goal = window.person.goal("Walk", target=None if target is None else parse_target(target))
    fields = as_a_browser(window, goal, title="Walk far", reason="other")

    assert 303 == send(window, goal, fields)[0]
    assert target == view_of(window, goal).goal.target

    history = window.person.read(lambda conn: history_of_goal(conn, goal, Moment()))

    assert ["goal_reworded"] == [each.type for each in history.events if each.reason == "other"]


def test_day_of_a_reduction_is_changed_and_taken_away(window: Window) -> None:
    goal = window.person.goal("Rest", target=parse_target("reduce-by 50% by 2027-03-01"))
    send(window, goal, as_a_browser(window, goal, by="2027-04-01", reason="other"))

    assert "reduce-by 50% by 2027-04-01" == view_of(window, goal).goal.target

    send(window, goal, as_a_browser(window, goal, by="", reason="other"))

    assert "reduce-by 50%" == view_of(window, goal).goal.target


def test_goal_written_with_other_line_ends_can_be_changed(window: Window) -> None:
    goal = window.person.goal("Walk\r\nfar")
    fields = as_a_browser(window, goal, why="Air", reason="other")

    assert 303 == send(window, goal, fields)[0]
    assert "Air" == view_of(window, goal).why


def test_what_limits_a_goal_is_written_down_and_taken_away(window: Window) -> None:
    goal = window.person.goal("Walk")
    written, _ = send(
        window, goal, as_a_browser(window, goal, limits="Knees, time", reason="obstacle")
    )
    limits = view_of(window, goal).limits
    shown = window.get(f"/goals/{text_from_id(goal)}")
    older = drawn(window, goal, title="Walk far", reason="new-insight")
    kept, _ = send(window, goal, {name: each for name, each in older.items() if name != "limits"})
    still = view_of(window, goal).limits

    taken, _ = send(window, goal, as_a_browser(window, goal, limits="", reason="other"))

    assert [303, 303, 303] == [written, kept, taken]
    assert ("Knees, time", "Knees, time", None) == (limits, still, view_of(window, goal).limits)
    assert "What limits it: Knees, time" in shown
