"""Why something changed: FHIR's example reasons for a goal's status, and ours.

Source:
    HL7 FHIR R4 value set ``goal-status-reason`` (examples, extensible); its code for a wish of the
    person's own is ``person-request`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REASON_WORDS: Final[Mapping[str, str]] = {
    "life-event": "because something happened in life",
    "replaced": "because another goal took its place",
    "person-request": "at the person's own wish",
    "temp-not-attainable": "because it is not possible for now",
    "permanent-not-attainable": "because it is not possible",
    "financial-barrier": "because money stood in the way",
    "lack-of-transportation": "because getting there was the problem",
    "lack-of-social-support": "because support was missing",
    "new-insight": "because of a new insight",
    "obstacle": "because of an obstacle",
    "priorities-shifted": "because priorities shifted",
    "new-issue": "because something new came up",
    "no-longer-fits": "because it no longer fits",
    "too-ambitious": "because it was too ambitious",
    "too-easy": "because it had become easy",
    "therapist-suggestion": "after the therapist suggested it",
    "goal-reached": "because it was reached",
    "ready-again": "because the time is right again",
    "correction": "as a correction",
    "other": "for another reason",
}
"""Code and the clause that ends a sentence: "raised the target, because of a new insight"."""

REASON_CODES: Final = frozenset(REASON_WORDS)
"""Codes that this build offers; others are kept and shown as they are."""


def reason_clause(code: str) -> str:
    """Return the clause for ``code``; a code that a newer build wrote is shown as it is."""
    return REASON_WORDS.get(code) or f"because: {code.replace('-', ' ')}"
