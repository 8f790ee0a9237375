"""Bounds of the graph of signed statements about devices and keys."""

from __future__ import annotations

from typing import Final

STATEMENT_BYTES_MAX: Final = 32 * 1024
"""Longest encoded statement."""

STATEMENTS_PER_AUTHOR_MAX: Final = 4_096
"""Most statements in a row of one author: who floods fills a room of their own, nobody else's."""

STATEMENTS_PER_DEVICE_MAX: Final = 8_192
"""Most rows that a server takes of one device in ``devices``, however often it numbers anew."""

FIRM_TOLD_MAX: Final = 512
"""Most removals that a device tells one that it lets in to hold firm, and most void ones."""

STATEMENTS_HANDED_BYTES_MAX: Final = 32 * 1024
"""Most bytes of statements that a bundle takes along; where there are more, it takes none."""

HOLDERS_NAMED_MAX: Final = 256
"""Most holders that one statement names."""

HEADS_MAX: Final = 64
"""Most statements that one names as seen last."""

WRAPS_MAX: Final = 64
"""Most boxes in one statement, and most holders that a device hands a key to."""

KEYS_PER_AUTHOR_MAX: Final = 256
"""Most vault keys of one author that anybody takes notice of."""

ADMISSION_DEPTH_MAX: Final = 128
"""Most steps from the founder to a holder; a recovery from nothing but the code takes two."""
