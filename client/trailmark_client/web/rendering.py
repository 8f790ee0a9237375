"""Templates and static files of the person's pages, loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from trailmark_adapters.page_templates import PageTemplates
from trailmark_client.web.dating import clock_words, day_words, short_day

FOLDER: Final = Path(__file__).parent
STATIC_FOLDER: Final = FOLDER / "static"
TEMPLATE_FOLDER: Final = FOLDER / "templates"
COMPILED_FOLDER: Final = FOLDER / "compiled"
"""Where templates stand that were compiled before; only the app for browsers has them."""


@cache
def templates() -> PageTemplates:
    """Return the templates; they are read once."""
    return PageTemplates(
        TEMPLATE_FOLDER,
        STATIC_FOLDER,
        {"clock_words": clock_words, "day_words": day_words, "short_day": short_day},
        compiled=COMPILED_FOLDER,
    )
