"""Hints for a goal's words: what could make it clearer. They never stand in anybody's way.

A hint looks at the shape of a goal and at a short list of words that say little; it judges nothing
and is kept nowhere.

Source:
    G. T. Doran, "There's a S.M.A.R.T. way to write management's goals and objectives", Management
    Review 70 (1981), in the reading common in therapy: specific, measurable, achievable, relevant,
    time-bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from trailmark_shared.words import Texts, gettext, marked

Letter = Literal["specific", "measurable", "achievable", "relevant", "time-bound"]
"""One of the five."""

SPECIFIC_WORDS_MIN: Final = 3
"""Words that a goal has at least to say what it is about."""

QUESTIONS: Final[Mapping[Letter, str]] = Texts(
    {
        "specific": marked("What would you do, or what would others see, if this were so?"),
        "measurable": marked(
            "How would you notice that it is a little better: how often, how strong?"
        ),
        "achievable": marked(
            "What is one small step that is possible with the time and strength you have?"
        ),
        "relevant": marked("Why does it matter to you?"),
        "time-bound": marked("Is there a day that you hope for, far away or near?"),
    }
)
"""What may be asked where a letter is not there yet."""

LETTERS: Final[Mapping[Letter, str]] = Texts(
    {
        "specific": marked("specific"),
        "measurable": marked("measurable"),
        "achievable": marked("achievable"),
        "relevant": marked("relevant"),
        "time-bound": marked("time-bound"),
    }
)
"""What each letter is called."""

# What is found vague is found in English only; in other languages nobody gets an example.
_REWRITES: Final[tuple[tuple[str, str], ...]] = (
    (
        r"(?:feel|be|become|get) (?:happy|happier|better|good|well|okay|ok|fine)",
        marked("Do something I enjoy at least twice a week"),
    ),
    (
        r"(?:be|feel|get|become) (?:less|not so|not) (?:anxious|afraid|scared|nervous|worried)",
        marked("Do one thing a week that I have avoided out of fear"),
    ),
    (
        r"(?:be|feel|get|become) (?:more )?(?:confident|self-confident|sure of myself)",
        marked("Say my opinion once in every meeting with friends"),
    ),
    (
        r"(?:be|feel|get|become) (?:less|not so|not) (?:sad|depressed|down|low)",
        marked("Leave the house for half an hour on five days a week"),
    ),
    (
        r"(?:sleep|eat|live) (?:better|well|healthier)",
        marked("Be in bed by eleven on five days a week"),
    ),
    (
        r"(?:be|have) (?:less|not so much) stress(?:ed)?|(?:relax|calm down)(?: more)?",
        marked("Take ten quiet minutes for myself every day"),
    ),
    (
        r"(?:be|have|get) (?:a )?(?:better|good) (?:relationships?|friendships?)",
        marked("Call one friend every Sunday"),
    ),
    (r"(?:be|become) (?:a )?(?:better|good|normal) (?:person|self|partner|parent)?", ""),
)
_FRAME: Final = r"(?:i )?(?:(?:want|would like|wish|hope|need) )?(?:to )?(?:just )?"
_TAIL: Final = r"(?: (?:again|about myself|in life|with life))?[.! ]*"
_VAGUE: Final = tuple(
    (
        re.compile(f"{_FRAME}(?:{words}){_TAIL}"),
        rewrite or marked("Do one kind thing for somebody a week"),
    )
    for words, rewrite in _REWRITES
)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What hints look at.

    Attributes:
        title: The goal in the person's own words.
        has_target: It says how it is measured.
        has_step: It has a step that can be done, or one that was reached.
        has_why: It says why it matters.
        has_day: It has a day that is hoped for, of its own or of its target.
    """

    title: str
    has_target: bool = False
    has_step: bool = False
    has_why: bool = False
    has_day: bool = False


def letters_of(shape: Shape) -> dict[Letter, bool]:
    """Return for each of the five letters whether a goal has it already."""
    is_long = len(shape.title.split()) >= SPECIFIC_WORDS_MIN
    return {
        "specific": is_long and rewrite_of(shape.title) is None,
        "measurable": shape.has_target,
        "achievable": shape.has_step,
        "relevant": shape.has_why,
        "time-bound": shape.has_day,
    }


def rewrite_of(title: str) -> str | None:
    """Return an example of a clearer wording, or ``None`` where a goal is not vague.

    Args:
        title: The goal in the person's own words.
    """
    words = " ".join(title.casefold().split())
    return next((gettext(rewrite) for vague, rewrite in _VAGUE if vague.fullmatch(words)), None)
