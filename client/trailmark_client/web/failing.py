"""The page for a question that ended in an error nobody foresaw; the next one is answered again."""

from __future__ import annotations

import sys

from trailmark_client.web.asking import FAILED, Asked, Told
from trailmark_client.web.rendering import templates
from trailmark_client.web.routes import typed_words
from trailmark_shared.errors import TrailmarkError, defect_words


def failed(asked: Asked, error: Exception) -> Told:
    """Return a page that says so and shows what was typed; nothing of the store is asked for it.

    Args:
        asked: What was asked.
        error: What came of it; its kind and place are logged, and nothing that it says.
    """
    words = error.message if isinstance(error, TrailmarkError) else defect_words(error)
    sys.stderr.write(f"trailmark: {words}\n")
    html = templates().render("failed.html", problem=words, typed=typed_words(asked))
    return Told(status=FAILED, html=html)
