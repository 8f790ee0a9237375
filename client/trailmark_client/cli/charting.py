"""Small plain charts: one scale throughout, a row for each number, what is not known left open.

Numbers stand beside the marks, so that nothing is said by the picture alone; there are no colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from trailmark_shared.words import gettext, ngettext

WIDTH: Final = 20
"""Characters of the longest bar."""

ROWS_MAX: Final = 26
"""Rows of one chart; earlier ones are told of in a line and stand in ``--json``."""

RATING_MAX: Final = 10

_FULL, _EMPTY, _HOPED = "█", "·", "┃"


class ChartRow(NamedTuple):
    """One row.

    Attributes:
        label: What stands in front.
        value: The number, or ``None`` for skipped.
        words: What stands behind.
        first: The first local date of the row.
        last: The last local date of the row.
    """

    label: str
    value: float | None
    words: str
    first: str
    last: str


def chart_lines(
    rows: Sequence[ChartRow], *, top: float, hoped: float | None, has_periods: bool
) -> Iterator[str]:
    """Yield the lines of a chart.

    Args:
        rows: The rows, the earliest first.
        top: The number that fills a whole bar; rows beyond it are cut there.
        hoped: Where to mark the number hoped for, or ``None``.
        has_periods: Rows are periods in a row: where some are left out, a line says so.
    """
    shown = rows[-ROWS_MAX:]
    if len(shown) < len(rows):
        left = len(rows) - len(shown)
        yield "  " + ngettext(
            "({n} earlier one: see --json)", "({n} earlier ones: see --json)", left
        ).format(n=left)
    before: ChartRow | None = None
    for row in shown:
        if has_periods and before is not None and not _is_next(before, row):
            yield gettext("  (nothing written down in between)")
        yield f"  {row.label}  {_bar(row.value, top, hoped)}  {row.words}".rstrip()
        before = row


def top_of(values: Sequence[float | None], hoped: float | None, least: float) -> float:
    """Return the number that fills a bar: the largest there is, and never less than ``least``."""
    numbers = [each for each in values if each is not None]
    return max([*numbers, hoped or 0, least])


def _is_next(before: ChartRow, row: ChartRow) -> bool:
    return (date.fromisoformat(row.first) - date.fromisoformat(before.last)).days == 1


def _bar(value: float | None, top: float, hoped: float | None) -> str:
    cells = [_EMPTY] * WIDTH
    if value is None:
        cells = [" "] * WIDTH
    else:
        full = _cell(value, top)
        cells[:full] = [_FULL] * full
    if hoped is not None:
        cells[max(_cell(hoped, top) - 1, 0)] = _HOPED
    return "".join(cells)


def _cell(value: float, top: float) -> int:
    return min(max(round(WIDTH * value / top), 0), WIDTH)
