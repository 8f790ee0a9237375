"""Looking back: where it began, what went well, this day before, and words found again."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents
from trailmark_client.queries.goals import GoalLine, list_goals
from trailmark_client.queries.journal import LookBack, list_journal, look_back
from trailmark_client.queries.searching import Found, search
from trailmark_client.storage.search_index import put_in
from trailmark_client.web.asking import Asked, Told
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

SHOWN: Final = 12
"""Good things that are in view at once."""


class Good(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went well.

    Attributes:
        day: The local date.
        kind: ``win`` or ``step``.
        text: The words.
    """

    day: str
    kind: str
    text: str


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What looking back shows.

    Attributes:
        journal: The first entry beside the latest, and this day before.
        good: Wins and steps that were reached, the latest first.
        reached: Goals that were reached.
        let_go: Goals that were let go; nothing else leads to them.
    """

    journal: LookBack
    good: list[Good]
    reached: list[GoalLine]
    let_go: list[GoalLine]


def show(desk: Desk, asked: Asked) -> Told:
    """Show where it began and what went well."""
    back = desk.read(lambda conn: _back(conn, desk.today))
    return page(desk, asked, "back.html", "back", back=back, found=None)


def look_for(desk: Desk, asked: Asked) -> Told:
    """Show what on this device holds some words; they stay out of every address."""
    words = asked.typed("words")
    desk.store.write(put_in)

    def look(conn: Connection) -> tuple[Back, list[Found]]:
        return _back(conn, desk.today), search(conn, words)

    back, found = desk.read(look)
    return page(desk, asked, "back.html", "back", back=back, found=found)


def _back(conn: Connection, day: str) -> Back:
    wins = [
        Good(day=each.document.day, kind="win", text=each.document.text)
        for each in documents(conn, "win", NoteDocument)
        if each.document.text is not None
    ]
    steps = [
        Good(day=each.document.reached_on, kind="step", text=each.document.text.value)
        for each in documents(conn, "step", StepDocument)
        if each.document.status.value == "reached"
        if each.document.reached_on is not None and each.document.text.value is not None
    ]
    once = {(each.day, each.text): each for each in (*wins, *steps)}
    goals = list_goals(conn, day)
    return Back(
        journal=look_back(list_journal(conn), day),
        good=sorted(once.values(), key=lambda each: each.day, reverse=True)[:SHOWN],
        reached=[each for each in goals if each.status == "completed"],
        let_go=[each for each in goals if each.status == "cancelled"],
    )
