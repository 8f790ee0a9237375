"""What was typed into a form, as the values of a proposal: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from trailmark_server.pages.proposal_view import TargetParts, typed_target
from trailmark_shared.domain.proposals import FIELDS_BY_KIND, ProposalKind
from trailmark_shared.domain.targets import Target, tenths_from_text
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.proposals import ProposedValues
from trailmark_shared.words import gettext, marked

_STAYS_WHEN_EMPTY: Final = frozenset({"lifecycle", "status"})
_COUNTS: Final = frozenset({"at_least", "at_most"})
_NOT_WHOLE: Final = marked(
    "Look at the target: a number with at most one decimal place belongs to it."
)
_NOT_KNOWN: Final = marked("One of the values cannot be proposed; check the date and the target.")


def values_from_fields(what: ProposalKind, fields: Mapping[str, str]) -> ProposedValues:
    """Return the values that a form proposes.

    Args:
        what: What is proposed.
        fields: What was typed, by name. An empty field takes its value away; where a goal or a
            step goes, it leaves it where it is.

    Raises:
        DomainError: ``invalid_input``: a value that cannot be.
    """
    found: dict[str, Any] = {}
    for name in sorted(FIELDS_BY_KIND[what]):
        if name == "target":
            if "target_kind" in fields:
                found[name] = _target(typed_target(fields), is_first=what == "goal")
        elif name in fields:
            text = clean_words(fields[name])
            if text or name not in _STAYS_WHEN_EMPTY:
                found[name] = text or None
    for name in {"title", "text"} & found.keys():
        found[name] = found[name] or ""
    if not found:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("There is nothing to send yet."))
    return _converted(found)


def _converted(found: Mapping[str, Any]) -> ProposedValues:
    """Return checked values; how long words may be is said where they are cleaned."""
    words = {
        name: value for name, value in found.items() if name in {"title", "text", "why", "area"}
    }
    others = {name: value for name, value in found.items() if name not in words}
    try:
        checked = msgspec.convert({**others, "area": "-"}, ProposedValues)
    except msgspec.ValidationError as error:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NOT_KNOWN)) from error
    return msgspec.structs.replace(checked, **{"area": msgspec.UNSET, **words})


def _target(parts: TargetParts, *, is_first: bool) -> dict[str, Any] | None:
    """Return a target as plain values; whether they fit together is checked with the rest."""
    if not parts.kind:
        if is_first and parts.number.strip():  # else it is the number of the target that goes
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("choose what the number counts, or leave it empty"),
            )
        return None
    if parts.kind == "done":
        return msgspec.to_builtins(Target(kind="done"))
    try:
        tenths = tenths_from_text(parts.number)
    except DomainError as error:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NOT_WHOLE)) from error
    found: dict[str, Any] = {"kind": parts.kind, "value_tenths": tenths}
    if parts.kind in _COUNTS:
        unit = " ".join(parts.unit.split())
        found |= {"per": parts.per, **({"unit": unit} if unit else {})}
    if parts.kind == "reduce_by_percent" and parts.by:
        found["by"] = parts.by
    return found
