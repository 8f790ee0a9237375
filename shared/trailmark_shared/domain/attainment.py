"""Goal Attainment Scaling: five levels in the person's own words, and one score over several goals.

Each goal has five levels from -2 (much less than hoped for) over 0 (as expected) to +2 (much more).
The T-score is 50 where everything goes as expected, 10 is one standard deviation under the usual
assumption that scales are correlated by 0.3. It says how it goes against what was expected, and
nothing about the person.

Source:
    T. J. Kiresuk, R. E. Sherman, "Goal attainment scaling", Community Mental Health Journal 4
    (1968): T = 50 + 10 Σwx / sqrt((1 - r) Σw² + r (Σw)²), with r = 0.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Annotated, Final

import msgspec
from msgspec import Meta

LEVEL_MIN: Final = -2
LEVEL_MAX: Final = 2
LEVELS: Final = LEVEL_MAX - LEVEL_MIN + 1
WEIGHT_MAX: Final = 10
"""A goal weighs at most as much as ten others."""

Level = Annotated[int, Meta(ge=LEVEL_MIN, le=LEVEL_MAX)]
"""Where it stands: 0 as expected, below and above it less and more than that."""

Weight = Annotated[int, Meta(ge=1, le=WEIGHT_MAX)]
"""How much a goal counts beside the others."""

_CORRELATION: Final = 0.3
_HUNDREDTHS: Final = 100


def level_text(level: int) -> str:
    """Return a level as people read it: ``-2``, ``0``, ``+1``."""
    return f"{level:+d}" if level else "0"


class Attained(msgspec.Struct, frozen=True):
    """One goal in a score.

    Attributes:
        level: Where it stands.
        weight: How much it counts.
    """

    level: int
    weight: int = 1


def t_score_hundredths(attained: Sequence[Attained]) -> int | None:
    """Return the T-score of some goals, times a hundred; ``None`` for no goal.

    Args:
        attained: One for each goal.
    """
    if not attained:
        return None
    weights = [each.weight for each in attained]
    squares = sum(each * each for each in weights)
    spread = sqrt((1 - _CORRELATION) * squares + _CORRELATION * sum(weights) ** 2)
    weighed = sum(each.level * each.weight for each in attained)
    return round(_HUNDREDTHS * (50 + 10 * weighed / spread))
