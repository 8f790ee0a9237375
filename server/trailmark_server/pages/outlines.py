"""The outlines that goals' marks are drawn with; their colours are in the style sheet."""

from __future__ import annotations

from typing import Final

from trailmark_server.members.marks import SHAPES, Mark

_PATHS: Final = (
    "M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z",  # circle
    "M8 .6 15.4 8 8 15.4.6 8z",  # diamond
    "M3 1.8h10A1.2 1.2 0 0 1 14.2 3v10a1.2 1.2 0 0 1-1.2 1.2H3A1.2 1.2 0 0 1 1.8 13V3A1.2 1.2 0 0 1 3 1.8z",  # noqa: E501 square
    "M8 1.2 15.4 14.6H.6z",  # triangle
    "M8 .8 14.4 4.4v7.2L8 15.2 1.6 11.6V4.4z",  # hexagon
    "M5.8 1.2h4.4v4.6h4.6v4.4h-4.6v4.6H5.8v-4.6H1.2V5.8h4.6z",  # cross
    "M8 .6c4 4.4 5.6 6.6 5.6 9a5.6 5.6 0 0 1-11.2 0C2.4 7.2 4 5 8 .6z",  # drop
    "M8 .8l2.1 4.7 5.1.5-3.8 3.4 1.1 5L8 11.8l-4.5 2.6 1.1-5L.8 6l5.1-.5z",  # star
)
"""Outlines in a box of 16 by 16."""

_NOTE: Final = "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6z"


assert len(_PATHS) == SHAPES


def outline_of(mark: Mark) -> str:
    """Return the outline of a mark, in a box of 16 by 16."""
    return _NOTE if mark.shape is None else _PATHS[mark.shape]
