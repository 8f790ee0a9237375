"""Grants: the fold of one grant. A revocation is final, whatever follows."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.domain.succession import Link
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class GrantDocument(Facts, frozen=True, kw_only=True):
    """A grant.

    Attributes:
        granted: What was granted, to whom, in which words; ``None`` where that event is not here.
        granted_at: When, milliseconds UTC.
        revoked_at: When it was revoked, milliseconds UTC, or ``None``.
        revoked_by: Who revoked it.
        stopped_at: When it was revoked and no other grant took its place, milliseconds UTC.
    """

    granted: AccessGranted | None = None
    granted_at: int | None = None
    revoked_at: int | None = None
    revoked_by: str | None = None
    stopped_at: int | None = None


def fold_grant(entries: Sequence[Entry]) -> GrantDocument:
    """Return the grant that ``entries`` (all of one grant, in lane order) tell of.

    The first ``access_granted`` counts: other terms are another grant.
    """
    granted = next((e for e in entries if isinstance(e.body.data, AccessGranted)), None)
    revoked = next((e for e in entries if isinstance(e.body.data, AccessRevoked)), None)
    stopped = next((e for e in entries if _is_stop(e)), None)
    data = granted.body.data if granted else None
    return GrantDocument(
        **facts_of(entries),
        granted=data if isinstance(data, AccessGranted) else None,
        granted_at=granted.effective_at if granted else None,
        revoked_at=revoked.effective_at if revoked else None,
        revoked_by=revoked.actor if revoked else None,
        stopped_at=stopped.effective_at if stopped else None,
    )


def _is_stop(entry: Entry) -> bool:
    data = entry.body.data
    return isinstance(data, AccessRevoked) and data.replaced_by is None


def link_of(grant: GrantDocument) -> Link:
    """Return how a grant follows another one, and whether it was stopped."""
    replaces = grant.granted.replaces if grant.granted else None
    return Link(replaces, grant.stopped_at is not None)
