"""Documents, sealed at rest, keyed by the version of the folds that made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from trailmark_server.projector import Folded
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.ports import Wanted
from trailmark_server.storage.sql import statements
from trailmark_server.storage.sql.connection import SqlValue, run_each
from trailmark_server.storage.sql.lane_numbers import LaneNumbers
from trailmark_shared.errors import SealError
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.projections.fold import PROJECTION_VERSION, Document


class SqlReadModels(LaneNumbers):
    """The documents of this version."""

    def projected_to(self, space: SpaceId, lane: Lane) -> int | None:
        """Return the seq that this version's documents of a lane reach, ``None`` for none."""
        found = self._conn.execute(
            f"SELECT seq FROM projection WHERE {self._key.match} AND version = ?",  # noqa: S608
            (*self._place(space, lane), PROJECTION_VERSION),
        ).fetchone()
        return None if found is None else found[0]

    def save_folded(
        self, space: SpaceId, lane: Lane, folded: Folded, seq: int, seal: RestSeal
    ) -> None:
        """Put the folded subjects in place; the documents reach ``seq`` then."""
        many, text = partial(run_each, self._conn), statements.statements_by(self._key)
        match = f"{self._key.match} AND version = ?"
        place = (*self._place(space, lane), PROJECTION_VERSION)
        gone = set(folded.subjects) - {each.subject for each in folded.documents}
        keys = [(*place, subject) for subject in sorted(gone)]
        many(f"DELETE FROM document WHERE {match} AND subject = ?", keys)  # noqa: S608
        many(
            text.save_document,
            [
                (
                    *place,
                    each.kind,
                    each.subject,
                    each.parent,
                    each.day,
                    seal.seal_document(lane, each.subject, each.json),
                )
                for each in folded.documents
            ],
        )
        # A fold that failed left no document, so only these subjects can have failed before.
        keys = [(*place, subject) for subject in folded.subjects]
        many(f"DELETE FROM failed_fold WHERE {match} AND subject = ?", keys)  # noqa: S608
        many(text.add_failed, [(*place, subject, at) for subject, at in folded.failed])
        self._conn.execute(text.save_projection, (*place, seq))

    def forget_failed(self, space: SpaceId, lane: Lane) -> None:
        """Forget at which rows of a lane this version's folds failed."""
        self._conn.execute(
            f"DELETE FROM failed_fold WHERE {self._key.match} AND version = ?",  # noqa: S608
            (*self._place(space, lane), PROJECTION_VERSION),
        )

    def _forget_documents(self, place: Sequence[SqlValue], subjects: set[bytes]) -> None:
        """Take the documents of erased events away in every version.

        Another version that is in use beside this one folds the lane again when it needs it.
        """
        self._conn.executemany(
            f"DELETE FROM document WHERE {self._key.match} AND subject = ?",  # noqa: S608
            [(*place, subject) for subject in sorted(subjects)],
        )
        if subjects:
            self._conn.execute(
                f"DELETE FROM projection WHERE {self._key.match} AND version <> ?",  # noqa: S608
                (*place, PROJECTION_VERSION),
            )

    def subjects(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane, in the order in which the log began to tell of them."""
        found = self._conn.execute(
            f"SELECT subject FROM event WHERE {self._key.match} ORDER BY seq",  # noqa: S608
            self._place(space, lane),
        )
        return list(dict.fromkeys(subject for (subject,) in found if subject is not None))

    def subjects_among(self, space: SpaceId, lane: Lane, subjects: Sequence[bytes]) -> set[bytes]:
        """Return which of these subjects there are rows about."""
        place, among = self._place(space, lane), set[bytes]()
        for marks, part in statements.chunks(subjects):
            found = self._conn.execute(
                f"SELECT DISTINCT subject FROM event WHERE {self._key.match} "  # noqa: S608
                f"AND subject IN ({marks})",
                (*place, *part),
            )
            among.update(subject for (subject,) in found)
        return among

    def documented(self, space: SpaceId, lane: Lane) -> list[bytes]:
        """Return every subject of a lane that has a document of this version."""
        found = self._conn.execute(
            f"SELECT subject FROM document WHERE {self._key.match} AND version = ? "  # noqa: S608
            "ORDER BY subject",
            (*self._place(space, lane), PROJECTION_VERSION),
        )
        return [subject for (subject,) in found]

    def documents(
        self, space: SpaceId, lane: Lane, wanted: Wanted, seal: RestSeal
    ) -> list[Document]:
        """Return this version's documents that are wanted, by kind and subject."""
        found = [
            Document(
                lane=lane,
                kind=kind,
                subject=subject,
                parent=parent,
                json=_opened(seal, lane, subject, stored),
                day=day,
            )
            for sql, parameters in _selections(wanted)
            for kind, subject, parent, day, stored in self._conn.execute(
                f"SELECT kind, subject, parent, day, json FROM document "  # noqa: S608
                f"WHERE {self._key.match} AND version = ? {sql}",
                (*self._place(space, lane), PROJECTION_VERSION, *parameters),
            )
        ]
        return sorted(found, key=lambda each: (each.kind, each.subject))

    def document(
        self, space: SpaceId, lane: Lane, subject: bytes, seal: RestSeal
    ) -> Document | None:
        """Return this version's document of a subject."""
        found = self._conn.execute(
            "SELECT kind, parent, day, json FROM document "  # noqa: S608
            f"WHERE {self._key.match} AND version = ? AND subject = ?",
            (*self._place(space, lane), PROJECTION_VERSION, subject),
        ).fetchone()
        if found is None:
            return None
        kind, parent, day, stored = found
        json = _opened(seal, lane, subject, stored)
        return Document(lane=lane, kind=kind, subject=subject, parent=parent, json=json, day=day)

    def failed(self, space: SpaceId, lane: Lane) -> list[int]:
        """Return the seqs at which this version's folds failed."""
        found = self._conn.execute(
            f"SELECT seq FROM failed_fold WHERE {self._key.match} AND version = ? "  # noqa: S608
            "ORDER BY seq",
            (*self._place(space, lane), PROJECTION_VERSION),
        )
        return [seq for (seq,) in found]


def _selections(wanted: Wanted) -> Iterator[tuple[str, Sequence[SqlValue]]]:
    """Yield what stands behind the statements that find the documents, with its parameters.

    No order is asked for where all are taken: it would lead SQLite to an index that has the order
    and finds many times as much as is wanted.
    """
    rest, behind = "", list[SqlValue]()
    if wanted.kind is not None:
        rest += " AND kind = ?"
        behind.append(wanted.kind)
    if wanted.latest is not None:
        rest += " AND day IS NOT NULL ORDER BY day DESC, subject DESC LIMIT ?"
        behind.append(wanted.latest)
    for column, values in (("parent", wanted.parents), ("subject", wanted.subjects)):
        if values is not None:
            for marks, part in statements.chunks(values):
                yield f"AND {column} IN ({marks}){rest}", (*part, *behind)
            return
    yield rest, behind


def _opened(seal: RestSeal, lane: Lane, subject: bytes, stored: bytes) -> bytes:
    """Return a document's JSON; of a damaged one nothing, which ``verify`` names."""
    try:
        return seal.open_document(lane, subject, stored)
    except SealError:
        return b""
