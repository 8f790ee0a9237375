"""The search index: words of documents, kept in step with them inside the same transaction.

FTS5 marks a deleted word as gone and keeps it until its segments are merged. So whoever cleans the
file merges them first (``forget_erased``), or erased words would stay readable in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.projections.search import words_of

TABLE: Final = "search"
"""The index; tables of its own begin with this name and an underscore."""


def index_documents(
    conn: Connection, lane: str, documents: Sequence[Document], gone: Iterable[bytes]
) -> None:
    """Bring the index up to documents that were just folded.

    Args:
        conn: The store, inside the transaction that folds.
        lane: The lane they are in.
        documents: Documents as they stand now.
        gone: Subjects that have none any more.
    """
    worded = [(each.subject, words_of(decode_document(each))) for each in documents]
    _take_out(conn, lane, [*gone, *(subject for subject, _ in worded)])
    for subject, words in worded:
        if words:
            conn.execute("INSERT INTO searchable (lane, subject) VALUES (?, ?)", (lane, subject))
            conn.execute(
                "INSERT INTO search (rowid, words) SELECT pos, ? FROM searchable"
                " WHERE lane = ? AND subject = ?",
                (words, lane, subject),
            )


def _take_out(conn: Connection, lane: str, subjects: Sequence[bytes]) -> None:
    among = [(lane, subject) for subject in subjects]
    conn.executemany(
        "DELETE FROM search WHERE rowid ="
        " (SELECT pos FROM searchable WHERE lane = ? AND subject = ?)",
        among,
    )
    conn.executemany("DELETE FROM searchable WHERE lane = ? AND subject = ?", among)


def empty_index(conn: Connection) -> None:
    """Take every word out of the index."""
    conn.execute("DELETE FROM search")
    conn.execute("DELETE FROM searchable")
    forget_erased(conn)


def forget_erased(conn: Connection) -> None:
    """Merge the index into one piece, so that it holds nothing of what was deleted from it."""
    conn.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")


def is_own_table(name: str) -> bool:
    """Say whether a table belongs to the index and is written by nobody else."""
    return name == TABLE or name.startswith(f"{TABLE}_")
