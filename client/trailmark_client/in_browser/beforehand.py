"""What a start in a browser needs before anything of a person is opened.

The memory that holds it is kept, and later starts begin with it (``client/browser/src/start.js``).
So nothing here may draw chance, ask the time, open a store or hold what JavaScript handed over: it
would be the same at every later start.
"""

from __future__ import annotations

from typing import Final

from trailmark_adapters import fetching, inline_sqlite, noble
from trailmark_client.in_browser import program
from trailmark_client.web.rendering import templates

LOADED: Final = (program, fetching, inline_sqlite, noble)
"""What is imported: the whole program, and what it would import only once it is asked."""


def prepare() -> None:
    """Set up what renders pages."""
    templates()
