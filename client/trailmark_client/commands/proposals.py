"""Accepting a proposal: the person's own events carry it out, with the proposal as their cause.

All of it is one transaction of this device, with or without a network. What is accepted changes
what stands there now, whatever the proposal was written for; every setter names what it replaces,
so a device that changed the same field apart from this one loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import msgspec
from msgspec import UNSET

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.answers import made_event, record_answer
from trailmark_client.commands.fields import base_of_fields, goal_fields
from trailmark_client.commands.goals import moved_to
from trailmark_client.commands.places import Choice, place_of_child
from trailmark_client.commands.sharing import NewShare, record_share
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.proposals import KnownProposal, known_proposal
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.proposals import faults_of, proposed_subject
from trailmark_shared.domain.statuses import StepStatus
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals, steps
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposedValues,
    values_by_field,
)
from trailmark_shared.events.registry import WHOLE_GOAL, type_of
from trailmark_shared.ids import SELF, Lane, id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.words import NOUNS
from trailmark_shared.words import gettext

SUGGESTED: Final = Reason(code="therapist-suggestion")
"""Why something changes that was proposed, unless the person says more."""

_STEP_EVENTS: Final[Mapping[StepStatus, EventData]] = {
    "open": steps.StepUnreached(),
    "reached": steps.StepReached(),
    "dropped": steps.StepDropped(),
}
_STEP_FIELDS: Final = ("text", "due", "status")
_WORDS: Final = ("title", "why", "area")


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    """How the person wants it before accepting.

    Attributes:
        values: Values of theirs in place of those proposed, or beside them.
        without: Fields to leave out.
        reason: Why, in the person's view.
        private: Keep what it becomes on the person's devices, where it is new.
    """

    values: ProposedValues | None = None
    without: frozenset[str] = frozenset()
    reason: Reason = SUGGESTED
    private: bool = False


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal was accepted within the caller's transaction.

    Attributes:
        written: The answer, and everything that carried it out.
        goal: The goal that it changed or became.
        step: The step that it changed or became, if it is about one.
        private: What it became stays on the person's devices.
    """

    written: Written
    goal: bytes
    step: bytes | None = None
    private: bool = False


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    """What carried a proposal out: events by lane, the first lane in front."""

    goal: bytes
    step: bytes | None = None
    lane: Lane
    events: tuple[bytes, ...] = ()
    other_events: tuple[bytes, ...] = ()


def accept_proposal(
    conn: Connection, recorder: Recorder, proposal: bytes, edits: Edits, when: When
) -> Accepted:
    """Accept a proposal, as it is or with changes, and carry it out.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        proposal: The proposal.
        edits: How the person wants it.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it is accepted already, or was taken back;
            ``not_shared``: its goal is shared no longer; ``invalid_input``: nothing is left of it,
            or something of it needs a second look; ``illegal_move``: from where the goal stands
            now there is no such way.
    """
    known = known_proposal(conn, proposal, when.day)
    values = _wanted(known, edits)
    carry_out = {
        "goal": _new_goal,
        "goal_change": _change_goal,
        "step": _new_step,
        "step_change": _change_step,
    }[known.document.what or "goal"]
    done = carry_out(conn, recorder, _Task(known=known, values=values, edits=edits, when=when))
    here = done.events if done.lane == known.lane else ()
    data = ProposalAccepted(
        events=tuple(map(text_from_id, here)),
        with_changes=values != values_by_field(_proposed(known)),
    )
    written = record_answer(conn, recorder, known, data, when)
    events = (*done.other_events, *done.events, *written.events)
    return Accepted(
        written=msgspec.structs.replace(written, events=events),
        goal=done.goal,
        step=done.step,
        private=done.lane == SELF,
    )


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be carried out, and how."""

    known: KnownProposal
    values: Mapping[str, Any]
    edits: Edits
    when: When

    @property
    def cause(self) -> bytes | None:
        return made_event(self.known.document)

    @property
    def goal(self) -> bytes:
        return id_from_text(self.known.document.goal or "")

    @property
    def new_subject(self) -> bytes:
        return proposed_subject(self.known.id)


def _proposed(known: KnownProposal) -> ProposedValues:
    values = known.document.values
    if values is None:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("it was taken back before it was answered")
        )
    return values


def _wanted(known: KnownProposal, edits: Edits) -> dict[str, Any]:
    proposed = values_by_field(_proposed(known))
    if known.document.status == "accepted":
        raise DomainError(
            ErrorCode.NOTHING_CHANGED,
            gettext("it is accepted already; what it changed can be changed again"),
        )
    if known.standing == "no_longer_shared":
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext(
                "what it is about is no longer shared there; decline it, and make the change "
                "yourself if you like"
            ),
        )
    _require_known_fields(edits.without, proposed)
    wanted = {name: value for name, value in proposed.items() if name not in edits.without}
    if edits.values is not None:
        wanted |= values_by_field(edits.values)
    _require_whole(known, wanted)
    return wanted


def _require_known_fields(without: AbstractSet[str], proposed: Mapping[str, Any]) -> None:
    if not without <= proposed.keys():
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("it proposes these: {fields}").format(fields=", ".join(sorted(proposed))),
        )


def _require_whole(known: KnownProposal, wanted: Mapping[str, Any]) -> None:
    document = known.document
    if not wanted:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("nothing is left of it; it can be declined instead")
        )
    named = {"goal": document.goal, "step": document.step}
    places = {name: value for name, value in named.items() if value is not None}
    faults = faults_of(document.what or "goal", places | dict(wanted))
    if faults:
        names = ", ".join(NOUNS.get(each, each) for each in faults)
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "it cannot be accepted like that; look at: {names}, or leave it out: --without"
            ).format(names=names),
        )


def _change_goal(conn: Connection, recorder: Recorder, task: _Task) -> _Done:
    known = goal_at_home(conn, task.goal)
    at_home, came_back = brought_home(conn, recorder, known, task.when)
    events = [
        _set(conn, recorder, at_home.lane, task.goal, data, task)
        for data in _goal_setters(at_home.document, task.values)
    ]
    return _Done(goal=task.goal, lane=at_home.lane, events=tuple(events), other_events=came_back)


def _goal_setters(document: GoalDocument, values: Mapping[str, Any]) -> Iterable[EventData]:
    """Yield the setters that make a goal say ``values``; none for what it says already."""
    changed = {
        name: value for name, value in values.items() if getattr(document, name).value != value
    }
    words = {name: changed[name] for name in _WORDS if name in changed}
    if words:
        yield goals.GoalReworded(**words)
    is_first = document.target.value is None
    if "baseline_tenths" in changed or ("target" in changed and is_first):
        yield goals.GoalTargetSet(
            target=values["target"], baseline_tenths=changed.get("baseline_tenths", UNSET)
        )
    elif "target" in changed:
        yield goals.GoalTargetAdjusted(target=changed["target"])
    if "due" in changed:
        yield goals.GoalRescheduled(due=changed["due"])
    if "priority" in changed:
        yield goals.GoalReprioritised(priority=changed["priority"])
    if "lifecycle" in changed:
        yield moved_to(document.lifecycle.value, changed["lifecycle"])


def _change_step(conn: Connection, recorder: Recorder, task: _Task) -> _Done:
    step = id_from_text(task.known.document.step or "")
    lanes = of_subject(conn, "step", step, StepDocument)
    lane = lane_of_child(lanes, goal_at_home(conn, task.goal).lane)
    events = [
        _set(conn, recorder, lane, step, data, task)
        for data in _step_setters(lanes[lane], task.values)
    ]
    return _Done(goal=task.goal, step=step, lane=lane, events=tuple(events))


def _step_setters(document: StepDocument, values: Mapping[str, Any]) -> Iterable[EventData]:
    changed = {
        name: value for name, value in values.items() if getattr(document, name).value != value
    }
    if "text" in changed:
        yield steps.StepReworded(text=changed["text"])
    if "due" in changed:
        yield steps.StepRescheduled(due=changed["due"])
    if "status" in changed:
        yield _STEP_EVENTS[changed["status"]]


def _new_step(conn: Connection, recorder: Recorder, task: _Task) -> _Done:
    choice = Choice(private=task.edits.private)
    lane = place_of_child(conn, task.goal, "steps", task.when.day, choice).lane
    data = steps.StepAdded(
        goal=text_from_id(task.goal),
        text=task.values["text"],
        due=task.values.get("due"),
        private=task.edits.private,
    )
    event = recorder.record(
        conn,
        lane,
        task.new_subject,
        data,
        when=task.when,
        base=base_of_fields(conn, recorder, lane, task.new_subject, _STEP_FIELDS),
        cause=_cause_in(lane, task),
    )
    return _Done(goal=task.goal, step=task.new_subject, lane=lane, events=(event.id,))


def _new_goal(conn: Connection, recorder: Recorder, task: _Task) -> _Done:
    """Write a goal down as the person does, and share it where its kind was agreed to go."""
    goal, when = task.new_subject, task.when
    drafted = recorder.record(
        conn,
        SELF,
        goal,
        goals.GoalDrafted(**{name: each for name, each in task.values.items() if each is not None}),
        when=when,
        base=base_of_fields(conn, recorder, SELF, goal, WHOLE_GOAL),
        cause=task.cause,
    )
    base = recorder.base_of(conn, SELF, goal, "lifecycle")
    activated = recorder.record(conn, SELF, goal, goals.GoalActivated(), when=when, base=base)
    own = (drafted.id, activated.id)
    agreed = [each for each in open_lanes(conn, when.day) if "goals" in each.classes]
    if task.edits.private or task.known.lane not in {each.lane for each in agreed}:
        return _Done(goal=goal, lane=SELF, events=own)
    data = goals.GoalShared(**goal_fields(goal_at_home(conn, goal).copies[SELF]))
    share = NewShare(lane=task.known.lane, data=data, cause=task.cause)
    shared, moved = record_share(conn, recorder, goal, share, when)
    return _Done(goal=goal, lane=task.known.lane, events=(shared,), other_events=(*own, moved))


def _set(
    conn: Connection, recorder: Recorder, lane: Lane, subject: bytes, data: EventData, task: _Task
) -> bytes:
    known = type_of(data)
    fields = [each for each in known.sets if getattr(data, each, None) is not UNSET]
    event = recorder.record(
        conn,
        lane,
        subject,
        data,
        when=task.when,
        reason=task.edits.reason if known.reason_required else None,
        base=base_of_fields(conn, recorder, lane, subject, fields),
        cause=_cause_in(lane, task),
    )
    return event.id


def _cause_in(lane: Lane, task: _Task) -> bytes | None:
    """Return the proposal as a cause; another shared lane learns of no event that it has not."""
    return task.cause if lane in {task.known.lane, SELF} else None
