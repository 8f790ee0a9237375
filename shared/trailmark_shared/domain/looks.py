"""What the access log calls a look by somebody else, and how it is told to the person."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

REFUSED: Final = "refused:"
"""How the names of looks begin that were refused: nothing was shown."""


class Look(StrEnum):
    """Stable names of what somebody else opened, through pages and API alike."""

    PEOPLE = "people"
    SHARING = "sharing"
    TIMELINE = "timeline"
    GOALS = "goals"
    GOAL = "goal"
    SESSION = "session"
    PLAN = "plan"
    AUDIT = "audit"
    EXPORT = "export"
    SUPPORTER = "supporter"
    SUPPORTER_LEFT = "supporter-left"
    REFUSED_ENDED = "refused:ended"
    REFUSED_STRANGER = "refused:stranger"
    REFUSED_SUPPORTER = "refused:supporter"


LOOK_WORDS: Final[Mapping[Look, str]] = {
    Look.PEOPLE: "saw in their list of people how much is new from you",
    Look.SHARING: "looked up what you share with them",
    Look.TIMELINE: "opened your timeline",
    Look.GOALS: "opened the list of your goals",
    Look.GOAL: "opened one of your goals",
    Look.SESSION: "opened what is new from you, before a session",
    Look.PLAN: "opened the plan of your therapy",
    Look.AUDIT: "looked at how one of your goals was recorded",
    Look.EXPORT: "saved a copy of what you share with them",
    Look.SUPPORTER: "opened what you sent them",
    Look.SUPPORTER_LEFT: "left: their link opens nothing any more",
    Look.REFUSED_ENDED: "tried to open your entries after sharing had ended; nothing was shown",
    Look.REFUSED_STRANGER: (
        "tried to open your entries without having been let in; nothing was shown"
    ),
    Look.REFUSED_SUPPORTER: (
        "tried to open what you sent them after that had ended; nothing was shown"
    ),
}
"""What each look is called behind a name: "Dr Demo opened your timeline"."""


def look_words(name: str) -> str:
    """Return what to say of a look; one that a newer server names is told in general words."""
    known = Look.__members__.values()
    if name in known:
        return LOOK_WORDS[Look(name)]
    return "was refused; nothing was shown" if is_refused(name) else "opened something you share"


def is_refused(name: str) -> bool:
    """Say whether a look was refused."""
    return name.startswith(REFUSED)
