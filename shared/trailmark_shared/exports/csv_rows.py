"""Rows of a table as CSV that every program reads and that no spreadsheet takes for formulas.

UTF-8 without a mark, commas, CRLF behind every row, the first row names the columns. Texts are kept
as they were written, except that one which a spreadsheet would calculate gets an apostrophe in
front: it stays visible there, and whoever reads the tables by program takes it off.

Where decimals have a comma, spreadsheets take the semicolon for what parts cells, and then a quote
for a letter, so that each line of a text begins a row and each semicolon a cell. What would begin
there to calculate, and could call a program or another file, gets an apostrophe, too.

Source:
    RFC 4180; OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

Cell = str | int | float | bool | None
"""What stands in a cell: a text, a number, ``true`` or ``false``, or nothing."""

_END_OF_ROW: Final = "\r\n"
_QUOTED: Final = frozenset('",;\t\r\n')
_FORMULAS: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  (wide forms are calculated, too)
_NEUTRAL: Final = "'"
_CALLS_WITHIN: Final = re.compile(r'(?<=[;\r\n])(?="*[=+\-@＝＋－＠][^;\r\n]*[(|!])')  # noqa: RUF001


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
    safe = _CALLS_WITHIN.sub(_NEUTRAL, text)
    if text[:1] in _FORMULAS:
        safe = _NEUTRAL + safe
    if _QUOTED.isdisjoint(safe):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'
