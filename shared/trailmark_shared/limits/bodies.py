"""Bounds of ids, events, lists and files: what is written."""

from __future__ import annotations

from typing import Final

# --- identifiers ----------------------------------------------------------------------------------

ID_BYTES: Final = 16
"""Length of an id (event, subject, space, device), in bytes."""

EPOCH_BYTES: Final = 8
"""Length of a device's epoch, in bytes."""

KEY_ID_BYTES: Final = 8
"""Length of a vault key's id, in bytes; eight zero bytes mean a plain body."""

SALT_BYTES: Final = 16
"""Length of an event's salt, in bytes."""

HASH_BYTES: Final = 32
"""Length of every SHA-256 value, in bytes."""

INTEGER_MAX: Final = 2**53 - 1
"""Largest counter or time anywhere: exact in JavaScript and within SQLite's 63 bits."""

LANE_NAME_CHARS_MAX: Final = 33
"""Longest lane name: ``circle/`` and 26 characters."""

SIGNING_KEYS_MAX: Final = 64
"""Most keys that a server ever signed heads with: all of them stand in ``welcome``."""

EXPORT_LINE_BYTES_MAX: Final = 1024 * 1024
"""Longest line of an export of a lane; a body of the largest size fits into one."""

IMPORT_LINE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Longest line of an export that is read back: one goal with everything under it, or one event."""

BACKUP_CHUNK_BYTES: Final = 64 * 1024
"""What is sealed of a backup at a time; whoever restores holds no more before it is checked."""

BACKUP_RECORD_BYTES_MAX: Final = 8 * 1024 * 1024
"""Longest record of a backup: a row of the store, with the largest body or setting."""

# --- bodies ---------------------------------------------------------------------------------------

BODY_BYTES_MAX: Final = 64 * 1024
"""Largest body as stored (sealed or plain)."""

BODY_DEPTH_MAX: Final = 16
"""Deepest nesting of arrays and objects in a plain body; deeper JSON is not decoded at all."""

TEXT_CHARS_MAX: Final = 10_000
"""Longest free text of a person in one event (a reflection, a comment), in code points."""

TITLE_CHARS_MAX: Final = 300
"""Longest title, step text or name, in code points."""

LIST_ITEMS_MAX: Final = 64
"""Most entries of any list inside a body (tags, classes, links)."""

BASE_IDS_MAX: Final = 256
"""Most current values that one setter can name."""

SEAL_BLOCK_BYTES: Final = 256
"""Bodies are padded to a multiple of this before sealing, so that their length says little."""

CARRIED_MARK_BYTES: Final = 8
"""What an event's id has of the row that it carries; the rest is random."""

CARRIED_ROW_BYTES_MAX: Final = 256 * 1024
"""Longest row of an imported lane that is carried to other devices, before it is compressed."""

# --- instruments ----------------------------------------------------------------------------------

INSTRUMENT_BYTES_MAX: Final = 64 * 1024
"""Largest file of an instrument."""

INSTRUMENT_WORDS_CHARS_MAX: Final = 1_000
"""Longest text in an instrument, in code points."""

INSTRUMENTS_MAX: Final = 64
"""Most instruments that a device has besides those that come with it."""

ANSWER_CHOICES_MAX: Final = 12
"""Most answers that a question can have."""

ANSWER_VALUE_MAX: Final = 100
"""Most that one answer counts."""

SEARCH_RESULTS_MAX: Final = 200
"""Most places that looking for words answers with, the best first."""
