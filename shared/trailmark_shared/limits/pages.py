"""Bounds of the person's own pages."""

from __future__ import annotations

from typing import Final

PAGE_FORM_BYTES_MAX: Final = 1024 * 1024
"""Largest form that a page takes; the longest text, percent-encoded, fits in it."""

DRAFT_BYTES_MAX: Final = 512 * 1024
"""Largest draft, as it is kept."""

DRAFTS_MAX: Final = 500
"""Drafts that are kept at once; beyond them the one touched longest ago is let go."""

PAGE_STREAMS_MAX: Final = 32
"""Windows of these pages that are told of news at the same time; further ones are asked to wait."""
