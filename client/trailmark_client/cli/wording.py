"""Times, gaps and values in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, cast

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_client.queries.sharing import Seen
from trailmark_shared.dates import day_text, long_day, short_moment
from trailmark_shared.domain.areas import area_words
from trailmark_shared.domain.consent import CLASS_NAMES
from trailmark_shared.domain.statuses import WORDS_BY_CODE
from trailmark_shared.ids import DEVICES, SELF
from trailmark_shared.projections.history import LABEL_WORDS, Label
from trailmark_shared.projections.words import DAYS, VERBS
from trailmark_shared.words import (
    Counted,
    Texts,
    counted,
    gettext,
    listed,
    marked,
    marked_plural,
    ngettext,
)

_FIELD_WORDS: Final = Texts(
    {
        "title": marked("title"),
        "why": marked("why"),
        "target": marked("target"),
        "lifecycle": marked("status"),
        "status": marked("status"),
        "achievement": marked("how it goes"),
        "baseline": marked("at the start"),
        "due": marked("hoped for"),
        "area": marked("area of life"),
        "priority": marked("priority"),
        "rank": marked("place in the list"),
        "replaced_by": marked("in its place now"),
        "resting_until": marked("resting until"),
        "text": marked("text"),
        "note": marked("note"),
        "order": marked("place among the steps"),
        "reached_on": marked("reached on"),
        "value": marked("number"),
        "intensity": marked("how strong it was"),
        "day": marked("day"),
        "what": marked("what happened"),
        "unit": marked("unit"),
        "levels": marked("five levels"),
        "weight": marked("how much it counts"),
        "level": marked("level"),
        "answers": marked("answers"),
        "score": marked("sum"),
        "mood": marked("mood"),
    }
)
_PARTS: Final = Texts(
    {
        "ways": marked("can help with"),
        "contact": marked("reached by"),
        "note": marked("note"),
        "source": marked("from"),
        "often": marked("how often"),
        "practical": marked("practical things"),
        "emotional": marked("listening"),
        "come_along": marked("coming along"),
        "environment": marked("surroundings"),
        "relationship": marked("a relationship"),
        "behaviour": marked("a habit of mine"),
        "belief": marked("a thought of mine"),
        "article": marked("article"),
        "book": marked("book"),
        "podcast": marked("podcast"),
        "video": marked("video"),
        "forum": marked("forum"),
        "group": marked("group"),
        "app": marked("app"),
        "other": marked("something else"),
        "then": marked("then"),
        "when": marked("if"),
        "where": marked("what it is about"),
        "form": marked("what it is"),
        "old": marked("so far"),
        "new": marked("in its place"),
        "effect": marked("what it does"),
        "relation": marked("who that is"),
        "sources": marked("what it came from"),
        "who": marked("whom"),
        "on": marked("on"),
        "next": marked("the next one"),
        "decisions": marked("decided"),
    }
)
_STEP_STATES: Final = Texts(
    {"open": marked("open"), "reached": marked("reached"), "dropped": marked("let go")}
)
_VALUE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "status": _STEP_STATES,
    "step": _STEP_STATES,
    "priority": Texts({"high": marked("high"), "medium": marked("medium"), "low": marked("low")}),
}
_ANSWERS: Final = Texts(
    {
        "agree": marked("agrees"),
        "disagree": marked("does not agree"),
        "pending": marked("wants time to think"),
        "accepted": marked("accepted"),
        "declined": marked("declined"),
    }
)
_STATES: Final = Texts(
    {
        "live": marked("let in"),
        "over": marked("over"),
        "replaced": marked("earlier terms"),
        "stopping": marked("stops at the next sync"),
        "elsewhere": marked("let in where your import was made"),
        "stopped": marked("stopped"),
    }
)
_ROLE_NAMES: Final = Texts(
    {
        "person": marked("person"),
        "therapist": marked("therapist"),
        "supporter": marked("supporter"),
        "member": marked("member"),
    }
)
_ACTION_NAMES: Final = Texts(
    {
        "view": marked("view"),
        "comment": marked("comment"),
        "propose": marked("propose"),
    }
)
COUNTED_KINDS: Final[Mapping[str, Counted]] = {
    "goal": marked_plural("{n} goal", "{n} goals"),
    "step": marked_plural("{n} step", "{n} steps"),
    "check_in": marked_plural("{n} check-in", "{n} check-ins"),
    "occurrence": marked_plural("{n} thing that happened", "{n} things that happened"),
    "measure": marked_plural("{n} questionnaire", "{n} questionnaires"),
    "scale": marked_plural("{n} scale of a goal", "{n} scales of goals"),
    "reflection": marked_plural("{n} reflection", "{n} reflections"),
    "win": marked_plural("{n} win", "{n} wins"),
    "setback": marked_plural("{n} setback", "{n} setbacks"),
    "insight": marked_plural("{n} insight", "{n} insights"),
    "barrier": marked_plural("{n} barrier", "{n} barriers"),
    "coping": marked_plural("{n} coping strategy", "{n} coping strategies"),
    "comment": marked_plural("{n} comment", "{n} comments"),
    "proposal": marked_plural("{n} proposal", "{n} proposals"),
    "excerpt": marked_plural("{n} part of a reflection", "{n} parts of reflections"),
    "wish": marked_plural("{n} part to be shared", "{n} parts to be shared"),
    "supporter": marked_plural("{n} note about a supporter", "{n} notes about supporters"),
    "encouragement": marked_plural("{n} encouragement", "{n} encouragements"),
    "support_person": marked_plural("{n} person who can help", "{n} people who can help"),
    "resource": marked_plural("{n} resource", "{n} resources"),
    "self_care": marked_plural("{n} thing that does good", "{n} things that do good"),
    "habit": marked_plural("{n} habit", "{n} habits"),
    "reward": marked_plural("{n} reward", "{n} rewards"),
    "celebration": marked_plural("{n} celebration", "{n} celebrations"),
    "vision": marked_plural("{n} vision", "{n} visions"),
    "maintenance": marked_plural("{n} plan for afterwards", "{n} plans for afterwards"),
    "mark": marked_plural("{n} entry that was taken back", "{n} entries that were taken back"),
}
"""How many of a kind, in words."""


def time_words(ms: int, zone: str) -> str:
    """Return a moment (milliseconds UTC) as it reads in a zone: ``Sun 22 Nov 2026 14:05``."""
    return short_moment(local_time(ms, zone))


def day_words(day: str) -> str:
    """Return a local date with its weekday: ``Sunday 22 November 2026``."""
    return long_day(date.fromisoformat(day))


def clock_words(happened: str) -> str:
    """Return the clock time of an RFC 3339 moment: ``18:30``."""
    return happened.partition("T")[2][:5]


def happened_words(happened: str) -> str:
    """Return an RFC 3339 moment as it was where it was written: ``22 Nov 2026, 18:30 (+01:00)``."""
    day, _, rest = happened.partition("T")
    offset = rest[len(rest.rstrip("Z")) - 1 :] if rest.endswith("Z") else rest[-6:]
    return f"{day_text(day)}, {clock_words(happened)} ({offset})"


def field_words(field: str) -> str:
    """Return how a field of a goal or step is called: ``status`` for ``lifecycle``."""
    return _FIELD_WORDS.get(field) or part_words(field)


def part_words(name: str) -> str:
    """Return how a part of an entry is called, or what a code in it means."""
    return _PARTS.get(name, name.replace("_", " "))


def value_words(field: str, value: object) -> str:
    """Return a field's value as people read it: words instead of codes, a dash for nothing.

    Args:
        field: Name of the field, as in answers.
        value: Its plain value, as in answers.
    """
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return listed([value_words(field, each) for each in cast("Sequence[object]", value)])
    if isinstance(value, msgspec.Struct):
        said = msgspec.structs.asdict(value)
        return ": ".join(value_words(name, each) for name, each in said.items() if each is not None)
    words = WORDS_BY_CODE.get(field) or _VALUE_WORDS.get(field)
    if words is not None:
        return words.get(str(value), str(value))
    return _READ_BY_FIELD.get(field, str)(str(value))


def _target(text: str) -> str:
    from trailmark_shared.domain.targets import parse_target
    from trailmark_shared.projections.sentences import target_words

    return target_words(parse_target(text))


def _short_id(text: str) -> str:
    return text[:8]


_READ_BY_FIELD: Final[Mapping[str, Callable[[str], str]]] = {
    "target": _target,
    "area": area_words,
    **dict.fromkeys(DAYS, day_text),
    **dict.fromkeys(("where", "form", "ways", "outcome"), part_words),
    **dict.fromkeys(("goal", "step", "barrier", "sources", "about", "part_of"), _short_id),
    **dict.fromkeys(("replaced_by", "challenge"), _short_id),
}


def change_words(field: str, before: object, after: object) -> str:
    """Return one change of a field in a line: ``status: Working on it -> Resting``."""
    new = value_words(field, after)
    name = field_words(field)
    if before is None:
        return gettext("{field}: {value}").format(field=name, value=new)
    return gettext("{field}: {before} -> {after}").format(
        field=name, before=value_words(field, before), after=new
    )


def labelled(label: str, value: str) -> str:
    """Return a line of a small table: ``  since       Sunday 22 November 2026``."""
    return f"  {label:<10}  {value}"


def until_words(day: str | None) -> str:
    """Return a last day in words; without one, ``you stop it``."""
    return gettext("you stop it") if day is None else day_words(day)


def kinds_words(classes: Iterable[str]) -> str:
    """Return what kinds of things were agreed to, in words; ``no kind of thing`` for none."""
    return listed(class_names(classes)) or gettext("no kind of thing")


def grant_state_words(state: str) -> str:
    """Return in a word whether somebody is let in."""
    return _STATES.get(state, state)


def lane_words(lane: str, seen_by: Sequence[str]) -> str:
    """Return whose eyes a lane is for: ``Private``, ``Shared with Dr Okafor``."""
    if lane == SELF:
        return gettext("Private")
    if lane == DEVICES:
        return gettext("What your devices tell each other")
    if not seen_by:
        return gettext("Shared with nobody at present")
    return gettext("Shared with {names}").format(names=listed(seen_by))


def answer_words(answer: str) -> str:
    """Return what somebody said to a goal or a proposal, in a word."""
    return _ANSWERS.get(answer, answer)


def label_words(label: str) -> str:
    """Return what an event is besides what it did, such as ``late entry``."""
    return LABEL_WORDS.get(cast("Label", label), label)


def type_words(type_: str) -> str:
    """Return what an event of a type did; a type of a newer program as it is called."""
    return VERBS.get(type_, type_.replace("_", " "))


def class_names(classes: Iterable[str]) -> list[str]:
    """Return short names of classes of data, such as ``goals`` or ``steps of those goals``."""
    return [CLASS_NAMES.get(each, each) for each in classes]


def role_words(role: str) -> str:
    """Return what somebody is to the person: ``therapist``, ``supporter``, the person themself."""
    return _ROLE_NAMES.get(role, role)


def action_names(actions: Iterable[str]) -> list[str]:
    """Return what somebody may do, in a word each, such as ``view`` or ``comment``."""
    return [_ACTION_NAMES.get(each, each) for each in actions]


def counted_kind(kind: str, n: int) -> str:
    """Return how many there are of a kind: ``3 goals``."""
    text = COUNTED_KINDS.get(kind)
    return f"{n} {kind}" if text is None else counted(text, n)


def seen_words(seen: Seen) -> str:
    """Return how much somebody sees: ``3 goals and 41 check-ins, from Monday 2 March 2026 on``."""
    kinds = ("goal", "step", "check_in", "excerpt", "win", "setback", "comment")
    found = (
        seen.goals,
        seen.steps,
        seen.check_ins,
        seen.excerpts,
        seen.wins,
        seen.setbacks,
        seen.comments,
    )
    counts = [counted_kind(kind, n) for kind, n in zip(kinds, found, strict=True) if n]
    if seen.taken_back:
        back = ngettext(
            "{n} goal that you took back", "{n} goals that you took back", seen.taken_back
        )
        counts.insert(1 if seen.goals else 0, back.format(n=seen.taken_back))
    if not counts:
        return gettext("nothing yet")
    if seen.earliest is None:
        return listed(counts)
    return gettext("{things}, from {day} on").format(
        things=listed(counts), day=day_words(seen.earliest)
    )
