"""What a person can agree to: kinds of data, actions, and the exact text that was shown.

The text is versioned and hashed: a grant records which words were on the screen. A version is never
edited; another wording is another version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from trailmark_shared.words import Texts, marked

CLASS_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "goals": marked("goals: wording, why they matter, targets, dates, how they change"),
        "steps": marked("steps of those goals"),
        "check_ins": marked("check-ins: ratings, counts and their notes"),
        "wins_setbacks": marked("wins and setbacks"),
        "excerpts": marked("parts of reflections, each chosen one by one"),
        "plan": marked(
            "what you plan together: agenda, expectations, reviews, what is tried, asking for help"
        ),
        "barriers_coping": marked("what stands in the way and what helps, each chosen one by one"),
        "measures": marked("answers to questionnaires, each chosen one by one"),
        "vision": marked("your vision and what is hard now, each chosen one by one"),
        "occurrences": marked(
            "what you note that happened, how strong it was and its notes, each chosen one by one"
        ),
        "scales": marked(
            "your five levels of a goal and where it stood on them, each goal chosen one by one"
        ),
    }
)
"""Classes of data that a grant can name, with what people read."""

CLASS_NAMES: Final[Mapping[str, str]] = Texts(
    {
        "goals": marked("goals"),
        "steps": marked("steps of those goals"),
        "check_ins": marked("check-ins"),
        "wins_setbacks": marked("wins and setbacks"),
        "excerpts": marked("parts of reflections, each chosen one by one"),
        "plan": marked("what you plan together"),
        "barriers_coping": marked("what stands in the way and what helps, each chosen one by one"),
        "measures": marked("answers to questionnaires, each chosen one by one"),
        "vision": marked("your vision and what is hard now, each chosen one by one"),
        "occurrences": marked("what you note that happened, each chosen one by one"),
        "scales": marked("your five levels of a goal, each chosen one by one"),
    }
)
"""The same classes in few words."""

CONSENT_CLASSES: Final = tuple(CLASS_WORDS)
"""Codes of the classes, in the order in which they are shown."""

ACTION_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "view": marked("see what you share with them"),
        "comment": marked("write comments on it"),
        "propose": marked(
            "propose changes and new goals; nothing of yours changes unless you accept it"
        ),
    }
)
"""What a grant can let a member do, with what people read."""

CONSENT_ACTIONS: Final = tuple(ACTION_WORDS)
"""Codes of the actions, in the order in which they are shown; the first goes with every grant."""

VIEW: Final = CONSENT_ACTIONS[0]
"""To see: what every grant allows."""

_ACTIONS_WHERE_NONE_ARE_NAMED: Final = frozenset({"view", "comment"})

PURPOSE_BY_ROLE: Final[Mapping[str, str]] = {"therapist": "care", "supporter": "support"}
"""What a member of each role may use it for; nothing else is ever asked for."""

PURPOSE_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "care": marked("your therapy with them"),
        "support": marked("cheering you on"),
    }
)
"""Purposes, with what people read."""

HISTORY_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "everything": marked("everything that was shared there so far"),
        "from_now": marked("only what you share from now on"),
        "picked": marked("what you pick of the time before, and what you share from now on"),
        "since": marked("what you pick of the time since a day, and what you share from now on"),
    }
)
"""What of the time before a grant its member sees, with what people read."""

CONSENT_TEXTS: Final[Mapping[int, str]] = {
    1: (
        "You choose what this person can see. They see what you share from now on, and what you "
        "pick from before. They never see whole reflections, drafts, or how many private entries "
        "there are.\n"
        "You can stop at any time, without a reason. From then on they see nothing new and can no "
        "longer open what you shared here. What they already read or printed cannot be taken "
        "back.\n"
        "Whoever runs the server can read what you share, and can see when it was sent. They "
        "cannot read what stays private.\n"
        "Nobody watches this app between sessions. It is not for emergencies."
    ),
    2: (
        "You choose what this person can see, one kind at a time; none of it is chosen for you, "
        "and saying no costs you nothing. They see what you share with them from now on, and of "
        "the time before only what you choose. They never see whole reflections, drafts, or how "
        "many private entries there are.\n"
        "They can comment or propose only where you say so. Nothing of yours changes unless you "
        "change it.\n"
        "You can stop at any time, without a reason. From then on they see nothing new and can no "
        "longer open what you shared here. What they already read or printed cannot be taken "
        "back.\n"
        "Whoever runs the server can read what you share, and can see when it was sent. They "
        "cannot read what stays private.\n"
        "Nobody watches this app between sessions. It is not for emergencies."
    ),
}
"""Every text ever shown, by version."""

CONSENT_VERSION: Final = 2
"""The version that is shown now."""

SUPPORTER_TEXTS: Final[Mapping[int, str]] = {
    1: (
        "They see only what you send them, one thing at a time, exactly as it is shown to you "
        "before. Nothing goes there by itself. They never see your reflections, your other goals, "
        "what a therapist sees, or who else you share with.\n"
        "They need no account: whoever holds the link can read what you sent and answer in their "
        "name, so give it to nobody else. It ends after 90 days at the latest; you can make a new "
        "one at any time, which ends the one before.\n"
        "They can answer each thing once, with a few words. You can take a thing back or stop at "
        "any time, without a reason. What they already read or kept cannot be taken back.\n"
        "Whoever runs the server can read what you send, and can see when it was sent and opened.\n"
        "Nobody watches that page. It is not for emergencies."
    ),
}
"""Every text ever shown before a supporter was let in, by version; these count for themselves."""

SUPPORTER_VERSION: Final = 1
"""The version of ``SUPPORTER_TEXTS`` that is shown now."""


def consent_sha256(version: int = CONSENT_VERSION) -> str:
    """Return the SHA-256 of a consent text (UTF-8) in hex.

    Args:
        version: A key of ``CONSENT_TEXTS``.

    Returns:
        64 hex characters.
    """
    return sha256(CONSENT_TEXTS[version].encode()).hexdigest()


def supporter_sha256(version: int = SUPPORTER_VERSION) -> str:
    """Return the SHA-256 of a text shown before a supporter was let in (UTF-8) in hex.

    Args:
        version: A key of ``SUPPORTER_TEXTS``.

    Returns:
        64 hex characters.
    """
    return sha256(SUPPORTER_TEXTS[version].encode()).hexdigest()


def consent_words(role: str, version: int, sha256_hex: str) -> str | None:
    """Return the words that somebody agreed to.

    Args:
        role: ``supporter``, or anybody else.
        version: The version that was shown.
        sha256_hex: The hash of the words that were shown.

    Returns:
        The words; ``None`` where this build has none of that version, or others.
    """
    text = (SUPPORTER_TEXTS if role == "supporter" else CONSENT_TEXTS).get(version)
    if text is None or sha256(text.encode()).hexdigest() != sha256_hex:
        return None
    return text


def allowed_actions(actions: Sequence[str] | None) -> frozenset[str]:
    """Return what a grant lets its member do.

    Args:
        actions: What the grant names; ``None`` for one that was made before actions were named.

    Returns:
        Codes, ``view`` always among them; codes of a newer version are kept.
    """
    if actions is None:
        return _ACTIONS_WHERE_NONE_ARE_NAMED
    return frozenset({VIEW, *actions})
