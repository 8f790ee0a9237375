"""Fields and values of a goal as the pages show them: words in place of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_client.web.dating import short_day
from trailmark_shared.domain.statuses import WORDS_BY_CODE
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.words import gettext, marked

_FIELDS: Final[Mapping[str, str]] = {
    "title": marked("the words"),
    "why": marked("why it matters"),
    "area": marked("the part of life"),
    "limits": marked("what limits it"),
    "target": marked("what it is measured by"),
    "baseline": marked("where you began"),
    "due": marked("the day hoped for"),
    "priority": marked("how much it matters now"),
    "rank": marked("its place"),
    "lifecycle": marked("where it stands"),
    "achievement": marked("how it goes"),
    "replaced_by": marked("the goal that took its place"),
}

_PRIORITIES: Final[Mapping[str, str]] = {
    "high": marked("matters a lot now"),
    "medium": marked("matters"),
    "low": marked("can wait"),
}


def field_words(field: str) -> str:
    """Return how a field of a goal is called."""
    return gettext(_FIELDS[field]) if field in _FIELDS else field.replace("_", " ")


def value_words(field: str, value: object, today: str = "") -> str:
    """Return a field's value as people read it.

    Args:
        field: Name of the field, as in answers of queries.
        value: Its plain value; ``None`` for nothing.
        today: The person's local date, for days.
    """
    if value is None:
        return gettext("nothing")
    text = str(value)
    match field:
        case "target":
            return target_words(parse_target(text))
        case "due":
            return short_day(text, today)
        case "priority":
            return gettext(_PRIORITIES.get(text, text))
        case _:
            words = WORDS_BY_CODE.get(field, {}).get(text)
            return text if words is None else gettext(words)
