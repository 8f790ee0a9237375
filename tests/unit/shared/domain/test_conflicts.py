"""Current values: the rule of docs/events.md, "Current values"."""

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import an_id
from trailmark_shared.domain.conflicts import Setter, current_values, reach


def setter(
    number: int, *base: int, at: int = 0, device: int = 1, is_carrier: bool = False
) -> Setter[int]:
    return Setter(
        event=an_id(number),
        base=tuple(map(an_id, base)),
        effective_at=at,
        device=an_id(device),
        value=number,
        is_carrier=is_carrier,
    )


def values(setters: Sequence[Setter[int]]) -> list[int]:
    return [each.value for each in current_values(setters)]


def test_nothing_sets_the_field() -> None:
    assert values([]) == []


def test_a_setter_that_saw_the_value_replaces_it() -> None:
    assert values([setter(1), setter(2, 1)]) == [2]


def test_setters_that_did_not_see_each_other_are_both_current() -> None:
    assert values([setter(1), setter(2, 1, at=5), setter(3, 1, at=9)]) == [3, 2]


def test_a_clock_decides_only_what_is_shown_first() -> None:
    """A value that was seen and replaced stays replaced, however late its clock says it is."""
    assert values([setter(1, at=99), setter(2, 1, at=5)]) == [2]


def test_the_later_of_two_is_shown_first_whatever_device_wrote_it() -> None:
    assert values([setter(1, at=5, device=9), setter(2, at=9, device=1)]) == [2, 1]


def test_equal_times_are_ordered_by_device_then_id() -> None:
    assert values([setter(1, device=1), setter(3, device=1), setter(2, device=2)]) == [2, 3, 1]


def test_a_carrier_replaces_nothing_by_itself() -> None:
    assert values([setter(1), setter(2, 1, is_carrier=True)]) == [1]


def test_a_carrier_passes_on_what_it_names() -> None:
    """Also through another carrier: a goal that moved twice and came back."""
    moved = [setter(2, 1, is_carrier=True), setter(3, 2, is_carrier=True)]

    assert values([setter(1), *moved, setter(4, 3)]) == [4]


def test_a_setter_that_names_itself_is_still_there() -> None:
    assert values([setter(1, 1)]) == [1]
    assert values([setter(1, 1), setter(2)]) == [2, 1]


def test_a_ring_loses_no_value() -> None:
    assert values([setter(1, 2), setter(2, 1)]) == [2, 1]


def test_reach_follows_bases_and_ends_in_a_ring() -> None:
    bases = {an_id(1): [an_id(2)], an_id(2): [an_id(1), an_id(3)]}

    assert reach([an_id(1)], bases) == {an_id(1), an_id(2), an_id(3)}


@st.composite
def histories(draw: st.DrawFn) -> list[Setter[int]]:
    """Setters of one field, each naming some of those before it."""
    setters: list[Setter[int]] = []
    for number in range(1, draw(st.integers(min_value=1, max_value=8)) + 1):
        base = draw(st.sets(st.integers(min_value=1, max_value=number)))
        setters.append(
            setter(
                number,
                *(base - {number}),
                at=draw(st.integers(min_value=0, max_value=3)),
                device=draw(st.integers(min_value=1, max_value=2)),
                is_carrier=draw(st.booleans()),
            )
        )
    return setters


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(setters: list[Setter[int]], random: Random) -> None:
    shuffled = list(setters)
    random.shuffle(shuffled)

    assert current_values(shuffled) == current_values(setters)


@given(histories())
def test_a_pick_that_names_all_current_values_is_the_value(setters: list[Setter[int]]) -> None:
    named = [each.value for each in current_values(setters)]
    pick = setter(200, *named)

    assert values([*setters, pick]) == [200]
