"""Which lines of a timeline are asked for, as its form and its address say it: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_server.pages.views import EntryRow
from trailmark_shared import limits
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.words import marked

KINDS: Final[Mapping[str, str]] = {
    "goal": marked("Goals"),
    "step": marked("Steps"),
    "check_in": marked("Check-ins"),
    "win": marked("Wins"),
    "setback": marked("Hard moments"),
    "occurrence": marked("What happened"),
    "scale": marked("Levels of goals"),
    "excerpt": marked("Parts of reflections"),
    "proposal": marked("Proposals"),
    "agenda_item": marked("Things to speak about"),
    "grant": marked("Sharing"),
}
"""Kinds of lines to choose from, and how they are called."""

CHANGES: Final = frozenset({"goal", "step", "barrier", "coping", "intervention", "review"})
"""Kinds whose lines say what changed."""

_CHECKED: Final = "1"


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """Something that arrived since the reader was here last.

    Attributes:
        url: Address of its line.
        day: The day it belongs to, in words.
        who: Who did it.
        sentence: What happened.
        late: "recorded 3 days before it synced", or ``None``.
    """

    url: str
    day: str
    who: str
    sentence: str
    late: str | None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; an empty one asks for everything.

    Attributes:
        goal: Only lines of this goal, an id as text.
        kind: Only lines of this kind.
        changes: Only lines that say what changed.
        since_session: Only what arrived since the last session.
        words: Only lines that hold these words.
    """

    goal: str = ""
    kind: str = ""
    changes: bool = False
    since_session: bool = False
    words: str = ""

    @property
    def is_active(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()

    @property
    def query(self) -> dict[str, str]:
        """The parts of an address that say it, all but the words; empty for everything."""
        said = {
            "goal": self.goal,
            "kind": self.kind,
            "changes": _CHECKED if self.changes else "",
            "since_session": _CHECKED if self.since_session else "",
        }
        return {name: value for name, value in said.items() if value}


def filter_from_fields(fields: Mapping[str, str], words: str) -> Filter:
    """Return what an address or a form asks for; what it says of no known kind is left out.

    Args:
        fields: Parts of an address, or fields of the form.
        words: What is looked for, which stands in no address.
    """
    kind = fields.get("kind", "")
    return Filter(
        goal=fields.get("goal", "")[: limits.LANE_NAME_CHARS_MAX],
        kind=kind if kind in KINDS else "",
        changes=fields.get("changes") == _CHECKED,
        since_session=fields.get("since_session") == _CHECKED,
        words=words,
    )


def types_of(asked: Filter) -> frozenset[str] | None:
    """Return the types of events whose lines can fit, ``None`` for all of them."""
    if not asked.kind and not asked.changes:
        return None
    return frozenset(
        name
        for name, known in EVENT_TYPES.items()
        if (not asked.kind or known.kind == asked.kind)
        and (not asked.changes or known.kind in CHANGES)
    )


def fits(asked: Filter, row: EntryRow, since: int | None) -> bool:
    """Say whether a line is asked for.

    Args:
        asked: What is asked for.
        row: The line.
        since: When the last session began, milliseconds UTC; ``None`` where none is known.

    Returns:
        Whether every part of what is asked for fits it.
    """
    if asked.goal and (row.goal is None or row.goal.id != asked.goal):
        return False
    if asked.kind and row.kind != asked.kind:
        return False
    if asked.changes and row.kind not in CHANGES:
        return False
    if asked.since_session and since is not None and row.arrived <= since:
        return False
    return _holds(row, asked.words)


def _holds(row: EntryRow, words: str) -> bool:
    title = row.goal.title if row.goal else ""
    said = [row.who, row.sentence, row.words or "", row.why or "", title]
    said += [each.text or "" for each in row.comments]
    text = " ".join(said).casefold()
    return all(each in text for each in words.casefold().split())
