"""Why something changed: FHIR's example reasons for a goal's status, and ours.

Source:
    HL7 FHIR R4 value set ``goal-status-reason`` (examples, extensible); its code for a wish of the
    person's own is ``person-request`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.words import Texts, gettext, marked

REASON_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "life-event": marked("because something happened in life"),
        "replaced": marked("because another goal took its place"),
        "person-request": marked("at the person's own wish"),
        "temp-not-attainable": marked("because it is not possible for now"),
        "permanent-not-attainable": marked("because it is not possible"),
        "financial-barrier": marked("because money stood in the way"),
        "lack-of-transportation": marked("because getting there was the problem"),
        "lack-of-social-support": marked("because support was missing"),
        "new-insight": marked("because of a new insight"),
        "obstacle": marked("because of an obstacle"),
        "priorities-shifted": marked("because priorities shifted"),
        "new-issue": marked("because something new came up"),
        "no-longer-fits": marked("because it no longer fits"),
        "too-ambitious": marked("because it was too ambitious"),
        "too-easy": marked("because it had become easy"),
        "therapist-suggestion": marked("after the therapist suggested it"),
        "goal-reached": marked("because it was reached"),
        "ready-again": marked("because the time is right again"),
        "correction": marked("as a correction"),
        "other": marked("for another reason"),
    }
)
"""Code and the clause that ends a sentence: "raised the target, because of a new insight"."""

REASON_CODES: Final = frozenset(REASON_WORDS)
"""Codes that this build offers; others are kept and shown as they are."""


def reason_clause(code: str) -> str:
    """Return the clause for ``code``; a code that a newer build wrote is shown as it is."""
    return REASON_WORDS.get(code) or gettext("because: {reason}").format(
        reason=code.replace("-", " ")
    )
