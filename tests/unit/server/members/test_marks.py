"""Goal marks: told apart by shape and by colour."""

from trailmark_server.members.marks import HUES, mark_of_place, marks_by_goal


def test_first_goals_differ_in_shape_and_in_colour() -> None:
    first = [mark_of_place(place) for place in range(HUES)]

    assert HUES == len({mark.shape for mark in first})
    assert HUES == len({mark.hue for mark in first})


def test_marks_repeat_only_after_every_pair_was_used() -> None:
    assert 64 == len({mark_of_place(place) for place in range(64)})


def test_mark_of_a_goal_does_not_change_when_others_follow() -> None:
    before = marks_by_goal(["a", "b"])
    after = marks_by_goal(["a", "b", "a", "c"])

    assert before == {goal: after[goal] for goal in before}
