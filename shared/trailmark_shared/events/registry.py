"""The one list of what can happen: every event type, where it may live and who may write it.

Adding a type is one struct, one row here, one branch in the fold of its kind, one golden file and
one row of ``docs/events.md`` (generated); a test enforces all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from trailmark_shared.events import (
    access,
    agreements,
    check_ins,
    comments,
    control,
    coping,
    goals,
    joint,
    journal,
    living,
    measures,
    notes,
    planning,
    proposals,
    reflections,
    sharing,
    steps,
    support,
    supporting,
    vision,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import PLAIN, is_shared

Kind = Literal[
    "goal",
    "step",
    "check_in",
    "occurrence",
    "measure",
    "scale",
    "reflection",
    "excerpt",
    "win",
    "setback",
    "comment",
    "encouragement",
    "proposal",
    "grant",
    "supporter",
    "wish",
    "insight",
    "barrier",
    "coping",
    "support_person",
    "resource",
    "self_care",
    "habit",
    "reward",
    "celebration",
    "vision",
    "maintenance",
    "ending",
    "challenge",
    "placement",
    "goal_retrospect",
    "attention",
    "support_request",
    "expectation",
    "intervention",
    "agenda_item",
    "review",
    "contact",
    "mark",
    "control",
]
"""What an event is about: the aggregate that folds it."""

LaneFamily = Literal["self", "devices", "care", "circle"]
"""The part of a lane name before the slash."""

Writer = Literal["person", "member", "supporter"]
"""The part of an actor before the slash."""

SELF: Final[frozenset[LaneFamily]] = frozenset({"self"})
DEVICES: Final[frozenset[LaneFamily]] = frozenset({"devices"})
CARE: Final[frozenset[LaneFamily]] = frozenset({"care"})
CIRCLE: Final[frozenset[LaneFamily]] = frozenset({"circle"})
SHARED: Final[frozenset[LaneFamily]] = frozenset({"care", "circle"})
SELF_CARE: Final[frozenset[LaneFamily]] = frozenset({"self", "care"})
ANY_LANE: Final[frozenset[LaneFamily]] = frozenset({"self", "care", "circle"})
PERSON: Final[frozenset[Writer]] = frozenset({"person"})
PERSON_MEMBER: Final[frozenset[Writer]] = frozenset({"person", "member"})
MEMBER: Final[frozenset[Writer]] = frozenset({"member"})
SUPPORTER: Final[frozenset[Writer]] = frozenset({"supporter"})

WORDS: Final = ("title", "why", "area", "limits")
WHOLE_GOAL: Final = (
    *WORDS,
    "target",
    "baseline_tenths",
    "due",
    "priority",
    "rank",
    "lifecycle",
    "achievement",
)


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """One type of event.

    Attributes:
        name: Stable name on the wire.
        ver: The version that this build writes.
        data: Struct of the data of that version.
        kind: The aggregate that folds it.
        lanes: Where it may live.
        writers: Who may write it.
        reason_required: Whether it must say why.
        sets: Single-valued fields of the subject that it sets.
        carries: Fields that it carries over to another lane without setting them.
        is_control: Plain wherever it stands, also in lanes of devices only.
        action: What a grant must allow its member for writing this, of
            ``domain.consent.CONSENT_ACTIONS``; empty where only the person writes.
        meaning: One sentence for the catalogue.
    """

    name: str
    ver: int
    data: type[EventData]
    kind: Kind
    lanes: frozenset[LaneFamily]
    writers: frozenset[Writer]
    reason_required: bool
    sets: tuple[str, ...]
    carries: tuple[str, ...]
    is_control: bool
    action: str = ""
    meaning: str


def _type(
    data: type[EventData],
    kind: Kind,
    lanes: frozenset[LaneFamily],
    *,
    why: bool = False,
    sets: tuple[str, ...] = (),
    carries: tuple[str, ...] = (),
) -> EventType:
    return EventType(
        name=snake_case(data.__name__),
        ver=1,
        data=data,
        kind=kind,
        lanes=lanes,
        writers=PERSON,
        reason_required=why,
        sets=sets,
        carries=carries,
        is_control=data.__module__ == control.__name__,
        meaning=(data.__doc__ or "").partition("\n")[0],
    )


def _by(writers: frozenset[Writer], event_type: EventType, action: str) -> EventType:
    return msgspec.structs.replace(event_type, writers=writers, action=action)


def _both(event_type: EventType, action: str) -> EventType:
    return _by(PERSON_MEMBER, event_type, action)


def snake_case(name: str) -> str:
    """Return the wire name of a class: ``GoalReworded`` gives ``goal_reworded``."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


_LIFECYCLE: Final = ("lifecycle",)
_BOTH_AXES: Final = ("lifecycle", "achievement")
_OCCURRENCE: Final = ("intensity_tenths", "note", "day")
_SAID: Final = ("said",)
_SAID_STATUS: Final = ("said", "status")
_STATUS: Final = ("status",)
_OUTCOME: Final = ("outcome", "status")
_PROSE: Final = ("text", "title", "feelings", "tags", "mood_tenths")

_TYPES: Final = (
    _type(goals.GoalDrafted, "goal", SELF_CARE, sets=(*WHOLE_GOAL, "home")),
    _type(goals.GoalAccepted, "goal", SELF_CARE, sets=_LIFECYCLE),
    _type(goals.GoalActivated, "goal", SELF_CARE, sets=_LIFECYCLE),
    _type(goals.GoalReworded, "goal", SELF_CARE, why=True, sets=WORDS),
    _type(goals.GoalRescheduled, "goal", SELF_CARE, why=True, sets=("due",)),
    _type(goals.GoalReprioritised, "goal", SELF_CARE, why=True, sets=("priority", "rank")),
    _type(goals.GoalTargetSet, "goal", SELF_CARE, sets=("target", "baseline_tenths")),
    _type(goals.GoalTargetAdjusted, "goal", SELF_CARE, why=True, sets=("target",)),
    _type(goals.GoalPutOnHold, "goal", SELF_CARE, why=True, sets=_LIFECYCLE),
    _type(goals.GoalResumed, "goal", SELF_CARE, why=True, sets=_LIFECYCLE),
    _type(goals.GoalAchievementAssessed, "goal", SELF_CARE, sets=("achievement",)),
    _type(goals.GoalCompleted, "goal", SELF_CARE, why=True, sets=_BOTH_AXES),
    _type(goals.GoalReopened, "goal", SELF_CARE, why=True, sets=_BOTH_AXES),
    _type(goals.GoalCancelled, "goal", SELF_CARE, why=True, sets=_LIFECYCLE),
    _type(goals.GoalReplaced, "goal", SELF_CARE, why=True, sets=("lifecycle", "replaced_by")),
    _type(goals.GoalEnteredInError, "goal", SELF_CARE, why=True, sets=_LIFECYCLE),
    _type(goals.GoalShared, "goal", SHARED, sets=(*WHOLE_GOAL, "home")),
    _type(goals.GoalWithdrawn, "goal", SHARED, sets=("home",)),
    _type(goals.GoalMoved, "goal", SELF, sets=("home",), carries=WHOLE_GOAL),
    _type(goals.GoalKept, "goal", SELF, sets=(*WHOLE_GOAL, "home")),
    _type(steps.StepAdded, "step", ANY_LANE, sets=("text", "due", "status")),
    _type(steps.StepReworded, "step", SELF_CARE, why=True, sets=("text",)),
    _type(steps.StepRescheduled, "step", SELF_CARE, sets=("due",)),
    _type(steps.StepRanked, "step", SELF_CARE, sets=("importance", "urgency", "impact")),
    _type(steps.StepReached, "step", ANY_LANE, sets=("status",)),
    _type(steps.StepUnreached, "step", SELF_CARE, sets=("status",)),
    _type(steps.StepDropped, "step", SELF_CARE, why=True, sets=("status",)),
    _type(steps.StepWithdrawn, "step", CIRCLE),
    _type(check_ins.CheckInRecorded, "check_in", SELF_CARE, sets=("value_tenths", "note", "day")),
    _type(
        check_ins.CheckInCorrected,
        "check_in",
        SELF_CARE,
        why=True,
        sets=("value_tenths", "note", "day"),
    ),
    _type(measures.OccurrenceRecorded, "occurrence", SELF_CARE, sets=_OCCURRENCE),
    _type(measures.OccurrenceCorrected, "occurrence", SELF_CARE, why=True, sets=_OCCURRENCE),
    _type(measures.MeasureAnswered, "measure", SELF_CARE, sets=("answers", "score")),
    _type(measures.MeasureAmended, "measure", SELF_CARE, why=True, sets=("answers", "score")),
    _type(measures.ScaleSet, "scale", SELF_CARE, sets=("levels", "weight")),
    _type(measures.ScaleChanged, "scale", SELF_CARE, why=True, sets=("levels", "weight")),
    _type(measures.AttainmentRated, "scale", SELF_CARE),
    _type(reflections.ReflectionWritten, "reflection", SELF, sets=_PROSE),
    _type(reflections.ReflectionRevised, "reflection", SELF, sets=_PROSE),
    _type(sharing.ExcerptShared, "excerpt", SHARED),
    _type(sharing.ExcerptWithdrawn, "excerpt", SHARED),
    _type(sharing.ExcerptLinked, "excerpt", SELF),
    _type(notes.WinNoted, "win", ANY_LANE),
    _type(notes.WinWithdrawn, "win", CIRCLE),
    _type(notes.SetbackNoted, "setback", SELF_CARE),
    _by(PERSON_MEMBER, _type(comments.CommentAdded, "comment", CARE), "comment"),
    _by(PERSON_MEMBER, _type(comments.CommentWithdrawn, "comment", CARE), "view"),
    _by(PERSON_MEMBER, _type(agreements.AgreementRecorded, "goal", CARE), "comment"),
    _by(MEMBER, _type(agreements.GoalAssessedByMember, "goal", CARE), "comment"),
    _by(MEMBER, _type(proposals.ProposalMade, "proposal", CARE, why=True), "propose"),
    _by(MEMBER, _type(proposals.ProposalWithdrawn, "proposal", CARE), "view"),
    _type(proposals.ProposalAccepted, "proposal", CARE, sets=("answer",)),
    _type(proposals.ProposalDeclined, "proposal", CARE, sets=("answer",)),
    _by(SUPPORTER, _type(supporting.EncouragementSent, "encouragement", CIRCLE), "comment"),
    _type(access.AccessGranted, "grant", SHARED),
    _type(access.AccessRevoked, "grant", SHARED),
    _type(supporting.SupporterDescribed, "supporter", SELF, sets=("relation", "helps")),
    _type(sharing.SharingWished, "wish", SELF, sets=("wish",)),
    _type(sharing.SharingWishSettled, "wish", SELF, sets=("wish",)),
    _type(journal.InsightNoted, "insight", SELF, sets=_SAID),
    _type(coping.BarrierIdentified, "barrier", SELF_CARE, sets=_SAID_STATUS),
    _type(coping.BarrierResolved, "barrier", SELF_CARE, sets=_STATUS),
    _type(coping.BarrierReturned, "barrier", SELF_CARE, sets=_STATUS),
    _type(coping.BarrierMet, "barrier", SELF),
    _type(coping.CopingAdded, "coping", SELF_CARE, sets=_SAID),
    _type(coping.CopingUsed, "coping", SELF),
    _type(support.SupportPersonNamed, "support_person", SELF, sets=_SAID),
    _type(support.ResourceAdded, "resource", SELF, sets=_SAID),
    _type(living.SelfCarePlanned, "self_care", SELF, sets=_SAID),
    _type(living.SelfCareDone, "self_care", SELF),
    _type(living.HabitChosen, "habit", SELF, sets=_SAID),
    _type(living.HabitPractised, "habit", SELF),
    _type(living.RewardPlanned, "reward", SELF, sets=_SAID_STATUS),
    _type(living.RewardGiven, "reward", SELF, sets=_STATUS),
    _type(living.CelebrationHeld, "celebration", SELF, sets=_SAID),
    _type(vision.VisionWritten, "vision", SELF_CARE, sets=_SAID),
    _type(vision.VisionGoalDrawn, "vision", SELF),
    _type(vision.MaintenancePlanned, "maintenance", SELF, sets=_SAID),
    _type(vision.TherapyEnded, "ending", SELF, sets=_SAID),
    _type(planning.ChallengeDescribed, "challenge", SELF_CARE, sets=_SAID),
    _type(planning.ChallengeAddressed, "challenge", SELF),
    _type(planning.GoalPlaced, "placement", SELF, sets=_SAID),
    _type(planning.GoalLookedBackOn, "goal_retrospect", SELF, sets=_SAID),
    _type(planning.AttentionWanted, "attention", SELF, sets=_SAID_STATUS),
    _type(planning.AttentionGiven, "attention", SELF, sets=_STATUS),
    _type(planning.SupportRequested, "support_request", ANY_LANE, sets=_SAID_STATUS),
    _type(planning.SupportRequestWithdrawn, "support_request", CIRCLE),
    _type(planning.SupportReceived, "support_request", SELF_CARE, sets=_STATUS),
    _both(_type(joint.ExpectationWritten, "expectation", SELF_CARE, sets=_SAID), "propose"),
    _both(_type(joint.ExpectationAnswered, "expectation", SELF_CARE), "comment"),
    _both(
        _type(joint.InterventionPlanned, "intervention", SELF_CARE, sets=_SAID_STATUS), "propose"
    ),
    _both(_type(joint.InterventionAnswered, "intervention", SELF_CARE), "comment"),
    _both(_type(joint.InterventionEnded, "intervention", SELF_CARE, sets=_STATUS), "propose"),
    _both(_type(joint.AgendaItemAdded, "agenda_item", SELF_CARE, sets=_SAID_STATUS), "comment"),
    _both(_type(joint.AgendaItemClosed, "agenda_item", SELF_CARE, sets=_STATUS), "comment"),
    _both(_type(joint.ReviewScheduled, "review", SELF_CARE, sets=_SAID_STATUS), "propose"),
    _both(_type(joint.ReviewHeld, "review", SELF_CARE, sets=_OUTCOME), "propose"),
    _both(_type(joint.ReviewAnswered, "review", SELF_CARE), "comment"),
    _both(_type(joint.ContactGiven, "contact", SELF_CARE, sets=_SAID), "comment"),
    _type(journal.EntryTakenBack, "mark", SELF_CARE),
    _type(journal.EntryPutBack, "mark", SELF_CARE),
    _type(control.SubjectErased, "control", ANY_LANE),
    _type(control.StatementMade, "control", DEVICES),
)

EVENT_TYPES: Final[Mapping[str, EventType]] = {each.name: each for each in _TYPES}
"""Every type that this build knows, by wire name."""

_TYPE_BY_DATA: Final[Mapping[type[EventData], EventType]] = {each.data: each for each in _TYPES}

CONTROL_TYPES: Final = frozenset(each.name for each in _TYPES if each.is_control)
"""Types whose bodies are plain wherever they stand."""

KEPT_TYPES: Final = frozenset({"access_granted", "access_revoked", "subject_erased"})
"""Types that are never erased: who may read, and what was erased, must stay provable."""


def is_kept(lane: str, key: bytes, type_: str | None) -> bool:
    """Say whether an event is never erased, whoever asks and whatever list names it.

    In ``self`` and ``devices`` these are the plain ones (control types hold no words), elsewhere
    ``KEPT_TYPES``.

    Args:
        lane: Name of its lane.
        key: The vault key that sealed it, ``ids.PLAIN`` for none.
        type_: Its type, ``None`` where the body cannot be read.

    Returns:
        Whether it stays.
    """
    return type_ in KEPT_TYPES if is_shared(lane) else key == PLAIN


def type_of(data: EventData) -> EventType:
    """Return the type that ``data`` belongs to.

    Args:
        data: Data of the current version of a registered type.

    Returns:
        The row of the registry.
    """
    return _TYPE_BY_DATA[type(data)]


def may_write(name: str, lane: str, actor: str) -> bool:
    """Say whether an event of this type may be written by ``actor`` into ``lane``.

    An unknown type may be written by the person: a newer device knows it.

    Args:
        name: Type of the event.
        lane: Name of the lane.
        actor: Who writes, as the server knows.

    Returns:
        Whether lane and writer are the type's.
    """
    writer = actor.partition("/")[0]
    known = EVENT_TYPES.get(name)
    if known is None:
        return writer == "person"
    return lane.partition("/")[0] in known.lanes and writer in known.writers
