"""A text as a picture that a camera reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec
import segno

_BORDER = 4
"""Free modules around it, as the standard asks for."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a template draws: dark on light whatever the colours of the page, or cameras fail.

    Attributes:
        size: Width and height, in modules, the border included.
        path: The dark modules, as the path of an SVG.
    """

    size: int
    path: str


def qr_picture(text: str) -> Picture:
    """Return the QR code of a text, with correction of level M.

    Source:
        ISO/IEC 18004.
    """
    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    return Picture(size=len(rows) + 2 * _BORDER, path="".join(_lines(rows)))


def _lines(rows: list[bytes]) -> Iterator[str]:
    for y, row in enumerate(rows):
        x = 0
        for is_dark, modules in groupby(row):
            length = len(list(modules))
            if is_dark:
                yield f"M{x + _BORDER} {y + _BORDER}h{length}v1h-{length}z"
            x += length
