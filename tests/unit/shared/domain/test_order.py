"""Order keys: there is always room, and keys compare as the list reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.order import DIGITS, key_between


@given(st.lists(st.integers(min_value=0, max_value=100), max_size=60))
def test_inserting_anywhere_keeps_the_list_in_order(places: list[int]) -> None:
    """Each number says where the next item goes; the keys stay sorted and unique."""
    keys: list[str] = []
    for place in places:
        index = place % (len(keys) + 1)
        before = keys[index - 1] if index else None
        after = keys[index] if index < len(keys) else None
        keys.insert(index, key_between(before, after))

    assert sorted(set(keys)) == keys
    assert not any(key.endswith(DIGITS[0]) for key in keys)


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        (None, None, "i"),
        ("i", None, "r"),
        (None, "i", "9"),
        ("a", "b", "ai"),
        ("a", "ab", "a5"),
        ("a", "b5", "b"),
        ("z", None, "zi"),
        (None, "01", "00i"),
    ],
)
def test_a_key_lies_between_its_neighbours(
    before: str | None, after: str | None, between: str
) -> None:
    assert key_between(before, after) == between
