"""What a chart of a goal consists of: plain geometry that whoever shows pages draws as SVG.

Places on the line of time are percentages of its width and heights are pixels from the top, so that
one picture fits a phone and a wide screen, and prints, without a script. ``projections.charting``
makes it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from trailmark_shared.domain.progress import Measure
from trailmark_shared.domain.targets import Target


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which the target or the wording changed.

    Attributes:
        day: The local date.
        words: What changed.
    """

    day: str
    words: str


class Tick(msgspec.Struct, frozen=True):
    """A number on the scale: its height in pixels from the top, and how it reads."""

    y: float
    words: str


class DayTick(msgspec.Struct, frozen=True):
    """A day under the chart: its place in percent, the date, and which side of it is written on."""

    x: float
    day: str
    side: Literal["start", "middle", "end"]


class Line(msgspec.Struct, frozen=True):
    """A piece of a line between two numbers: x in percent, y in pixels from the top."""

    x1: float
    y1: float
    x2: float
    y2: float


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """One number.

    Attributes:
        x: Percent.
        y: Pixels from the top.
        day: The local date.
        words: The number as it reads.
        is_late: It reached the server long after it was written; drawn hollow.
    """

    x: float
    y: float
    day: str
    words: str
    is_late: bool


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted in one period.

    Attributes:
        x: Percent of its left side.
        width: Percent.
        y: Pixels from the top to its upper end.
        height: Pixels; a count of nought has none.
        first: First local date of the period.
        last: Its last one.
        words: The sum as it reads.
        met: As hoped for; ``None`` while open.
    """

    x: float
    width: float
    y: float
    height: float
    first: str
    last: str
    words: str
    met: bool | None


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A number hoped for while one target held, with the band of what is as hoped for.

    Attributes:
        x1: Percent where it begins.
        x2: Percent where it ends.
        y: Pixels from the top.
        band_y: Upper end of the band.
        band_height: Height of the band.
        words: The number as it reads.
    """

    x1: float
    x2: float
    y: float
    band_y: float
    band_height: float
    words: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A line across the chart where something changed.

    Attributes:
        x: Percent.
        number: What it is called in the list below the chart.
        name: What is written above it: its number, or "1-3" at the first of marks that stand too
            close together for numbers of their own; empty at the others of them.
        name_x: Percent where the middle of the name is.
        day: The local date.
        words: What changed.
    """

    x: float
    number: int
    name: str
    name_x: float
    day: str
    words: str


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """One number of the table.

    Attributes:
        first: The local date, or the first one of a period.
        last: The last one; the same for a day.
        words: The number as it reads; empty for skipped.
        hoped: The number hoped for then; empty for none.
        met: As hoped for; ``None`` where that is open or not asked.
        is_late: It reached the server long after it was written.
    """

    first: str
    last: str
    words: str
    hoped: str
    met: bool | None = None
    is_late: bool = False


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """How it went while one target held, in words.

    Attributes:
        since: The local date from which it held.
        until: The last one; ``None`` while it does.
        target: The target, or ``None``.
        sentence: How it went.
    """

    since: str
    until: str | None
    target: Target | None
    sentence: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart.

    Attributes:
        measure: What its numbers are.
        unit: What is counted or measured, in the person's words; empty for a rating.
        per: Length of the periods of a count, else empty.
        ticks: Numbers of the scale.
        days: Days under it.
        lines: What joins numbers.
        dots: Numbers.
        columns: Counts.
        levels: Numbers hoped for.
        baseline: Height of where the person stood at the start, or ``None``.
        marks: Where target or wording changed.
        table: All of it in rows, the earliest first.
        phases: All of it in sentences, the latest first.
        left_out: Earlier numbers that are not shown.
    """

    measure: Measure
    unit: str = ""
    per: str = ""
    ticks: tuple[Tick, ...]
    days: tuple[DayTick, ...]
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    columns: tuple[Column, ...] = ()
    levels: tuple[Level, ...] = ()
    baseline: Tick | None = None
    marks: tuple[Mark, ...] = ()
    table: tuple[TableRow, ...]
    phases: tuple[Phase, ...]
    left_out: int = 0
