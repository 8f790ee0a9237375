"""Frozen copies: one thing, written into another shared lane as it reads now.

A goal, note or step keeps its subject and the time at which it happened; an excerpt, which is a
copy already, gets a subject of its own each time. What changes at home afterwards does not follow:
copying again is another event. Taking back names the copies that it takes back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NoReturn

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields, goal_fields
from trailmark_client.commands.when import When
from trailmark_client.queries.documents import entries_of, of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.shown import known_there, place_told
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalShared, GoalWithdrawn
from trailmark_shared.events.notes import SetbackNoted, WinNoted, WinWithdrawn
from trailmark_shared.events.planning import SupportRequested, SupportRequestWithdrawn
from trailmark_shared.events.registry import WHOLE_GOAL, Kind
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared, ExcerptWithdrawn
from trailmark_shared.events.steps import StepAdded, StepReached, StepWithdrawn
from trailmark_shared.ids import SELF, Lane, id_from_text, text_from_id
from trailmark_shared.projections.card_kinds import SupportRequestDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.sent import SentKind
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.withdrawing import live_shares, withdrawals
from trailmark_shared.words import gettext

_STEP_FIELDS: Final = ("text", "due", "status")


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """A copy was written, or taken back, within the caller's transaction.

    Attributes:
        kind: What it is.
        subject: Id of it, in the lane that it was copied into.
        events: Ids of the events, in order.
    """

    kind: Kind
    subject: bytes
    events: tuple[bytes, ...]


def copy_goal(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    to: Lane,
    fields: Collection[str] = WHOLE_GOAL,
) -> Copied:
    """Copy a goal as it reads at home, without its steps and check-ins.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        to: The lane; not its home.
        fields: What is copied of it; its title always is.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: that lane shows just this already.
    """
    at_home = goal_at_home(conn, goal)
    wanted = {"title", *fields}
    values = {name: each for name, each in goal_fields(at_home.document).items() if name in wanted}
    values["rank"] = place_told(conn, to, goal, values.get("rank"))
    data = GoalShared(**values, is_copy=True)
    there = at_home.copies.get(to)
    if at_home.lane == to or (there is not None and _shows(there, data)):
        _refuse_again()
    base = base_of_fields(conn, recorder, to, goal, WHOLE_GOAL)
    event = recorder.record(conn, to, goal, data, base=base)
    return Copied(kind="goal", subject=goal, events=(event.id,))


def _shows(there: GoalDocument, data: GoalShared) -> bool:
    is_shown = any(each.withdrawn_at is None for each in there.shares)
    return is_shown and all(
        getattr(there, name).value == getattr(data, name) for name in WHOLE_GOAL
    )


def copy_note(conn: Connection, recorder: Recorder, note: bytes, to: Lane) -> Copied:
    """Copy a win or a setback, with the time at which it happened.

    Its goal is named only where that lane has a copy of the goal.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        note: The win or setback.
        to: The lane.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: that lane shows it already.
    """
    win, setback = (of_subject(conn, kind, note, NoteDocument) for kind in ("win", "setback"))
    kind, lanes = ("win", win) if win else ("setback", setback)
    source = next((lane for lane in lanes if lane != to and not lane.startswith("circle/")), None)
    if source is None:
        _refuse_unknown(gettext("win or hard moment"))
    document = lanes[source]
    _refuse_shown(lanes.get(to))
    body = _entry_of(conn, source, note, document.event).body
    data = body.data
    assert isinstance(data, WinNoted | SetbackNoted), "a note begins with one of them"
    goal = data.goal
    if goal is not None and to not in of_subject(conn, "goal", id_from_text(goal), GoalDocument):
        goal = None
    copied = msgspec.structs.replace(data, goal=goal)
    event = recorder.record(conn, to, note, copied, when=_when(body))
    return Copied(kind=kind, subject=note, events=(event.id,))


def copy_step(conn: Connection, recorder: Recorder, step: bytes, to: Lane) -> Copied:
    """Copy a step's words, and that it was reached where it was.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        step: The step.
        to: The lane.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: that lane shows it already.
    """
    lanes = of_subject(conn, "step", step, StepDocument)
    goal = next((each.goal for each in lanes.values() if each.goal is not None), None)
    source = lane_of_child(lanes, goal_at_home(conn, id_from_text(goal)).lane if goal else SELF)
    document = lanes[source]
    _refuse_shown(lanes.get(to))
    if document.goal is None or document.text.value is None:
        _refuse_unknown(gettext("step"))
    added = StepAdded(goal=document.goal, text=document.text.value)
    body = _entry_of(conn, source, step, document.event).body
    base = base_of_fields(conn, recorder, to, step, _STEP_FIELDS)
    when = _when(body)
    events = [recorder.record(conn, to, step, added, when=when, base=base).id]
    if document.status.value == "reached":
        reached = _entry_of(conn, source, step, document.status.values[0].event).body
        when = _when(reached)
        base = recorder.base_of(conn, to, step, "status")
        events.append(recorder.record(conn, to, step, StepReached(), when=when, base=base).id)
    return Copied(kind="step", subject=step, events=tuple(events))


def copy_excerpt(conn: Connection, recorder: Recorder, excerpt: bytes, to: Lane) -> Copied:
    """Copy the chosen characters of an excerpt; where they came from is noted in ``self`` again.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        excerpt: The excerpt, as it was shared elsewhere.
        to: The lane.

    Returns:
        What was written: the copy has an id of its own.

    Raises:
        DomainError: ``not_found``: there is no such excerpt, or it was taken back.
    """
    lanes = of_subject(conn, "excerpt", excerpt, ExcerptDocument)
    known = next((each for each in lanes.values() if each.text is not None), None)
    if known is None or known.text is None:
        _refuse_unknown(gettext("shared part of a reflection"))
    subject = recorder.new_subject()
    data = ExcerptShared(text=known.text, written_on=known.written_on)
    shared = recorder.record(conn, to, subject, data)
    own = lanes.get(SELF)
    events = [shared.id]
    if own is not None and own.link is not None:
        link: ExcerptLinked = msgspec.structs.replace(own.link, lane=to)
        events.append(recorder.record(conn, SELF, subject, link, cause=shared.id).id)
    return Copied(kind="excerpt", subject=subject, events=tuple(events))


def copy_request(conn: Connection, recorder: Recorder, request: bytes, to: Lane) -> Copied:
    """Copy what the person asks for, without the name of whom they asked before.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        request: The request for support.
        to: The lane.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: that lane shows it already.
    """
    lanes = of_subject(conn, "support_request", request, SupportRequestDocument)
    there = lanes.pop(to, None)
    source = next((lane for lane in lanes if not lane.startswith("circle/")), None)
    said = None if source is None else lanes[source].said.value
    if source is None or said is None:
        _refuse_unknown(gettext("request for support"))
    copied = known_there(conn, to, msgspec.structs.replace(said, who=None))
    is_shown = there is not None and there.withdrawn_at is None
    if is_shown and there is not None and there.said.value == copied:
        _refuse_again()
    body = _entry_of(conn, source, request, lanes[source].said.values[0].event).body
    base = base_of_fields(conn, recorder, to, request, ("said", "status"))
    when = _when(body)
    event = recorder.record(conn, to, request, copied, when=when, base=base)
    return Copied(kind="support_request", subject=request, events=(event.id,))


def take_copy_back(
    conn: Connection, recorder: Recorder, kind: SentKind, subject: bytes, lane: Lane
) -> Copied:
    """Take a goal, step, win, excerpt or request out of a lane that it was copied into.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        kind: What it is.
        subject: Id of it there.
        lane: The lane.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_shared``: that lane does not show it.
    """
    entries = entries_of(conn, lane, subject)
    copies = [each for each in entries if isinstance(each.body.data, _COPIES[kind])]
    shares = tuple(text_from_id(each.id) for each in live_shares(copies, withdrawals(entries)))
    is_gone = any(isinstance(each.body.data, ExcerptWithdrawn) for each in entries)
    if not shares or is_gone:
        raise DomainError(ErrorCode.NOT_SHARED, gettext("this is not shown there, or not any more"))
    base = recorder.base_of(conn, lane, subject, "home") if kind == "goal" else ()
    event = recorder.record(conn, lane, subject, _withdrawal(kind, shares), base=base)
    return Copied(kind=kind, subject=subject, events=(event.id,))


_COPIES: Final[Mapping[SentKind, type[EventData]]] = {
    "goal": GoalShared,
    "step": StepAdded,
    "win": WinNoted,
    "excerpt": ExcerptShared,
    "support_request": SupportRequested,
}


def _withdrawal(kind: SentKind, shares: tuple[str, ...]) -> EventData:
    match kind:
        case "goal":
            return GoalWithdrawn(shares=shares)
        case "step":
            return StepWithdrawn(shares=shares)
        case "win":
            return WinWithdrawn(shares=shares)
        case "support_request":
            return SupportRequestWithdrawn(shares=shares)
        case _:
            return ExcerptWithdrawn()


def _refuse_shown(there: NoteDocument | StepDocument | None) -> None:
    if there is not None and there.event is not None and there.withdrawn_at is None:
        _refuse_again()


def _refuse_again() -> NoReturn:
    raise DomainError(
        ErrorCode.NOTHING_CHANGED, gettext("it is shown there already, just as it is now")
    )


def _refuse_unknown(what: str) -> NoReturn:
    raise DomainError(
        ErrorCode.NOT_FOUND, gettext("there is no such {what} on this device").format(what=what)
    )


def _entry_of(conn: Connection, lane: Lane, subject: bytes, event: str | None) -> Entry:
    entries = entries_of(conn, lane, subject)
    return next((each for each in entries if text_from_id(each.id) == event), entries[0])


def _when(said: Body) -> When:
    return When(occurred_at=said.occurred_at, zone=said.zone, day=said.day)
