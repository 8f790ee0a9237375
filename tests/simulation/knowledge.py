"""What each writer had before them: who knew of whose words decides what is a conflict.

A second opinion on ``base``, from the stores alone: an event that stood in the writer's store when
they wrote was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from tests.simulation.ledger import check
from trailmark_adapters.sqlite import Connection
from trailmark_shared.events.body import Body
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.fold import Document
from trailmark_shared.projections.goal import GoalDocument

_SETTERS: Final[Mapping[str, str]] = {"title": "goal_reworded", "due": "goal_rescheduled"}
"""Fields, and the type of event that sets only this one."""


class Knowledge:
    """What was seen by whom."""

    def __init__(self) -> None:
        self._seen: dict[bytes, frozenset[bytes]] = {}

    def note(self, conn: Connection, subject: bytes, events: Iterable[bytes]) -> None:
        """Remember what a device held about ``subject`` when it wrote ``events``."""
        rows = conn.execute("SELECT id FROM event WHERE subject = ?", (subject,)).fetchall()
        held = frozenset(event for (event,) in rows) - frozenset(events)
        for event in events:
            self._seen[event] = held

    def judge(self, documents: Iterable[Document], entries: Sequence[tuple[bytes, Body]]) -> None:
        """Compare the conflicts that goals show with who knew of whom.

        Args:
            documents: The documents of a lane.
            entries: The live events of that lane, with their ids.

        Raises:
            BrokenPromiseError: ``I18``.
        """
        for document in documents:
            if document.kind == "goal":
                about = [each for each in entries if each[1].subject == document.subject]
                goal = msgspec.json.decode(document.json, type=GoalDocument)
                for name, setter in _SETTERS.items():
                    self._judge_field(getattr(goal, name), name, setter, about)

    def _judge_field(
        self,
        field: Field[object],
        name: str,
        setter: str,
        about: Sequence[tuple[bytes, Body]],
    ) -> None:
        shown = {each.event for each in field.values}
        own = [event for event, body in about if body.type == setter]
        current = [event for event in own if text_from_id(event) in shown]
        for event in current:
            known = self._seen.get(event, frozenset())
            superseded = [other for other in current if other in known]
            check("I18", not superseded, f"a {name} stands beside one whose writer knew of it")
        setting = [event for event, body in about if name in EVENT_TYPES[body.type].sets]
        unseen = set(own) - {seen for each in setting for seen in self._seen.get(each, own)}
        hidden = {text_from_id(each) for each in unseen} - shown
        check("I18", not hidden, f"a {name} that nobody knew of is not shown")
