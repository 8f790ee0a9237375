"""Outlines of goals' marks."""

from trailmark_server.members.marks import PLAIN_MARK, SHAPES, mark_of_place
from trailmark_server.pages.outlines import outline_of


def test_every_shape_has_an_outline_of_its_own() -> None:
    drawn = {outline_of(mark_of_place(place)) for place in range(SHAPES)}

    assert SHAPES == len(drawn | {outline_of(PLAIN_MARK)}) - 1
