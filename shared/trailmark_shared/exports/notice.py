"""What stands on top of every export, in words: whose it is, who may use it, and for what."""

from __future__ import annotations

from typing import Final

from trailmark_shared.exports.format import ExportedMember
from trailmark_shared.ids import is_shared

PART_2: Final = (
    "Where 42 CFR part 2 applies: 42 CFR part 2 prohibits unauthorized use or disclosure of these "
    "records."
)
"""The short notice that accompanies a disclosure (42 CFR 2.32)."""

_END: Final = (
    "The person may end the consent at any time. That does not call this copy back: keep it only "
    "for as long as your duties ask, then destroy it."
)
_CHOICE: Final = "Whom you give it to is your choice; nobody may demand it of you."
_CHECK: Final = (
    "To see whether it is what the person's own device holds: trailmark verify FILE --head WORDS, "
    "with the words that this device shows (trailmark status --words), not with those in this file."
)


def notice_for_member(member: ExportedMember) -> tuple[str, ...]:
    """Return the notice of a copy that was made for a member.

    Args:
        member: Whom the person let in; the grants in the header say on what terms.
    """
    confidential = (
        f"Confidential. This is what one person shares with {member.name}, disclosed with that "
        "person's consent; the terms and the text that they agreed to stand under consents."
    )
    use = (
        f"Only {member.name} may use it, and only for what the person agreed to. Passing it on, "
        "whole or in part, needs a new consent of the person, unless a law demands it."
    )
    return (confidential, use, PART_2, _END, _CHECK)


def notice_for_person(lane: str) -> tuple[str, ...]:
    """Return the notice of a person's own copy.

    Args:
        lane: Which lane it is.
    """
    about = (
        "This is your own copy of what stays private. Its words are sealed: the file shows that "
        "they are unchanged, not what they say."
        if not is_shared(lane)
        else "This is your own copy of what you share in one place. It is not sealed: whoever has "
        "the file can read everything in it."
    )
    return (about, f"{_CHOICE} {PART_2}", _CHECK)
