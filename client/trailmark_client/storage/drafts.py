"""Drafts: what is being typed and not recorded yet, kept at every keystroke.

A draft is no event: it is never sent, never in a backup, and is replaced in place. It holds the
fields of one form and is dropped in the transaction that records them. Forms for what is there
already are filled with its words, so their drafts go when it is erased.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.ids import id_from_text, is_canonical_id, text_from_id
from trailmark_shared.words import gettext

_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
_FORMS_OF_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"vision_written": "vision", "scale_set": "levels-%"}
)
"""Forms that are filled with words of these types, and not named after what they are about."""

_FIELDS: Final = msgspec.json.Decoder(dict[str, tuple[str, ...]])


def keep_draft(
    conn: Connection, name: str, fields: Mapping[str, Sequence[str]], now_ms: int
) -> None:
    """Keep what is typed in a form, in place of what was kept before.

    Args:
        conn: The store, inside a write transaction.
        name: Which form: lower-case letters, digits and hyphens.
        fields: Its fields with all their values.
        now_ms: This device's clock, milliseconds UTC.

    Raises:
        DomainError: ``invalid_input``: no form is called that. ``not_found``: what it is about was
            erased for good, so the form was filled with words that are to be nowhere.
        LimitExceededError: ``too_large``: more than ``limits.DRAFT_BYTES_MAX``.
    """
    if not _NAME.fullmatch(name):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("no form has that name"))
    if _is_about_erased(conn, name):
        raise DomainError(ErrorCode.NOT_FOUND, gettext("it is erased already"))
    kept = msgspec.json.encode(fields)
    if len(kept) > limits.DRAFT_BYTES_MAX:
        raise LimitExceededError("DRAFT_BYTES_MAX", len(kept), limits.DRAFT_BYTES_MAX)
    conn.execute(
        "INSERT INTO draft (name, fields, saved_at) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at",
        (name, kept.decode(), now_ms),
    )
    conn.execute(
        "DELETE FROM draft WHERE name NOT IN"
        " (SELECT name FROM draft ORDER BY saved_at DESC, name = ? DESC, name LIMIT ?)",
        (name, limits.DRAFTS_MAX),
    )


def _is_about_erased(conn: Connection, name: str) -> bool:
    """Say whether a form is named after something of which only its erasure is left."""
    _, _, last = name.rpartition("-")
    if not is_canonical_id(last):
        return False
    kinds = conn.execute("SELECT kind FROM document WHERE subject = ?", (id_from_text(last),))
    return {kind for (kind,) in kinds.fetchall()} == {"control"}


def draft(conn: Connection, name: str) -> dict[str, tuple[str, ...]]:
    """Return what was typed in a form; nothing where there is no draft of it, or it rotted."""
    found = conn.execute(
        "SELECT CAST(fields AS BLOB) FROM draft WHERE name = ?", (name,)
    ).fetchone()
    try:
        return {} if found is None else _FIELDS.decode(found[0])
    except (msgspec.MsgspecError, UnicodeDecodeError):  # its page must open all the same
        return {}


def drop_draft(conn: Connection, name: str) -> None:
    """Forget a draft."""
    conn.execute("DELETE FROM draft WHERE name = ?", (name,))


def drop_drafts_about(conn: Connection, erased: Iterable[tuple[bytes, str]]) -> None:
    """Forget what was typed in forms that were filled with words which are erased now.

    Args:
        conn: The store, inside a write transaction.
        erased: Subjects of what is erased, each with the type of the event.
    """
    forms: set[str] = set()
    for subject, type_ in erased:
        forms.add(f"%-{text_from_id(subject)}")
        if type_ in _FORMS_OF_TYPES:
            forms.add(_FORMS_OF_TYPES[type_])
    conn.executemany("DELETE FROM draft WHERE name LIKE ?", [(form,) for form in sorted(forms)])


def put_back_drafts(conn: Connection, rows: Iterable[tuple[str, bytes, int]]) -> None:
    """Put drafts of a damaged store into one that has none yet, those that still read as such.

    Args:
        conn: The store, inside a write transaction.
        rows: Name, fields and time of each.
    """
    for row in rows:
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            _FIELDS.decode(row[1])
            conn.execute(
                "INSERT OR IGNORE INTO draft (name, fields, saved_at)"
                " VALUES (?, CAST(? AS TEXT), ?)",
                row,
            )
