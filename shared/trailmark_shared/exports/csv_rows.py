"""Rows of a table as CSV that every program reads and that no spreadsheet takes for formulas.

UTF-8 without a mark, commas, CRLF behind every row, the first row names the columns. Texts are kept
as they were written, except that one which a spreadsheet would calculate gets an apostrophe in
front: it stays visible there, and whoever reads the tables by program takes it off.

Source:
    RFC 4180; OWASP, "CSV Injection".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

Cell = str | int | float | bool | None
"""What stands in a cell: a text, a number, ``true`` or ``false``, or nothing."""

_END_OF_ROW: Final = "\r\n"
_QUOTED: Final = frozenset('",\r\n')
_FORMULAS: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  (wide forms are calculated, too)
_NEUTRAL: Final = "'"


def csv_row(cells: Iterable[Cell]) -> bytes:
    """Return one row, its end included.

    Args:
        cells: In the order of the columns.

    Returns:
        UTF-8; what is no text in Unicode (half a surrogate pair) becomes a question mark.
    """
    return (",".join(map(_cell, cells)) + _END_OF_ROW).encode("utf-8", "replace")


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return str(cell)
        case _:
            return _text(cell)


def _text(text: str) -> str:
    safe = _NEUTRAL + text if text[:1] in _FORMULAS else text
    if _QUOTED.isdisjoint(safe):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'
