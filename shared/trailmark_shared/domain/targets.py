"""Targets of goals and the short grammar in which people and the command line write them.

Grammar::

    at-least N [UNIT] per day|week|month
    at-most N [UNIT] per day|week|month
    reduce-by P% [by YYYY-MM-DD]
    reach N
    done

``N`` has at most one decimal place and is kept as integer tenths. ``UNIT`` is any words but
``per``. Writing and reading are each other's inverse for every target the grammar can say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.domain.dates import DAY
from trailmark_shared.domain.periods import Per
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

Kind = Literal["at_least", "at_most", "reduce_by_percent", "reach_rating", "done"]
"""What the number of a target means."""

RATING_TENTHS_MAX: Final = 100
"""Ratings go from 0 to 10."""

PERCENT_TENTHS_MAX: Final = 1000
"""Nothing can be reduced by more than 100 %."""

UNIT_CHARS_MAX: Final = 40
"""Longest unit, in code points."""

_NUMBER: Final = r"(?P<number>[0-9]{1,9}(?:\.[0-9])?)"
# Patterns are compiled when they are first needed: a command line's start has no time for them.
_COUNT: Final = (
    rf"at[ -](?P<kind>least|most) {_NUMBER}(?: (?P<unit>(?!per ).+))? per (?P<per>day|week|month)"
)
_REDUCE: Final = rf"reduce[ -]by {_NUMBER} ?%(?: by (?P<by>{DAY}))?"
_REACH: Final = rf"reach {_NUMBER}"


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a goal is measured against.

    Attributes:
        kind: What the number means.
        value_tenths: A count, a percentage or a rating, times ten; ``None`` for ``done``.
        unit: What is counted, in the person's words.
        per: The period of a count.
        by: The date by which a reduction is hoped for.
    """

    kind: Kind
    value_tenths: Annotated[int, Meta(ge=0, le=limits.INTEGER_MAX)] | None = None
    unit: Annotated[str, Meta(min_length=1, max_length=UNIT_CHARS_MAX)] | None = None
    per: Per | None = None
    by: Annotated[str, Meta(pattern=rf"\A{DAY}\Z")] | None = None

    def __post_init__(self) -> None:
        """Refuse what the grammar cannot say: a number without a meaning, or the reverse."""
        is_count = self.kind in {"at_least", "at_most"}
        maximum = _MAXIMUM_BY_KIND[self.kind]
        if (self.value_tenths is None) != (self.kind == "done"):
            raise ValueError("a target has a number, but for done")
        if self.value_tenths is not None and self.value_tenths > maximum:
            raise ValueError("the number is out of range")
        if (self.per is not None) != is_count or (self.unit is not None and not is_count):
            raise ValueError("a count has a period and may have a unit, nothing else has")
        if self.by is not None and self.kind != "reduce_by_percent":
            raise ValueError("only a reduction has a date")


_MAXIMUM_BY_KIND: Final[Mapping[Kind, int]] = {
    "at_least": limits.INTEGER_MAX,
    "at_most": limits.INTEGER_MAX,
    "reduce_by_percent": PERCENT_TENTHS_MAX,
    "reach_rating": RATING_TENTHS_MAX,
    "done": 0,
}


def tenths_from_text(text: str) -> int:
    """Return a number with at most one decimal place as integer tenths.

    Raises:
        DomainError: ``invalid_input``: not such a number.
    """
    match = re.fullmatch(r"(-?)([0-9]{1,9})(?:[.,]([0-9]))?", text.strip())
    if match is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a number reads like 7 or 6.5, with at most one decimal place"),
        )
    tenths = int(match[2]) * 10 + int(match[3] or 0)
    return -tenths if match[1] else tenths


def text_from_tenths(tenths: int) -> str:
    """Return tenths as people write them: ``20`` gives ``2``, ``25`` gives ``2.5``."""
    sign = "-" if tenths < 0 else ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def number_from_tenths(tenths: int) -> int | float:
    """Return tenths as a number: ``20`` gives ``2``, ``25`` gives ``2.5``."""
    return tenths / 10 if tenths % 10 else tenths // 10


def parse_target(text: str) -> Target:
    """Return the target that ``text`` says.

    Args:
        text: A sentence of the grammar above; runs of spaces count as one, and a space as a hyphen.

    Returns:
        The target.

    Raises:
        DomainError: ``invalid_input``: the grammar has no such sentence, or a number is out of
            range (a rating above 10, more than 100 %, no such date).
    """
    words = " ".join(text.split())
    target = _parse(words)
    if target is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "a target reads: at-least N [unit] per day|week|month, at-most N …, "
                "reduce-by P% [by YYYY-MM-DD], reach N (0 to 10), or done"
            ),
        )
    return target


def _parse(words: str) -> Target | None:
    if words == "done":
        return Target(kind="done")
    if match := re.fullmatch(_COUNT, words):
        return _count_target(match)
    if match := re.fullmatch(_REDUCE, words):
        return _reduce_target(match)
    match = re.fullmatch(_REACH, words)
    if match and (value := tenths_from_text(match["number"])) <= RATING_TENTHS_MAX:
        return Target(kind="reach_rating", value_tenths=value)
    return None


def _count_target(match: re.Match[str]) -> Target | None:
    unit: str | None = match["unit"]
    if unit is not None and len(unit) > UNIT_CHARS_MAX:
        return None
    periods: dict[str, Per] = {"day": "day", "week": "week", "month": "month"}
    return Target(
        kind="at_least" if match["kind"] == "least" else "at_most",
        value_tenths=tenths_from_text(match["number"]),
        unit=unit,
        per=periods[match["per"]],
    )


def _reduce_target(match: re.Match[str]) -> Target | None:
    value = tenths_from_text(match["number"])
    if value > PERCENT_TENTHS_MAX:
        return None
    return Target(kind="reduce_by_percent", value_tenths=value, by=match["by"])


def format_target(target: Target) -> str:
    """Return the sentence of the grammar that says ``target``."""
    number = text_from_tenths(target.value_tenths or 0)
    match target.kind:
        case "at_least" | "at_most":
            unit = f" {target.unit}" if target.unit else ""
            return f"{target.kind.replace('_', '-')} {number}{unit} per {target.per}"
        case "reduce_by_percent":
            return f"reduce-by {number}%" + (f" by {target.by}" if target.by else "")
        case "reach_rating":
            return f"reach {number}"
        case _:
            return "done"
