"""Values of documents as answers show them: sentences, numbers and names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from trailmark_shared.domain.targets import Target, format_target, number_from_tenths
from trailmark_shared.words import gettext, marked

TENTHS: Final = frozenset({"baseline_tenths", "value_tenths", "mood_tenths", "intensity_tenths"})
"""Fields that hold integer tenths."""

PERSON: Final = "person"
YOU: Final = marked("you")


def plain_value(field: str | None, value: Any) -> Any:  # noqa: ANN401  (as the field has it)
    """Return a field's value as JSON shows it.

    Args:
        field: Name of the field in its document.
        value: The value, or what is left of it after decoding.
    """
    if value is None:
        return None
    if isinstance(value, Target):
        return format_target(value)
    if field == "target" and isinstance(value, dict):
        return format_target(msgspec.convert(value, Target))
    if field in TENTHS:
        return number_from_tenths(value)
    return value


def plain_field(field: str | None) -> str | None:
    """Return the name that answers use for a field: without its unit of storage."""
    return None if field is None else field.removesuffix("_tenths")


def actor_name(actor: str, names: Mapping[str, str]) -> str:
    """Return the name of whoever wrote something; the person reads of themself as ``you``."""
    return gettext(YOU) if actor == PERSON else names.get(actor, actor)
