"""Stories out of seeds: honest devices, a thief, an operator who withholds and reorders."""

from __future__ import annotations

import pytest

from tests.support.graph_judge import check
from tests.support.graph_story import Story

SEEDS = 40


def told(seed: int) -> None:
    story = Story(seed, has_thief=seed % 4 != 0)
    story.run(20 + seed % 40)
    check(story)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_promises_hold(seed: int) -> None:
    told(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(20))
def test_promises_hold_for_long(hundred: int) -> None:
    for seed in range(10_000 + 100 * hundred, 10_100 + 100 * hundred):
        told(seed)
