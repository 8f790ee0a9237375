"""Looking for words in everything on this device: neither question nor answer ever leaves it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

_WORD: Final = re.compile(r"\w+")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Something that holds the words.

    Attributes:
        id: Its id.
        kind: What it is.
        day: The local date on which it was last written to.
        excerpt: The words around the first place, with square brackets about what was found.
    """

    id: str
    kind: str
    day: str
    excerpt: str


def search(conn: Connection, words: str) -> list[Found]:
    """Return what holds all of these words, the best first, each thing once.

    Upper and lower case and accents count as the same; the beginning of a word is enough.

    Args:
        conn: The store; what changed since the last search is found once it was ``put_in``.
        words: What the person typed.

    Raises:
        DomainError: ``invalid_input``: there is no word in it.
    """
    terms = _WORD.findall(words)
    if not terms:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("say at least one word to look for"))
    rows = conn.execute(
        "SELECT searchable.lane, searchable.subject, snippet(search, 0, '[', ']', '…', 16)"
        " FROM search JOIN searchable ON searchable.pos = search.rowid"
        " WHERE search MATCH ? ORDER BY search.rank, searchable.lane DESC LIMIT ?",
        (" ".join(f'"{term}"*' for term in terms), limits.SEARCH_RESULTS_MAX),
    ).fetchall()
    first: dict[bytes, tuple[str, str]] = {}
    for lane, subject, excerpt in rows:
        first.setdefault(subject, (lane, " ".join(excerpt.split())))
    return [_found(conn, lane, subject, words) for subject, (lane, words) in first.items()]


def _found(conn: Connection, lane: str, subject: bytes, excerpt: str) -> Found:
    kind, day = conn.execute(
        "SELECT kind, (SELECT max(day) FROM event WHERE lane = ?1 AND subject = ?2)"
        " FROM document WHERE lane = ?1 AND subject = ?2",
        (lane, subject),
    ).fetchone()
    return Found(id=text_from_id(subject), kind=kind, day=day, excerpt=excerpt)
