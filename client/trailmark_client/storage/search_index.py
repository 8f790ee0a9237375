"""The search index: words of documents, brought up to date when somebody looks for something.

Writing must not wait for it, so a document that changed only leaves the index, within the
transaction that changed it; the next search puts it back. FTS5 marks a deleted word as gone and
keeps it until its segments are merged. So whoever cleans the file merges them first
(``forget_erased``), or erased words would stay readable in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.rows import places
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.projections.search import words_of

_READS: Final = "search_reads"
_READS_NOW: Final = "2"
"""Grows with the kinds of documents of which words are read."""

TABLE: Final = "search"
"""The index; tables of its own begin with this name and an underscore."""


def take_out(conn: Connection, lane: str, subjects: Sequence[bytes]) -> None:
    """Take documents that changed, or are gone, out of the index.

    Args:
        conn: The store, inside the transaction that changed them.
        lane: The lane they are in.
        subjects: What they are about.
    """
    if conn.execute("SELECT 1 FROM searchable LIMIT 1").fetchone() is None:
        return
    among = f"lane = ? AND subject IN ({places(len(subjects))})"
    found = conn.execute(f"SELECT pos FROM searchable WHERE {among}", (lane, *subjects)).fetchall()
    if found:
        conn.executemany("DELETE FROM search WHERE rowid = ?", found)
        conn.executemany("DELETE FROM searchable WHERE pos = ?", found)


def put_in(conn: Connection) -> None:
    """Put in what is not in the index: call it before looking for something.

    Args:
        conn: The store, inside a write transaction.
    """
    if setting(conn, _READS) != _READS_NOW:
        # Another release found no words in these.
        conn.execute("DELETE FROM searchable WHERE pos NOT IN (SELECT rowid FROM search)")
        set_setting(conn, _READS, _READS_NOW)
    rows = conn.execute(
        "SELECT document.lane, document.kind, document.subject, parent, json FROM document"
        " LEFT JOIN searchable USING (lane, subject) WHERE pos IS NULL"
    ).fetchall()
    missing = [
        Document(lane=lane, kind=kind, subject=subject, parent=parent, json=json)
        for lane, kind, subject, parent, json in rows
    ]
    for document in missing:
        lane, subject = document.lane, document.subject
        conn.execute("INSERT INTO searchable (lane, subject) VALUES (?, ?)", (lane, subject))
        words = words_of(decode_document(document))
        if words:
            conn.execute(
                "INSERT INTO search (rowid, words) VALUES (last_insert_rowid(), ?)", (words,)
            )


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
