"""Data of grants: who was let into a lane, to see what, in which words, and until when."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import Code, Count, Day, EventData, HexHash, IdText, Title

Role = Literal["therapist", "supporter"]
"""What a member is to the person."""
Codes = Annotated[tuple[Code, ...], Meta(max_length=limits.LIST_ITEMS_MAX)]
"""A few codes from a list that may grow."""


class ConsentText(msgspec.Struct, frozen=True, kw_only=True):
    """The words that were on the screen.

    Attributes:
        version: A key of ``domain.consent.CONSENT_TEXTS``, or of ``SUPPORTER_TEXTS`` there for a
            supporter.
        sha256: Hash of that text.
    """

    version: Count
    sha256: HexHash


class AccessGranted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A member was let into this lane; the subject is the grant.

    Attributes:
        member: Id of the member.
        name: The member's name as it was shown.
        role: What the member is to the person.
        classes: What the person agreed to share, of ``domain.consent.CONSENT_CLASSES``.
        until: Last day of the grant, or ``None`` for until revoked.
        consent: The words agreed to.
        actions: What the member may do, of ``domain.consent.CONSENT_ACTIONS``; ``None``, from
            before actions were named, for ``view`` and ``comment``.
        purpose: What for, of ``domain.consent.PURPOSE_BY_ROLE``.
        history: What of the time before the member sees, of ``domain.consent.HISTORY_WORDS``.
        since: The first day from which the person picked, where that was the choice.
        replaces: The grant of the same member whose terms these change; it ends with this one.
    """

    member: IdText
    name: Title
    role: Role
    classes: Codes
    until: Day | None = None
    consent: ConsentText
    actions: Codes | None = None
    purpose: Code | None = None
    history: Code | None = None
    since: Day | None = None
    replaces: IdText | None = None


class AccessRevoked(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The grant is over, for ever; letting in again is a new grant.

    Attributes:
        replaced_by: The grant of the same member under which sharing goes on, if it does.
    """

    replaced_by: IdText | None = None
