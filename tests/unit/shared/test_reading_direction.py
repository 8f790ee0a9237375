"""What keeps its reading direction to itself, and what is left as it is."""

import pytest

from trailmark_shared.reading_direction import isolated

BEGIN, END = "\u2068", "\u2069"


@pytest.mark.parametrize("text", ["", "Mira", "Zoë, 27", "Ольга", "李明", "3"])
def test_most_words_stay_as_they_are(text: str) -> None:
    assert text == isolated(text)


@pytest.mark.parametrize("text", ["דנה", "ليلى", "Dana דנה", "\u202eklaW", "\u202aWalk"])
def test_what_would_turn_its_neighbours_is_kept_to_itself(text: str) -> None:
    assert f"{BEGIN}{text}{END}" == isolated(text)


@pytest.mark.parametrize("mark", ["\u2066", "\u2067", BEGIN, END])
def test_no_mark_of_its_own_ends_that(mark: str) -> None:
    assert f"{BEGIN}דנה{END}" == isolated(f"דנה{mark}")
