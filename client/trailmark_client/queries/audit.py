"""The audit of one goal: fourteen questions, answered from the log on this device alone.

Who (1), which field (2), from what to what (3), when and on which device (4), why (5), agreed by
whom (6), in view of what (7), seen by whom (8) by which consent (9), how it stood at an instant
(10), whether all of it is there (11), what was erased (12), whose clock was off (13), how the
target moved (14). The same log gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.audit_lanes import (
    Chain,
    Erasure,
    ReaderLine,
    chain_of,
    device_names,
    erased_subjects,
    erasures_of,
    reader_lines,
    readings_of,
)
from trailmark_client.queries.audit_states import (
    AtInstant,
    Between,
    TargetLine,
    at_instant,
    between,
    target_line,
)
from trailmark_client.queries.documents import Held, entries_of, of_subject, under
from trailmark_client.queries.export_records import Look
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.history import HistoryEvent, proposal_by_event, told_events
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.readable import actor_name
from trailmark_client.storage.verification import Damage
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.audit import ClockDoubt, Said, clock_doubts, not_seen, said_of
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.readers import Reading, could_see

Role = Literal["person", "therapist", "supporter"]

_ROLES: Final[Mapping[str, Role]] = {
    "person": "person",
    "member": "therapist",
    "supporter": "supporter",
}
_THINGS_OF_THEIR_OWN: Final[frozenset[Kind]] = frozenset({"reflection", "wish", "control"})
"""Kinds that may name a goal and are no part of it."""


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said to the goal while this stood.

    Attributes:
        by: Who.
        answer: ``agree``, ``disagree`` or ``pending``.
        event: Id of the event that said it.
    """

    by: str
    answer: str
    event: str


class Saw(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was let in opened a page after it had arrived.

    Attributes:
        name: Who.
        at: The first time that is certain, milliseconds UTC.
    """

    name: str
    at: int


class AuditedEvent(HistoryEvent, frozen=True, kw_only=True):
    """One event of a goal, or of what hangs under it, with all that is asked about it.

    Attributes:
        kind: What it is about.
        subject: Id of that.
        role: ``person``, ``therapist`` or ``supporter``: what its writer is.
        on_behalf_of: Whose proposal it carries out, or null.
        device_name: What its device is called, or null.
        not_seen: Earlier events about the same fields that its writer had not seen.
        said: Who agreed, or not, to the goal as this left it.
        could_see: Who could see it when it reached the server.
        saw: Who is known to have opened a page since.
    """

    kind: str
    subject: str
    role: Role
    on_behalf_of: str | None
    device_name: str | None
    not_seen: list[str]
    said: list[SaidLine]
    could_see: list[str]
    saw: list[Saw]


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """All that the log tells of one goal.

    Attributes:
        goal: Id of the goal.
        title: Its present wording, or null where it was erased.
        events: What happened to it and to what hangs under it, in the order of recording.
        readers: Who was let in, in which words.
        looks_asked_at: When the server was last asked who looked, or null for never.
        instant: How it stood at the instant asked for.
        between: What differs between the two instants asked for, or null.
        chains: Whether each of its lanes is whole.
        erasures: What was erased in its lanes.
        clocks: Devices whose clocks were more than five minutes off.
        target: How its target moved.
    """

    goal: str
    title: str | None
    events: list[AuditedEvent]
    readers: list[ReaderLine]
    looks_asked_at: int | None
    instant: AtInstant
    between: Between | None
    chains: list[Chain]
    erasures: list[Erasure]
    clocks: list[ClockDoubt]
    target: TargetLine


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit is asked for, and what it is not told by the log of this device.

    Attributes:
        at: The instant at which the goal is shown, milliseconds UTC.
        span: Two instants to compare, or ``None``.
        looks: Who looked, as the server told it last.
        looks_asked_at: When that was, or ``None`` for never.
        damages: What checking the lanes found.
    """

    at: int
    span: tuple[int, int] | None = None
    looks: Sequence[Look] = ()
    looks_asked_at: int | None = None
    damages: Sequence[Damage] = ()


def find_goal(conn: Connection, prefix: str) -> bytes:
    """Return the one goal whose id begins with ``prefix``, or what was erased under that id.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    rows = conn.execute("SELECT DISTINCT subject FROM document WHERE kind = 'goal'")
    return by_prefix([*(row[0] for row in rows), *erased_subjects(conn)], prefix, "goal")


def lanes_of_goal(conn: Connection, goal: bytes) -> list[str]:
    """Return the lanes that know a goal, or that know it was erased, by name."""
    known = of_subject(conn, "goal", goal, GoalDocument)
    return sorted({*known, *erased_subjects(conn).get(goal, ())})


def audit_goal(conn: Connection, goal: bytes, asked: Asked) -> Audit:
    """Return all that the log tells of one goal.

    Args:
        conn: The store, in one transaction.
        goal: From ``find_goal``.
        asked: What is asked for.
    """
    copies = of_subject(conn, "goal", goal, GoalDocument)
    lanes = {str(lane): entries_of(conn, lane, goal) for lane in copies}
    below = [each for each in under(conn, goal) if each.kind not in _THINGS_OF_THEIR_OWN]
    subjects = _Subjects(conn, goal, lanes, below)
    among = readings_of(conn)
    names, places = member_names(conn), lanes_of_goal(conn, goal)
    events = [
        each
        for lane in subjects.lanes
        for each in _audited(subjects, lane, _Context(conn, names, among, asked.looks))
    ]
    return Audit(
        goal=text_from_id(goal),
        title=next((each.title.value for each in copies.values() if each.title.value), None),
        events=sorted(events, key=lambda each: (each.effective_at, each.lane)),
        readers=reader_lines(among, places),
        looks_asked_at=asked.looks_asked_at,
        instant=at_instant(lanes, among, asked.at),
        between=None if asked.span is None else between(lanes, *asked.span),
        chains=[
            chain_of(conn, lane, [each for each in asked.damages if each.lane == lane])
            for lane in places
        ],
        erasures=erasures_of(conn, places, names, subjects.by_subject),
        clocks=list(clock_doubts(subjects.entries())),
        target=target_line(lanes),
    )


class _Subjects:
    """The entries of a goal and of what hangs under it, by lane and subject."""

    def __init__(
        self,
        conn: Connection,
        goal: bytes,
        lanes: Mapping[str, Sequence[Entry]],
        below: Iterable[Held[Facts]],
    ) -> None:
        self.lanes: dict[str, dict[bytes, Sequence[Entry]]] = {
            lane: {goal: entries} for lane, entries in lanes.items()
        }
        self.kinds: dict[bytes, Kind] = {goal: "goal"}
        for each in below:
            found = entries_of(conn, each.lane, each.subject)
            self.lanes.setdefault(each.lane, {})[each.subject] = found
            self.kinds[each.subject] = each.kind

    @property
    def by_subject(self) -> dict[str, list[Entry]]:
        """All entries of each subject, by its id as text."""
        found: dict[str, list[Entry]] = {text_from_id(each): [] for each in self.kinds}
        for entry in self.entries():
            found[text_from_id(entry.body.subject)].append(entry)
        return found

    def entries(self) -> list[Entry]:
        """Return all of them."""
        return [e for own in self.lanes.values() for entries in own.values() for e in entries]

    def in_lane(self, lane: str) -> list[Entry]:
        """Return those of one lane, in lane order."""
        found = [each for entries in self.lanes[lane].values() for each in entries]
        return sorted(found, key=lambda each: (each.seq is None, each.seq or each.dseq))

    def proposals(self, lane: str) -> dict[str, Sequence[Entry]]:
        """Return the entries of each proposal in a lane, by its id."""
        return {
            text_from_id(subject): entries
            for subject, entries in self.lanes[lane].items()
            if self.kinds[subject] == "proposal"
        }


class _Context:
    """What every event of an audit is told with."""

    def __init__(
        self,
        conn: Connection,
        names: Mapping[str, str],
        among: Sequence[Reading],
        looks: Sequence[Look],
    ) -> None:
        self.names = names
        self.devices = device_names(conn)
        self.among = among
        self.looks = looks

    def could_see(self, lane: str, received_at: int | None) -> list[str]:
        """Return who could see an event when it reached the server."""
        if received_at is None:
            return []
        return [each.name for each in could_see(self.among, lane, received_at)]

    def saw(self, lane: str, received_at: int | None) -> list[Saw]:
        """Return who opened a page after an event had reached the server, while let in."""
        if received_at is None:
            return []
        first: dict[str, int] = {}
        for look in self.looks:
            let_in = could_see(self.among, lane, look.at)
            if look.at >= received_at and any(each.member == look.member for each in let_in):
                name = next(each.name for each in let_in if each.member == look.member)
                first[name] = min(look.at, first.get(name, look.at))
        return [Saw(name=name, at=at) for name, at in sorted(first.items())]

    def said(self, said: Iterable[Said]) -> list[SaidLine]:
        """Return agreements as answers show them."""
        return [
            SaidLine(by=actor_name(each.by, self.names), answer=each.answer, event=each.event)
            for each in said
        ]


def _audited(subjects: _Subjects, lane: str, told: _Context) -> list[AuditedEvent]:
    entries = subjects.in_lane(lane)
    unseen, said = not_seen(entries), said_of(entries)
    actors = {text_from_id(each.id): each.actor for each in entries}
    proposals = subjects.proposals(lane)
    by_event = proposal_by_event([proposals])
    found: list[AuditedEvent] = []
    for subject, own in subjects.lanes[lane].items():
        for event in told_events(lane, own, told.names, by_event):
            fields = {name: getattr(event, name) for name in event.__struct_fields__}
            actor = actors[event.event]
            found.append(
                AuditedEvent(
                    **fields,
                    kind=subjects.kinds[subject],
                    subject=text_from_id(subject),
                    role=_ROLES[actor.partition("/")[0]],
                    on_behalf_of=_proposer(event, proposals, told.names),
                    device_name=told.devices.get(event.device),
                    not_seen=list(unseen.get(event.event, ())),
                    said=told.said(said.get(event.event, ())),
                    could_see=told.could_see(lane, event.received_at),
                    saw=told.saw(lane, event.received_at),
                )
            )
    return found


def _proposer(
    event: HistoryEvent, proposals: Mapping[str, Sequence[Entry]], names: Mapping[str, str]
) -> str | None:
    """Return who proposed what an event of the person carries out."""
    made = proposals.get(event.proposal or "", ())
    if not made or event.type.startswith("proposal_"):
        return None
    return actor_name(made[0].actor, names)
