"""The rows that an open page does not have yet, in bounded batches, drawn once for all alike.

What a page shows of a row depends on the row, on what stands around it, and on the view: language,
names, and whether the reader may comment. Pages of one view take what the first of them drew. Only
the token of the reader's session and the ids of its forms are each page's own; they are put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.surroundings import (
    GoalNames,
    new_id,
    read_goals,
    read_surroundings,
)
from trailmark_server.pages.rendering import TEMPLATES
from trailmark_server.pages.timeline_rows import days_from_rows, row_from_entry
from trailmark_server.pages.views import Viewer
from trailmark_server.services import Services
from trailmark_server.storage.ports import LaneNews
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.words import language

BATCH_ROWS_MAX: Final = 50
"""Rows of one message; what is more follows in the next ones."""

_SESSION: Final = "session"
"""What stands in a sketch for the token of the reader's session."""

_NAMING: Final[frozenset[Kind | None]] = frozenset({"goal", "control", None})
"""Kinds of events after which goals may be called otherwise; ``None`` stands for unknown types."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one message carries.

    Attributes:
        html: Days with their rows; empty where nothing is meant for people.
        erased: Ids of events whose rows are to go.
        cursors: Where the page stands once it has it.
    """

    html: str
    erased: Sequence[str]
    cursors: Mapping[Lane, int]


class Sketch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as all pages of one view show it.

    Attributes:
        seqs: The rows that it was drawn for.
        parts: HTML, and after every part but the last the name of what each page puts in there.
        erased: Ids of events whose rows are to go.
    """

    seqs: Sequence[int]
    parts: Sequence[str]
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
        self._goals: GoalNames | None = None
        self._sketches: dict[Lane, Sketch] = {}
        self._claims: dict[Lane, object] = {}
        self.cursors = dict(cursors)

    async def join(self, audience: Audience) -> None:
        """Wait for what others of the same view draw now, or let them wait for this page.

        What the page may see is to be asked after this, so that nothing drawn is older than that
        question. ``release`` must follow.
        """
        for lane in audience.lanes:
            key = self._key(audience, lane)
            found = self._services.drawn.claim(key)
            if found is None:
                self._claims[lane] = key
                continue
            sketch: Sketch | None = await found
            if sketch is not None:
                self._sketches[lane] = sketch

    def release(self) -> None:
        """Let nobody wait for this page any more."""
        for key in self._claims.values():
            self._services.drawn.settle(key, None)
        self._claims.clear()
        self._sketches.clear()

    def begin_anew(self) -> None:
        """Draw otherwise from now on: other lanes may be seen, or others are named."""
        self.release()
        self._goals = None

    async def read(self, audience: Audience, found: Sequence[LaneNews]) -> list[Batch]:
        """Return what is new in each lane, and stand behind it.

        Args:
            audience: What may be seen.
            found: The lanes with their rows, as the store told them to this reader. Of some, the
                last rows may be left for the next time.

        Raises:
            RefusedError: Grant or web session ended.
        """
        for lane in set(self.cursors) - {each.lane for each in found}:
            del self.cursors[lane]
        batches: list[Batch] = []
        for news in found:
            if news.rows:
                sketch = await self._sketch(audience, news)
                self.cursors[news.lane] = sketch.seqs[-1]
                html, cursors = self._own(sketch.parts), dict(self.cursors)
                batches.append(Batch(html=html, erased=sketch.erased, cursors=cursors))
        return batches

    def _key(self, audience: Audience, lane: Lane) -> object:
        view = (language().tag, tuple(sorted(audience.names.items())))
        after, may_comment = self.cursors.get(lane, 0), audience.allows("comment", lane)
        return audience.space, lane, after, view, may_comment

    async def _sketch(self, audience: Audience, news: LaneNews) -> Sketch:
        entries = entries_from_rows(news.rows)
        if any(_kind_of(each) in _NAMING for each in entries):
            self._goals = None
        seqs = [row.seq for row in news.rows]
        drawn = self._sketches.pop(news.lane, None)
        if drawn is not None and list(drawn.seqs) == seqs[: len(drawn.seqs)]:
            return drawn
        sketch = await self._drawn(audience, news.lane, entries, seqs)
        key = self._claims.pop(news.lane, None)
        if key is not None:
            self._services.drawn.settle(key, sketch)
        return sketch

    async def _drawn(
        self, audience: Audience, lane: Lane, new: Sequence[Entry], seqs: Sequence[int]
    ) -> Sketch:
        erased = [
            event
            for entry in new
            if isinstance(entry.body.data, SubjectErased)
            for event in entry.body.data.events
        ]
        touched = await self._touched(audience, lane, new)
        entries = {each.id: each for each in (*touched, *new)}
        shown = [each for each in entries.values() if text_from_id(each.id) not in erased]
        are_new = not touched and not any(_kind_of(each) == "comment" for each in new)
        if self._goals is None:
            goals = await read_goals(self._services, audience)
            self._goals = GoalNames(titles=goals.titles, marks=goals.marks)
        around = await read_surroundings(
            self._services, audience, self._goals, lane, shown, are_new=are_new
        )
        mark, numbers = new_id(self._services), count()
        around = msgspec.structs.replace(around, new_id=lambda: f"{mark}{next(numbers)}.")
        rows = [row for each in shown if (row := row_from_entry(each, around)) is not None]
        viewer = Viewer(name="", form_token=f"{mark}{_SESSION}.")
        html = TEMPLATES.render("parts/days.html", viewer=viewer, days=days_from_rows(rows))
        parts = re.split(rf"{mark}(\w+)\.", html) if rows else [""]
        return Sketch(seqs=seqs, parts=parts, erased=erased)

    def _own(self, parts: Sequence[str]) -> str:
        """Return HTML with the token and the form ids of this page."""
        own = {_SESSION: self._form_token}
        for name in parts[1::2]:
            if name not in own:
                own[name] = new_id(self._services)
        return "".join(own[each] if place % 2 else each for place, each in enumerate(parts))

    async def _touched(self, audience: Audience, lane: Lane, new: Sequence[Entry]) -> list[Entry]:
        """Older rows that read differently now: answered ones, and those that are taken back."""
        subjects: set[bytes] = set()
        events: set[bytes] = set()
        for entry in new:
            if entry.body.type in {"excerpt_withdrawn", "proposal_withdrawn"}:
                subjects.add(entry.body.subject)
            elif isinstance(data := entry.body.data, EntryTakenBack | EntryPutBack):
                subjects.add(entry.body.subject)
                events |= {id_from_text(each) for each in data.events}
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


def _kind_of(entry: Entry) -> Kind | None:
    known = EVENT_TYPES.get(entry.body.type)
    return None if known is None else known.kind
