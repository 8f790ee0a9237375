"""What of the time before somebody was let in a person can pick for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import children_at_home, documents
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.homes import GoalAtHome, goals_at_home
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.words import gettext, marked, ngettext

CLASS_BY_KIND: Final[Mapping[Kind, str]] = {
    "goal": "goals",
    "step": "steps",
    "check_in": "check_ins",
    "win": "wins_setbacks",
    "setback": "wins_setbacks",
    "excerpt": "excerpts",
}
"""What can be picked -> the class that must have been agreed to."""

_NOTE_WORDS: Final[Sequence[tuple[Kind, str]]] = (
    ("win", marked("the win “{words}” of {day}")),
    ("setback", marked("the hard moment “{words}” of {day}")),
)
_HIDDEN: Final = "entered-in-error"
_WORDS_MAX: Final = 60


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person picked.

    Attributes:
        id: What.
        kind: What that is.
        goal: The goal that it hangs under, or ``None``.
    """

    id: bytes
    kind: Kind
    goal: bytes | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what can be picked.

    Attributes:
        ids: What the line stands for: one thing, or the check-ins of a goal.
        kind: What that is.
        goal: The goal that must be picked, too, or ``None``.
        words: How the person knows it.
    """

    ids: tuple[bytes, ...]
    kind: Kind
    goal: bytes | None
    words: str


def find_picks(conn: Connection, typed: Collection[str], classes: Collection[str]) -> list[Pick]:
    """Return what the beginnings of ids mean, goals in front.

    Args:
        conn: The store.
        typed: What the person typed.
        classes: What they agreed to share.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``; ``not_agreed``: of a class that was not agreed
            to; ``invalid_input``: it hangs under a goal that was not picked.
    """
    known = _known(conn)
    picks = [known[by_prefix(known, each, "entry")] for each in typed]
    if any(CLASS_BY_KIND[each.kind] not in classes for each in picks):
        raise DomainError(
            ErrorCode.NOT_AGREED,
            gettext("you picked something of a kind that you did not agree to share"),
        )
    return _with_their_goals(picks)


def still_there(conn: Connection, picks: Collection[str]) -> list[Pick]:
    """Return those of picked ids (text) that are still on this device, goals in front."""
    known = _known(conn)
    found = [known[id_] for id_ in map(id_from_text, picks) if id_ in known]
    return sorted(found, key=lambda each: each.kind != "goal")


def _with_their_goals(picks: Sequence[Pick]) -> list[Pick]:
    goals = {each.id for each in picks if each.kind == "goal"}
    if any(each.kind in {"step", "check_in"} and each.goal not in goals for each in picks):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a step or a check-in goes with its goal: pick that, too"),
        )
    return sorted(dict.fromkeys(picks), key=lambda each: each.kind != "goal")


def _known(conn: Connection) -> dict[bytes, Pick]:
    marks = ", ".join("?" * len(CLASS_BY_KIND))
    rows = conn.execute(
        f"SELECT subject, kind, parent FROM document WHERE kind IN ({marks})",  # noqa: S608  (marks)
        tuple(CLASS_BY_KIND),
    )
    return {
        subject: Pick(id=subject, kind=kind, goal=None if kind == "goal" else parent)
        for subject, kind, parent in rows.fetchall()
    }


def candidates(conn: Connection, classes: Collection[str], since: str | None) -> list[Candidate]:
    """Return what a person may pick, goals first; nothing of it is picked for them.

    Args:
        conn: The store.
        classes: What they agreed to share.
        since: Local date from which check-ins, wins, hard moments and parts of reflections are
            offered; ``None`` offers goals alone.
    """
    found: list[Candidate] = []
    if "goals" in classes:
        for goal in goals_at_home(conn):
            if goal.document.lifecycle.value != _HIDDEN:
                found.append(_goal(goal))
                if since is not None and "check_ins" in classes:
                    found += _check_ins(conn, goal, since)
    if since is not None and "wins_setbacks" in classes:
        found += _notes(conn, since)
    if since is not None and "excerpts" in classes:
        found += _excerpts(conn, since)
    return found


def _goal(goal: GoalAtHome) -> Candidate:
    title = _short(goal.document.title.value or "")
    return Candidate(
        ids=(goal.id,),
        kind="goal",
        goal=None,
        words=gettext("the goal “{title}”").format(title=title),
    )


def _check_ins(conn: Connection, goal: GoalAtHome, since: str) -> Iterator[Candidate]:
    held = children_at_home(conn, "check_in", goal.id, goal.lane, CheckInDocument)
    ids = tuple(each.subject for each in held if (each.document.day.value or "") >= since)
    if ids:
        title = _short(goal.document.title.value or "")
        words = ngettext(
            "{n} check-in of “{title}” since {day}",
            "{n} check-ins of “{title}” since {day}",
            len(ids),
        ).format(n=len(ids), title=title, day=since)
        yield Candidate(ids=ids, kind="check_in", goal=goal.id, words=words)


def _notes(conn: Connection, since: str) -> Iterator[Candidate]:
    seen: set[bytes] = set()
    for kind, word in _NOTE_WORDS:
        for each in documents(conn, kind, NoteDocument):
            text = each.document.text
            if text is not None and each.document.day >= since and each.subject not in seen:
                seen.add(each.subject)
                words = gettext(word).format(words=_short(text), day=each.document.day)
                yield Candidate(ids=(each.subject,), kind=kind, goal=None, words=words)


def _excerpts(conn: Connection, since: str) -> Iterator[Candidate]:
    for each in documents(conn, "excerpt", ExcerptDocument):
        text = each.document.text
        is_with_therapists = each.lane.startswith("care/")
        if is_with_therapists and text is not None and each.document.day >= since:
            words = gettext("the part of a reflection “{words}”").format(words=_short(text))
            yield Candidate(ids=(each.subject,), kind="excerpt", goal=None, words=words)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WORDS_MAX else f"{line[: _WORDS_MAX - 1]}…"
