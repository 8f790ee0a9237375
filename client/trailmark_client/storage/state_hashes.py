"""What a lane's documents come to: the same on every replica that holds the same rows."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.read_models import SUBJECTS_AT_ONCE, entries_by_subject
from trailmark_shared.projections.fold import Document, fold_subject
from trailmark_shared.projections.state_hash import state_hash as hash_of_documents

IN_LANE: Final = (
    "lane = ?1 AND subject IN (SELECT subject FROM event WHERE lane = ?1 AND subject IS NOT NULL)"
)
"""Documents of a lane: found by its subjects, which events have an index of."""

IN_LANES: Final = (
    "(lane, subject) IN"
    " (SELECT lane, subject FROM event WHERE lane GLOB ?1 AND subject IS NOT NULL)"
)
"""The same for lanes whose names are like a pattern."""


def documents_of_lane(conn: Connection, lane: str) -> list[Document]:
    """Return every document of a lane."""
    rows = conn.execute(
        f"SELECT kind, subject, parent, json FROM document WHERE {IN_LANE}",
        (lane,),
    )
    return [
        Document(lane=lane, kind=kind, subject=subject, parent=parent, json=json)
        for kind, subject, parent, json in rows
    ]


def state_hash(conn: Connection, lane: str) -> bytes:
    """Return the state hash of a lane at its cursor: confirmed rows only.

    Subjects that the outbox or held rows touch are folded once more without these.
    """
    by_subject = {each.subject: each for each in documents_of_lane(conn, lane)}
    unconfirmed = [
        subject
        for (subject,) in conn.execute(
            "SELECT DISTINCT subject FROM event WHERE lane = ?1 AND subject IS NOT NULL"
            " AND (seq IS NULL OR held IS NOT NULL OR id IN (SELECT id FROM event"
            " WHERE lane = ?1 AND held IS NOT NULL AND code = 'duplicate'))",
            (lane,),
        )
    ]
    for start in range(0, len(unconfirmed), SUBJECTS_AT_ONCE):
        some = unconfirmed[start : start + SUBJECTS_AT_ONCE]
        entries = entries_by_subject(conn, lane, some, confirmed_only=True)
        for subject in some:
            by_subject.pop(subject, None)
            folded = fold_subject(lane, entries.get(subject, ()))
            if folded is not None:
                by_subject[subject] = folded
    return hash_of_documents(by_subject.values(), lane)
