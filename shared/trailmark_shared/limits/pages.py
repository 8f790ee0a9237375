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

PASSPHRASE_CHARS_MIN: Final = 8
"""Shortest passphrase of a store; some words that only the person knows are better."""

PASSPHRASE_CHARS_MAX: Final = 1024
"""Longest passphrase of a store."""

PASSPHRASE_PASSES: Final = 3
"""Passes of Argon2id over a passphrase: libsodium's ``MODERATE``."""

PASSPHRASE_MEMORY_BYTES: Final = 256 * 1024 * 1024
"""Memory of Argon2id over a passphrase, in bytes: libsodium's ``MODERATE``."""

PASSPHRASE_MEMORY_BYTES_MAX: Final = 1024 * 1024 * 1024
"""What the file of a lock may ask for, in bytes; more is no lock of ours."""

IDLE_LOCK_MS: Final = 15 * 60 * 1000
"""How long pages behind a passphrase stay open while nobody touches them."""

IDLE_WARNING_MS: Final = 60 * 1000
"""How long before they close the pages say so."""

CHECKED_AT_EVERY_START_BYTES_MAX: Final = 16 * 1024 * 1024
"""Size of a device's database up to which its structure is checked at every start, in bytes."""

STRUCTURE_CHECKED_MS: Final = 24 * 3600 * 1000
"""How long a larger one counts as checked, unless something damaged was met in it."""
