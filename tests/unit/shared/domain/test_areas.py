"""Areas of life: a few that are known, and anybody's own."""

import pytest

from trailmark_shared.domain.areas import AREA_WORDS, area_of, area_words


@pytest.mark.parametrize(
    ("typed", "kept", "read"),
    [
        (" Mood", "mood", "mood, anxiety, depression"),
        ("self-care", "self-care", "taking care of myself"),
        ("My garden", "My garden", "My garden"),
    ],
)
def test_a_known_area_is_found_and_own_words_stay(typed: str, kept: str, read: str) -> None:
    assert (kept, read) == (area_of(typed), area_words(area_of(typed)))


def test_short_names_can_be_typed() -> None:
    assert [each for each in AREA_WORDS if " " in each or each != each.lower()] == []
