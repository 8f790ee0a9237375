"""Statuses: the moves of FHIR Goal and a word for every code."""

from typing import get_args

import pytest

from trailmark_shared.domain.statuses import (
    ACHIEVEMENT_WORDS,
    ALLOWED_MOVES,
    LIFECYCLE_WORDS,
    Achievement,
    Lifecycle,
    may_move,
)


@pytest.mark.parametrize("status", get_args(Lifecycle))
def test_any_status_may_stay_or_turn_out_to_be_an_error(status: Lifecycle) -> None:
    assert may_move(status, status)
    assert may_move(status, "entered-in-error")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("proposed", "accepted"),
        ("planned", "active"),
        ("accepted", "on-hold"),
        ("active", "completed"),
        ("on-hold", "active"),
        ("completed", "active"),
    ],
)
def test_moves_along_the_way_are_allowed(before: Lifecycle, after: Lifecycle) -> None:
    assert may_move(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("completed", "on-hold"),
        ("cancelled", "active"),
        ("planned", "completed"),
        ("rejected", "accepted"),
        ("entered-in-error", "active"),
    ],
)
def test_other_moves_need_review(before: Lifecycle, after: Lifecycle) -> None:
    assert not may_move(before, after)


def test_every_code_has_moves_and_words() -> None:
    assert set(get_args(Lifecycle)) == set(ALLOWED_MOVES) == set(LIFECYCLE_WORDS)
    assert set(get_args(Achievement)) == set(ACHIEVEMENT_WORDS)


def test_people_never_read_of_failure() -> None:
    words = " ".join((*LIFECYCLE_WORDS.values(), *ACHIEVEMENT_WORDS.values())).lower()

    assert [word for word in ("fail", "miss", "overdue", "broke") if word in words] == []
