"""What the access log calls a look by somebody else, and how it is told to the person."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from trailmark_shared.words import Texts, gettext, marked

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


LOOK_WORDS: Final[Mapping[Look, str]] = Texts(
    {
        Look.PEOPLE: marked("saw in their list of people how much is new from you"),
        Look.SHARING: marked("looked up what you share with them"),
        Look.TIMELINE: marked("opened your timeline"),
        Look.GOALS: marked("opened the list of your goals"),
        Look.GOAL: marked("opened one of your goals"),
        Look.SESSION: marked("opened what is new from you, before a session"),
        Look.PLAN: marked("opened the plan of your therapy"),
        Look.AUDIT: marked("looked at how one of your goals was recorded"),
        Look.EXPORT: marked("saved a copy of what you share with them"),
        Look.SUPPORTER: marked("opened what you sent them"),
        Look.SUPPORTER_LEFT: marked("left: their link opens nothing any more"),
        Look.REFUSED_ENDED: marked(
            "tried to open your entries after sharing had ended; nothing was shown"
        ),
        Look.REFUSED_STRANGER: marked(
            "tried to open your entries without having been let in; nothing was shown"
        ),
        Look.REFUSED_SUPPORTER: marked(
            "tried to open what you sent them after that had ended; nothing was shown"
        ),
    }
)
"""What each look is called behind a name: "Dr Demo opened your timeline"."""


def look_words(name: str) -> str:
    """Return what to say of a look; one that a newer server names is told in general words."""
    known = Look.__members__.values()
    if name in known:
        return LOOK_WORDS[Look(name)]
    if is_refused(name):
        return gettext("was refused; nothing was shown")
    return gettext("opened something you share")


def is_refused(name: str) -> bool:
    """Say whether a look was refused."""
    return name.startswith(REFUSED)
