"""Lines of a timeline that are asked for."""

import pytest

from trailmark_server.members.marks import PLAIN_MARK
from trailmark_server.pages.timeline_filter import Filter, filter_from_fields, fits, types_of
from trailmark_server.pages.views import EntryRow, GoalLink

SESSION = 1000
ROW = EntryRow(
    id="e",
    lane="care/x",
    day="2026-10-01",
    order="1",
    at="2026-10-01T10:00:00+02:00",
    time="10:00",
    who="Mira",
    sentence="noted a win",
    words="Painted for an hour",
    why=None,
    note=None,
    late=None,
    goal=GoalLink(id="g", title="Paint again", url="/"),
    mark=PLAIN_MARK,
    kind="win",
    arrived=SESSION + 1,
)


@pytest.mark.parametrize(
    ("asked", "is_shown"),
    [
        (Filter(), True),
        (Filter(goal="g"), True),
        (Filter(goal="h"), False),
        (Filter(kind="win"), True),
        (Filter(kind="step"), False),
        (Filter(changes=True), False),
        (Filter(since_session=True), True),
        (Filter(words="hour PAINTED"), True),
        (Filter(words="again"), True),
        (Filter(words="walked"), False),
    ],
)
def test_every_part_must_fit(asked: Filter, *, is_shown: bool) -> None:
    assert is_shown == fits(asked, ROW, SESSION)


def test_what_arrived_before_the_session_is_not_since_then() -> None:
    asked = Filter(since_session=True)

    assert [False, True] == [fits(asked, ROW, SESSION + 1), fits(asked, ROW, None)]


def test_an_address_says_what_is_asked_for_but_not_the_words() -> None:
    asked = Filter(goal="g", kind="win", changes=True, since_session=True, words="a b")

    assert asked == filter_from_fields(asked.query, "a b")
    assert "a b" not in str(asked.query)
    assert not filter_from_fields({"kind": "secrets", "changes": "perhaps"}, "").is_active
    assert {} == Filter().query


def test_types_are_those_whose_lines_can_fit() -> None:
    assert types_of(Filter(words="a", goal="g")) is None
    assert types_of(Filter(kind="win")) == {"win_noted", "win_withdrawn"}
    changes = types_of(Filter(changes=True))
    assert changes is not None
    assert {"goal_reworded", "step_added"} <= changes
    assert "win_noted" not in changes
    assert types_of(Filter(changes=True, kind="win")) == frozenset()
