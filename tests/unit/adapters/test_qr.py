"""A QR code as the path of an SVG: the same modules that the library makes."""

import re

import segno

from trailmark_adapters.qr import qr_picture

LINK = "trailmark://care.example.org/BCDFG-HJKLM"


def test_path_draws_the_modules_with_a_free_border() -> None:
    matrix = [bytes(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    picture = qr_picture(LINK)

    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", picture.path)
        for step in range(int(length))
    }
    dark = {
        (x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module
    }
    assert dark == drawn
    assert len(matrix) + 8 == picture.size


def test_path_is_nothing_but_a_path() -> None:
    assert re.fullmatch(r"[0-9Mhvz -]+", qr_picture(LINK).path)
