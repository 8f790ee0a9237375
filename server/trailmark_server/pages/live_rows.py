"""The rows that an open page does not have yet, read from the log in bounded batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.surroundings import read_goals, read_surroundings
from trailmark_server.pages.replies import TEMPLATES
from trailmark_server.pages.timeline_rows import days_from_rows, row_from_entry
from trailmark_server.pages.views import Row, Viewer
from trailmark_server.services import Services
from trailmark_server.storage.ports import Window
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry

BATCH_ROWS_MAX: Final = 50
"""Rows of one message; what is more follows in the next ones."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one message carries.

    Attributes:
        html: Days with their rows; empty where nothing is meant for people.
        erased: Ids of events whose rows are to go.
    """

    html: str
    erased: Sequence[str]


class LiveRows:
    """Reads behind a cursor per lane.

    Attributes:
        cursors: The last seq that was read of each lane.
    """

    def __init__(self, services: Services, form_token: str, cursors: Mapping[Lane, int]) -> None:
        """Begin behind ``cursors``; a lane that they do not name is read from its start."""
        self._services = services
        self._form_token = form_token
        self.cursors = dict(cursors)

    async def read(self, audience: Audience) -> AsyncIterator[Batch]:
        """Yield what is new in every lane that the audience may read.

        Raises:
            RefusedError: Grant or web session ended; nothing of that read was yielded.
        """
        for lane in list(self.cursors):
            if lane not in audience.lanes:
                del self.cursors[lane]
        for lane in audience.lanes:
            while True:
                entries, is_last = await self._next(audience, lane)
                if entries:
                    yield await self._batch(audience, lane, entries)
                if is_last:
                    break

    async def _next(self, audience: Audience, lane: Lane) -> tuple[list[Entry], bool]:
        window = Window(limit=BATCH_ROWS_MAX, after=self.cursors.get(lane, 0))
        rows = await self._services.events.timeline(
            audience.space, lane, window, audience.reader(lane)
        )
        self.cursors[lane] = max((row.seq for row in rows), default=self.cursors.get(lane, 0))
        return entries_from_rows(rows), len(rows) < BATCH_ROWS_MAX

    async def _batch(self, audience: Audience, lane: Lane, new: Sequence[Entry]) -> Batch:
        erased = [
            event
            for entry in new
            if isinstance(entry.body.data, SubjectErased)
            for event in entry.body.data.events
        ]
        entries = {each.id: each for each in await self._touched(audience, lane, new)}
        entries |= {each.id: each for each in new}
        shown = [each for each in entries.values() if text_from_id(each.id) not in erased]
        goals = await read_goals(self._services, audience)
        around = await read_surroundings(self._services, audience, goals, lane, shown)
        rows = [row for each in shown if (row := row_from_entry(each, around)) is not None]
        return Batch(html=self._html(rows), erased=erased)

    async def _touched(self, audience: Audience, lane: Lane, new: Sequence[Entry]) -> list[Entry]:
        """Older rows that read differently now: answered ones, and those whose words are gone."""
        subjects: set[bytes] = set()
        events: set[bytes] = set()
        for entry in new:
            if entry.body.type in {"excerpt_withdrawn", "proposal_withdrawn"}:
                subjects.add(entry.body.subject)
            elif entry.body.type in {"comment_added", "comment_withdrawn"}:
                await self._answered(audience, lane, entry, subjects, events)
        found: list[Entry] = []
        for subject in sorted(subjects):
            rows = await self._services.events.subject_rows(
                audience.space, lane, subject, audience.reader(lane)
            )
            entries = entries_from_rows(rows)
            named = [each for each in entries if each.id in events]
            found += named or entries[:1]
        return found

    async def _answered(
        self,
        audience: Audience,
        lane: Lane,
        entry: Entry,
        subjects: set[bytes],
        events: set[bytes],
    ) -> None:
        data = entry.body.data
        if isinstance(data, CommentAdded):
            subjects.add(id_from_text(data.about))
            events |= {entry.body.cause} if entry.body.cause else set()
            return
        stored = await self._services.events.document(
            audience.space, lane, entry.body.subject, audience.reader(lane)
        )
        if stored is None:
            return
        comment = msgspec.json.decode(stored.json, type=CommentDocument)
        if comment.about is not None:
            subjects.add(id_from_text(comment.about))
        if comment.answers is not None:
            events.add(id_from_text(comment.answers))

    def _html(self, rows: Sequence[Row]) -> str:
        if not rows:
            return ""
        viewer = Viewer(name="", form_token=self._form_token)
        return TEMPLATES.render("parts/days.html", viewer=viewer, days=days_from_rows(rows))
