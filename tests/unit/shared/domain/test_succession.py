"""A stop ends a grant and whatever took its place, whichever became known first."""

import pytest

from trailmark_shared.domain.succession import Link, ended_by_a_stop, first_in_line

FIRST = Link(None, is_stopped=False)
STOPPED = Link(None, is_stopped=True)


def after(grant: str, *, is_stopped: bool = False) -> Link:
    return Link(grant, is_stopped=is_stopped)


@pytest.mark.parametrize(
    ("grants", "ended"),
    [
        ({}, set[str]()),
        ({"a": FIRST, "b": after("a")}, set[str]()),
        ({"a": STOPPED, "x": FIRST}, {"a"}),
        ({"a": STOPPED, "b": after("a"), "c": after("b")}, {"a", "b", "c"}),
        ({"a": FIRST, "b": after("a", is_stopped=True), "c": after("b")}, {"b", "c"}),
        ({"b": after("gone")}, set[str]()),
        ({"a": after("b"), "b": after("a")}, set[str]()),
    ],
)
def test_what_a_stop_ends(grants: dict[str, Link], ended: set[str]) -> None:
    assert ended == ended_by_a_stop(grants)


@pytest.mark.parametrize(
    ("grants", "first"),
    [
        ({}, "c"),
        ({"c": FIRST}, "c"),
        ({"c": after("gone")}, "c"),
        ({"a": FIRST, "b": after("a"), "c": after("b")}, "a"),
        ({"b": after("c"), "c": after("b")}, "b"),
    ],
)
def test_letting_in_began_with_the_first_in_line(grants: dict[str, Link], first: str) -> None:
    assert first == first_in_line("c", grants)
