"""Templates and static files of the members' pages, loaded once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trailmark_adapters.page_templates import PageTemplates
from trailmark_server.members.dates import short_day
from trailmark_server.pages.outlines import outline_of
from trailmark_shared import limits
from trailmark_shared.projections.sentences import target_words

FOLDER: Final = Path(__file__).parent
STATIC_FOLDER: Final = FOLDER / "static"
TEMPLATE_FOLDER: Final = FOLDER / "templates"

TEMPLATES: Final = PageTemplates(
    TEMPLATE_FOLDER,
    STATIC_FOLDER,
    {
        "comment_chars_max": limits.TEXT_CHARS_MAX,
        "here": "",
        "is_signed_out": False,
        "outline_of": outline_of,
        "short_day": short_day,
        "target_words": target_words,
        "viewer": None,
    },
)
"""The pages and fragments."""
