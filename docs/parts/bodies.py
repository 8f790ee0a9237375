"""The generated parts of docs/events.md: the data of every type, and the documents they fold to."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from docs.parts.markdown import prose, table
from trailmark_shared import limits
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.domain.targets import Target
from trailmark_shared.events import data, steps
from trailmark_shared.events.access import ConsentText
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.joint import Decision
from trailmark_shared.events.proposals import ProposedValues
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.projections.card import Use
from trailmark_shared.projections.fields import Facts, Field, FieldValue, Wish
from trailmark_shared.projections.fold import DOCUMENT_TYPES
from trailmark_shared.projections.goal import Move, Review, Share
from trailmark_shared.projections.joint import Answer as JointAnswer
from trailmark_shared.projections.measures import Rating
from trailmark_shared.projections.parties import Agreement, Assessment
from trailmark_shared.projections.proposal import Answer

_Struct = type[msgspec.Struct]

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)

_NAMED: Final[tuple[tuple[Any, str], ...]] = (
    (data.IdText, "id"),
    (data.LaneText, "lane name"),
    (data.HexHash, "SHA-256"),
    (data.Day, "date"),
    (data.Code, "code"),
    (steps.OrderKey, "order key"),
)


def _pattern(annotated: Any) -> str:  # noqa: ANN401  (an ``Annotated`` alias has no type of its own)
    (meta,) = annotated.__metadata__
    return str(meta.pattern)


_WORDS_BY_PATTERN: Final[Mapping[str, str]] = {_pattern(kind): words for kind, words in _NAMED}

_PIECES: Final[tuple[_Struct, ...]] = (
    Target,
    ProposedValues,
    ConsentText,
    Decision,
)
"""Objects that stand inside data."""

_INNER: Final[tuple[_Struct, ...]] = (
    Field,
    FieldValue,
    Reason,
    Wish,
    Review,
    Share,
    Move,
    Agreement,
    Assessment,
    Answer,
    JointAnswer,
    Use,
    Rating,
)
"""Objects that stand inside documents."""

_OF_WHAT: Final[Mapping[_Struct, str]] = {
    Answer: " of a proposal",
    JointAnswer: " of what both sides write",
}
"""What tells apart objects that bear one name."""


_PLAIN: Final[Mapping[type[msgspec.inspect.Type], str]] = {
    msgspec.inspect.AnyType: "any",
    msgspec.inspect.BoolType: "true or false",
    msgspec.inspect.BytesType: "base64",
    msgspec.inspect.NoneType: "null",
}


def event_data() -> str:
    """Return the members of the data of every type, then the objects inside."""
    rows: list[tuple[str, ...]] = []
    empty: list[str] = []
    whole = list(_members(GoalDrafted))
    for each in EVENT_TYPES.values():
        found = list(_members(each.data))
        if not found:
            empty.append(f"`{each.name}`")
        elif each.data is not GoalDrafted and found[: len(whole)] == whole:
            found[: len(whole)] = [("all of `goal_drafted`", "", "", "")]
        rows += [(f"`{each.name}`" if not at else "", *row) for at, row in enumerate(found)]
    parts = [
        table(("type", "member", "value", "left out", "meaning"), rows),
        f"Data is `{{}}` in {', '.join(empty)}.\n",
        *(_inner(kind.__name__.removesuffix("Text"), kind) for kind in _PIECES),
    ]
    return "\n".join(parts)


def consent_classes() -> str:
    """Return the classes that a grant can name."""
    return table(("code", "people read"), ((f"`{code}`", said) for code, said in _class_words()))


def _class_words() -> Iterator[tuple[str, str]]:
    return ((str(code), str(said)) for code, said in CLASS_WORDS.items())


def read_models() -> str:
    """Return the members of every kind's document, then the objects inside."""
    parts = [f"Every document:\n\n{_document(Facts, ())}"]
    kinds: dict[type[Facts], list[str]] = {}
    for kind, document in DOCUMENT_TYPES.items():
        kinds.setdefault(document, []).append(f"`{kind}`")
    common = tuple(msgspec.structs.fields(Facts))
    skipped = {each.encode_name for each in common}
    parts += [
        f"{', '.join(names)}:\n\n{_document(document, skipped)}"
        for document, names in kinds.items()
        if len(msgspec.structs.fields(document)) > len(common)
    ]
    parts += [
        f"`{kind.__name__}`{_OF_WHAT.get(kind, '')}:\n\n{_document(kind, ())}" for kind in _INNER
    ]
    return "\n".join(parts)


def _inner(title: str, kind: _Struct) -> str:
    rows = table(("member", "value", "left out", "meaning"), _members(kind))
    return f"`{title}`:\n\n{rows}"


def _document(kind: _Struct, skipped: Iterable[str]) -> str:
    fields = [each for each in _fields(kind) if each.encode_name not in skipped]
    return table(
        ("member", "value", "meaning"),
        (
            (f"`{each.encode_name}`", _shape(each.type), _meaning(kind, each.encode_name))
            for each in fields
        ),
    )


def _members(kind: _Struct) -> Iterator[tuple[str, ...]]:
    for each in _fields(kind):
        name = each.encode_name
        yield f"`{name}`", _shape(each.type), _left_out(each), _meaning(kind, name)


def _left_out(field: msgspec.inspect.Field) -> str:
    if field.required:
        return "never"
    default: object = field.default
    match default:
        case msgspec.NODEFAULT:  # how ``inspect`` tells of ``UNSET``
            return "as it was"
        case None:
            return "none"
        case tuple():
            return "empty"
        case bool():
            return str(default).lower()
        case _:
            return f"`{default}`"


def _meaning(kind: _Struct, name: str) -> str:
    """Return what is said of a member here, where it is inherited from, or next to it."""
    near = vars(sys.modules[kind.__module__]).values()
    beside = [each for each in near if inspect.isclass(each) and issubclass(each, msgspec.Struct)]
    for each in (*kind.__mro__, *beside):
        words = dict(_ATTRIBUTE.findall(inspect.getdoc(each) or ""))
        if name in words:
            return prose(words[name])
    return ""


def _fields(kind: Any) -> tuple[msgspec.inspect.Field, ...]:  # noqa: ANN401  (generic structs too)
    told = msgspec.inspect.type_info(kind)
    assert isinstance(told, msgspec.inspect.StructType)
    return told.fields


def _shape(told: msgspec.inspect.Type) -> str:
    match told:
        case msgspec.inspect.Metadata(type=inner):
            return _shape(inner)
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(dict.fromkeys(_shape(each) for each in types))
        case msgspec.inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            return f"list{_length(least, most)} of {_shape(item)}"
        case msgspec.inspect.StructType(cls=kind):
            return f"`{kind.__name__.removesuffix('Text')}`"
        case msgspec.inspect.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in values)
        case _:
            return _scalar(told)


def _length(least: int | None, most: int | None) -> str:
    if most is None:
        return ""
    if least is None:
        return f" (at most {most})"
    return f" ({most})" if least == most else f" ({least} to {most})"


def _scalar(told: msgspec.inspect.Type) -> str:
    match told:
        case msgspec.inspect.IntType(ge=least, le=most):
            bounded = most is not None and abs(most) < limits.INTEGER_MAX
            return f"integer {least} to {most}" if bounded else "integer"
        case msgspec.inspect.StrType(pattern=pattern, max_length=int() as most) if (
            pattern == data.NOT_BLANK
        ):
            return f"text, not blank, at most {most:,}"
        case msgspec.inspect.StrType(pattern=str() as pattern):
            return _WORDS_BY_PATTERN[pattern]
        case msgspec.inspect.StrType(max_length=most):
            return "text" if most is None else f"text, at most {most:,}"
        case _:
            return _PLAIN[type(told)]


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "consent-classes": consent_classes,
    "event-data": event_data,
    "read-models": read_models,
}
"""Name of a part to what writes it."""
