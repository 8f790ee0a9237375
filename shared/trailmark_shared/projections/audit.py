"""What an audit asks beyond each change: what its writer had seen, who agreed, how targets moved.

Pure functions over entries of the log, so that the same log answers the same on every replica.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from trailmark_shared.domain.conflicts import reach
from trailmark_shared.domain.proposals import AGREED_FIELDS, Acceptance
from trailmark_shared.domain.targets import Target
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.goals import GoalCompleted
from trailmark_shared.events.proposals import ProposalMade, values_by_field
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import fields_of
from trailmark_shared.projections.goal import goal_values
from trailmark_shared.projections.history import READERS, has_clock_doubt

Against = Literal["original", "adjusted"]
"""Which target a goal was reached against: the first one that was set, or a later one."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One side's word about a goal that stood with the values named.

    Attributes:
        event: The ``agreement_recorded``.
        by: Who said it.
        answer: What they said.
    """

    event: str
    by: str
    answer: Acceptance


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """A goal was called reached, or finished.

    Attributes:
        event: The ``goal_completed``.
        achievement: What it was called.
        target: The target that stood there then, or ``None``.
        against: Whether that was the first target, or ``None`` where there was none.
    """

    event: str
    achievement: str
    target: Target | None
    against: Against | None


class TargetStory(msgspec.Struct, frozen=True, kw_only=True):
    """How the target of a goal moved.

    Attributes:
        original: The first target that was set, or ``None``.
        moves: Events after it that set another value than the one before them.
        completions: Every time that the goal was called reached.
    """

    original: Target | None
    moves: tuple[str, ...]
    completions: tuple[Completion, ...]


class ClockDoubt(msgspec.Struct, frozen=True, kw_only=True):
    """A device's clock was far from the server's.

    Attributes:
        device: The device.
        offset: Server clock minus device clock at its worst, milliseconds.
        events: How many entries it wrote like that.
    """

    device: str
    offset: int
    events: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where one event stands, whether or not its words are there.

    Attributes:
        device: The device that wrote it.
        epoch: The device's numbering.
        dseq: Place in that numbering.
        seq: Place in the lane, or ``None`` while unconfirmed.
        has_body: Its words are there.
    """

    device: bytes
    epoch: bytes
    dseq: int
    seq: int | None
    has_body: bool


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """How complete one unbroken numbering of a device is, in one lane.

    Attributes:
        device: The device.
        epoch: The numbering, hex.
        last: The highest number seen.
        unconfirmed: How many of its entries the server has not confirmed.
        without_words: How many of its entries are there without words: erased, or refused.
        missing: Numbers below ``last`` that are not there, as (first, last): still on their way.
    """

    device: str
    epoch: str
    last: int
    unconfirmed: int
    without_words: int
    missing: tuple[tuple[int, int], ...]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field that stands otherwise at one instant than at another.

    Attributes:
        field: The field.
        before: Its value at the first instant, or ``None``.
        after: Its value at the second instant, or ``None``.
    """

    field: str
    before: Any
    after: Any


def not_seen(entries: Sequence[Entry]) -> dict[str, tuple[str, ...]]:
    """Return what the writers of events had not seen of what stood there before them.

    Args:
        entries: All entries of one goal and of what was proposed about it, in one lane, in lane
            order.

    Returns:
        Event to those before it, in lane order, that set a field which it sets or speaks of, and
        which neither its ``base`` nor a base of theirs names. Events that had seen all are left
        out.
    """
    known = [each for each in entries if not isinstance(each.body.data, UnknownData)]
    bases = {each.id: each.body.base for each in known}
    sets = [_fields_set(each) for each in known]
    found: dict[str, tuple[str, ...]] = {}
    for place, entry in enumerate(known):
        fields = _fields_spoken_of(entry, sets[place])
        seen = reach(entry.body.base, bases)
        unseen = tuple(
            text_from_id(other.id)
            for other, theirs in zip(known[:place], sets, strict=False)
            if _is_about_the_same(other, entry) and fields & theirs and other.id not in seen
        )
        if unseen:
            found[text_from_id(entry.id)] = unseen
    return found


def _fields_set(entry: Entry) -> frozenset[str]:
    data, kind = entry.body.data, EVENT_TYPES[entry.body.type].kind
    reader = READERS.get(kind)
    if reader is None or isinstance(data, UnknownData):
        return frozenset()
    return frozenset(reader(entry, data)) - {"home"}


def _fields_spoken_of(entry: Entry, own: frozenset[str]) -> frozenset[str]:
    match entry.body.data:
        case AgreementRecorded() | GoalAssessedByMember():
            return frozenset(AGREED_FIELDS)
        case ProposalMade(values=values, what="goal_change" | "step_change"):
            return frozenset(values_by_field(values))
        case _:
            return own


def _is_about_the_same(earlier: Entry, entry: Entry) -> bool:
    data = entry.body.data
    if isinstance(data, ProposalMade):
        about = data.step if data.what == "step_change" else data.goal
        return about == text_from_id(earlier.body.subject)
    return earlier.body.subject == entry.body.subject


def said_of(entries: Iterable[Entry]) -> dict[str, tuple[Said, ...]]:
    """Return who said what to a goal that stood as an event had left it.

    Args:
        entries: Entries of one goal in one lane.

    Returns:
        Event to the agreements whose ``base`` names it.
    """
    found: dict[str, tuple[Said, ...]] = {}
    for entry in entries:
        data = entry.body.data
        if isinstance(data, AgreementRecorded):
            said = Said(event=text_from_id(entry.id), by=entry.actor, answer=data.answer)
            for event in map(text_from_id, entry.body.base):
                found[event] = (*found.get(event, ()), said)
    return found


def target_story(lanes: Mapping[str, Sequence[Entry]]) -> TargetStory:
    """Return how the target of a goal moved, and what it was called reached against.

    A goal that is shared moves to another lane with all its values: that is no move of the target.

    Args:
        lanes: The entries of one goal in each lane where it was at home at some time, in lane
            order.
    """
    values = [
        (entry.effective_at, text_from_id(entry.id), goal_values(entry, entry.body.data)["target"])
        for entries in lanes.values()
        for entry in entries
        if not isinstance(entry.body.data, UnknownData)
        and EVENT_TYPES[entry.body.type].kind == "goal"
        and "target" in goal_values(entry, entry.body.data)
    ]
    original, moves, before = None, list[str](), None
    for _, event, target in sorted(values, key=lambda each: each[:2]):
        if original is None:
            original = target
        elif target != before:
            moves.append(event)
        before = target
    return TargetStory(
        original=original,
        moves=tuple(moves),
        completions=tuple(
            _completion(entries[: place + 1], entry, entry.body.data, original)
            for entries in lanes.values()
            for place, entry in enumerate(entries)
            if isinstance(entry.body.data, GoalCompleted)
        ),
    )


def _completion(
    upto: Sequence[Entry], entry: Entry, data: GoalCompleted, original: Target | None
) -> Completion:
    field = fields_of(upto, goal_values).get("target")
    target = None if field is None else field.value
    against: Against | None = None
    if target is not None:
        against = "original" if target == original else "adjusted"
    return Completion(
        event=text_from_id(entry.id),
        achievement=data.achievement,
        target=target,
        against=against,
    )


def clock_doubts(entries: Iterable[Entry]) -> tuple[ClockDoubt, ...]:
    """Return which devices' clocks were more than five minutes from the server's, by device."""
    worst: dict[bytes, tuple[int, int]] = {}
    for entry in entries:
        if has_clock_doubt(entry):
            offset, count = worst.get(entry.device, (0, 0))
            worst[entry.device] = (max(offset, entry.offset or 0, key=abs), count + 1)
    return tuple(
        ClockDoubt(device=text_from_id(device), offset=offset, events=count)
        for device, (offset, count) in sorted(worst.items())
    )


def numberings(events: Iterable[Placed]) -> tuple[Numbering, ...]:
    """Return how complete each device's numbering is, by device and epoch.

    Args:
        events: All events of one lane, each once.
    """
    by_epoch: dict[tuple[bytes, bytes], list[Placed]] = {}
    for each in events:
        by_epoch.setdefault((each.device, each.epoch), []).append(each)
    return tuple(_numbering(of, by_epoch[of]) for of in sorted(by_epoch))


def _numbering(of: tuple[bytes, bytes], events: Sequence[Placed]) -> Numbering:
    device, epoch = of
    numbers = sorted({each.dseq for each in events})
    pairs = zip([0, *numbers], numbers, strict=False)
    return Numbering(
        device=text_from_id(device),
        epoch=epoch.hex(),
        last=numbers[-1],
        unconfirmed=sum(each.seq is None for each in events),
        without_words=sum(not each.has_body for each in events),
        missing=tuple((low + 1, high - 1) for low, high in pairs if high - low > 1),
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what stands otherwise in ``after`` than in ``before``, in the order of its fields.

    Args:
        before: Values by field at the first instant; a missing field is one without value.
        after: The same at the second instant.
    """
    return tuple(
        Difference(field=name, before=before.get(name), after=after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )
