"""Data of grants: who was let into a lane, to see what, in which words, and until when."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import Code, Count, Day, EventData, HexHash, IdText, Title

Role = Literal["therapist", "supporter"]
"""What a member is to the person."""


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
    """

    member: IdText
    name: Title
    role: Role
    classes: Annotated[tuple[Code, ...], Meta(max_length=limits.LIST_ITEMS_MAX)]
    until: Day | None = None
    consent: ConsentText


class AccessRevoked(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The grant is over, for ever; letting in again is a new grant."""
