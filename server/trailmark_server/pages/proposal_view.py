"""What therapists propose, as pages show it, and the form for it: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_server.members.dates import short_day
from trailmark_server.members.proposals import ShownProposal
from trailmark_server.pages.goal_view import field_label, field_value
from trailmark_shared import limits
from trailmark_shared.domain.proposals import (
    FIELDS_BY_KIND,
    PROPOSABLE_STATUSES,
    ProposalKind,
    may_propose_move,
)
from trailmark_shared.domain.reasons import REASON_WORDS
from trailmark_shared.domain.statuses import Lifecycle
from trailmark_shared.domain.targets import Target, text_from_tenths
from trailmark_shared.events.body import Reason
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.proposal import ProposalStanding
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.words import MOVE_PHRASES
from trailmark_shared.words import capital, gettext, marked

HEADINGS: Final[Mapping[ProposalKind, str]] = {
    "goal": marked("Propose a goal"),
    "goal_change": marked("Propose a change of this goal"),
    "step": marked("Propose a step"),
    "step_change": marked("Propose a change of this step"),
}
"""What a form for each kind of proposal is headed with."""

_MADE_WORDS: Final[Mapping[ProposalKind, str]] = {
    "goal": marked("proposed a goal"),
    "goal_change": marked("proposed a change"),
    "step": marked("proposed a step"),
    "step_change": marked("proposed a change of a step"),
}
_STANDING_WORDS: Final[Mapping[ProposalStanding, str]] = {
    "open": marked("Waiting for their answer"),
    "accepted": marked("Taken up"),
    "declined": marked("Not taken up"),
    "withdrawn": marked("Taken back"),
    "no_longer_shared": marked("Closed: the goal is not shared any more"),
}
_CHANGED: Final = marked("Taken up, changed by them")
_ORDER: Final = ("title", "text", "why", "area", "target", "due", "priority", "lifecycle", "status")
_LONG: Final = frozenset({"why"})
_CHARS_MAX: Final[Mapping[str, int]] = {
    "title": limits.TITLE_CHARS_MAX,
    "text": limits.TITLE_CHARS_MAX,
    "why": limits.TEXT_CHARS_MAX,
    "area": limits.TITLE_CHARS_MAX,
}
_TARGET_KINDS: Final = (
    ("", marked("none")),
    ("at_least", marked("at least … times")),
    ("at_most", marked("at most … times")),
    ("reach_rating", marked("a rating of … (0 to 10)")),
    ("reduce_by_percent", marked("… % less than at the start")),
    ("done", marked("done, once")),
)
_PRIORITIES: Final = ("high", "medium", "low")


class Choice(msgspec.Struct, frozen=True):
    """One of several values: its code, and how it reads."""

    value: str
    words: str


class TargetParts(msgspec.Struct, frozen=True, kw_only=True):
    """A target as a form shows it, every part as text."""

    kind: str = ""
    number: str = ""
    unit: str = ""
    per: str = "week"
    by: str = ""


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be proposed, beside what stands there.

    Attributes:
        name: Name of the field.
        label: What people call it.
        now: What stands there now, in words; empty for nothing.
        value: What the form holds.
        choices: What can be chosen; none for words.
        target: The parts of a target; ``None`` for other fields.
        is_long: Its words may take several lines.
        is_day: It is a date.
        is_needed: It cannot be empty.
        chars_max: How much can be typed.
    """

    name: str
    label: str
    now: str
    value: str = ""
    choices: Sequence[Choice] = ()
    target: TargetParts | None = None
    is_long: bool = False
    is_day: bool = False
    is_needed: bool = False
    chars_max: int = limits.TITLE_CHARS_MAX


class ProposalForm(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal to be, the person's text beside it.

    Attributes:
        url: Where it is sent.
        id: Id of the form.
        heading: What it is.
        what: Which kind it is.
        goal: The goal, as text; empty for a new one.
        step: The step, as text; empty for none.
        lane: The lane it is written into.
        seen: What it was drawn from.
        fields: What can be proposed.
        target_kinds: Kinds of targets to choose from.
        reasons: Reasons to choose from.
        reason: The one chosen.
        reason_text: Own words for it.
        problem: What is wrong with it; empty for nothing.
        has_now: Something stands there already.
    """

    url: str
    id: str
    heading: str
    what: str
    goal: str
    step: str
    lane: str
    seen: str
    fields: Sequence[FormField]
    target_kinds: Sequence[Choice]
    reasons: Sequence[Choice]
    reason: str = ""
    reason_text: str = ""
    problem: str = ""
    has_now: bool = True


class ProposedField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a proposal beside what it was written for and what stands there now."""

    label: str
    before: str
    proposed: str
    now: str
    has_moved: bool


class ProposalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as a page shows it.

    Attributes:
        id: Its id.
        who: Who proposed it.
        sentence: What they proposed.
        made: When.
        standing: Where it stands, in words.
        is_open: It waits for an answer.
        fields: What it says.
        why: Why, in its writer's view.
        answer: Why the person answered as they did; empty where they did not say.
        lane: The lane it is in.
        withdraw_url: Where the form that takes it back is sent; empty where it cannot be.
        withdraw_id: Id of that form.
    """

    id: str
    who: str
    sentence: str
    made: str
    standing: str
    is_open: bool
    fields: Sequence[ProposedField]
    why: str
    answer: str
    lane: str
    withdraw_url: str = ""
    withdraw_id: str = ""


def proposal_row(
    shown: ShownProposal, names: Mapping[str, str], lane: str, *, withdraw: tuple[str, str] | None
) -> ProposalRow:
    """Return a proposal as pages show it.

    Args:
        shown: The proposal beside its goal.
        names: Name of each actor.
        lane: The lane it is in.
        withdraw: Address and event id of the form that takes it back, where the reader may.
    """
    document = shown.document
    by = document.made_by or ""
    url, event = withdraw or ("", "")
    changed = any(each.with_changes for each in document.answers)
    return ProposalRow(
        id=shown.id,
        who=names.get(by, by),
        sentence=gettext(_MADE_WORDS[document.what or "goal"]),
        made=short_day(document.day),
        standing=gettext(_CHANGED if changed else _STANDING_WORDS[shown.standing]),
        is_open=shown.standing == "open",
        fields=[
            ProposedField(
                label=field_label(each.field),
                before=field_value(each.field, each.written_for),
                proposed=field_value(each.field, each.proposed) or gettext("nothing"),
                now=field_value(each.field, each.now),
                has_moved=each.has_moved,
            )
            for each in shown.compared
        ],
        why=reason_words(document.reason),
        answer=reason_words(document.answers[0].reason) if document.answers else "",
        lane=lane,
        withdraw_url=url,
        withdraw_id=event,
    )


def reason_words(reason: Reason | None) -> str:
    """Return why, as one or two sentences without full stop; empty for no reason."""
    if reason is None:
        return ""
    clause = "" if reason.code == "other" else capital(REASON_WORDS.get(reason.code, reason.code))
    return ": ".join(part for part in (clause, reason.text) if part)


def reason_choices() -> list[Choice]:
    """Return the reasons to choose from."""
    return [Choice(code, capital(words)) for code, words in REASON_WORDS.items()]


def target_choices() -> list[Choice]:
    """Return the kinds of targets to choose from."""
    return [Choice(code, gettext(words)) for code, words in _TARGET_KINDS]


def form_fields(
    what: ProposalKind,
    document: GoalDocument | StepDocument | None,
    typed: Mapping[str, str] | None = None,
) -> list[FormField]:
    """Return the fields of a form.

    Args:
        what: What is proposed.
        document: What it is about; ``None`` for a new goal or step.
        typed: What was typed already, by name; ``None`` for a fresh form.
    """
    names = [name for name in _ORDER if name in FIELDS_BY_KIND[what]]
    return [_form_field(name, document, typed) for name in names]


def _form_field(
    name: str, document: GoalDocument | StepDocument | None, typed: Mapping[str, str] | None
) -> FormField:
    value: Any = getattr(document, name).value if document is not None else None
    now = field_value(name, value)
    held = "" if value is None or name in {"target", "lifecycle", "status"} else str(value)
    target = None
    if name == "target":
        target = target_parts(value) if typed is None else typed_target(typed)
    return FormField(
        name=name,
        label=field_label(name),
        now=now,
        value=held if typed is None else typed.get(name, ""),
        choices=_choices(name, value),
        target=target,
        is_long=name in _LONG,
        is_day=name == "due",
        is_needed=name in {"title", "text"},
        chars_max=_CHARS_MAX.get(name, limits.TITLE_CHARS_MAX),
    )


def _choices(name: str, value: Any) -> list[Choice]:  # noqa: ANN401  (as the field has it)
    if name == "priority":
        return [
            Choice("", "none"),
            *(Choice(each, field_value(name, each)) for each in _PRIORITIES),
        ]
    if name not in MOVE_PHRASES:
        return []
    moves = [each for each in MOVE_PHRASES[name] if each != value and _may_go(name, value, each)]
    stay = Choice("", gettext("leave it as it is"))
    return [stay, *(Choice(each, capital(MOVE_PHRASES[name][each])) for each in moves)]


def _may_go(name: str, before: Any, after: str) -> bool:  # noqa: ANN401  (as the field has it)
    statuses: dict[str, Lifecycle] = {each: each for each in PROPOSABLE_STATUSES}
    return name != "lifecycle" or may_propose_move(before, statuses[after])


def target_parts(target: Target | None) -> TargetParts:
    """Return a target in the parts of a form."""
    if target is None:
        return TargetParts()
    number = "" if target.value_tenths is None else text_from_tenths(target.value_tenths)
    return TargetParts(
        kind=target.kind,
        number=number,
        unit=target.unit or "",
        per=target.per or "week",
        by=target.by or "",
    )


def typed_target(typed: Mapping[str, str]) -> TargetParts:
    """Return the parts of a target as they were typed."""
    return TargetParts(
        **{name: typed.get(f"target_{name}", "") for name in TargetParts.__struct_fields__}
    )


def sentence(words: str) -> str:
    """Return words as a sentence."""
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    return capital(ended)


def open_first(rows: Iterable[ProposalRow]) -> list[ProposalRow]:
    """Return proposals that wait for an answer in front of the others, each newest first."""
    found = list(rows)[::-1]
    return [
        *(each for each in found if each.is_open),
        *(each for each in found if not each.is_open),
    ]
