"""Grants: the first terms count, and a revocation is final."""

import msgspec

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.domain.succession import Link
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.grant import fold_grant, link_of


def granted(number: int, *classes: str) -> AccessGranted:
    return AccessGranted(
        member=a_text(number),
        name="Dr. Example",
        role="therapist",
        classes=classes,
        consent=ConsentText(version=1, sha256="0" * 64),
    )


FIRST = an_entry(1, granted(250, "goals"), lane=CARE)


def test_a_grant_is_live_until_revoked() -> None:
    grant = fold_grant([FIRST])

    assert (granted(250, "goals"), FIRST.effective_at) == (grant.granted, grant.granted_at)
    assert (grant.revoked_at, grant.revoked_by) == (None, None)


def test_other_terms_under_the_same_grant_do_not_count() -> None:
    wider = an_entry(2, granted(250, "goals", "steps"), lane=CARE)

    assert fold_grant([FIRST, wider]).granted == granted(250, "goals")


def test_nothing_undoes_a_revocation() -> None:
    """Neither a clock that puts it before the grant nor another grant behind it."""
    revoked = an_entry(2, AccessRevoked(), lane=CARE, at=-9_999)
    again = an_entry(3, granted(250, "goals"), lane=CARE)
    grant = fold_grant([FIRST, revoked, again])

    assert (revoked.effective_at, "person") == (grant.revoked_at, grant.revoked_by)


def test_a_revocation_without_its_grant_is_still_told() -> None:
    grant = fold_grant([an_entry(2, AccessRevoked(), lane=CARE)])

    assert (grant.granted, grant.granted_at) == (None, None)
    assert grant.revoked_at is not None


def test_a_grant_whose_place_another_took_was_not_stopped() -> None:
    replaced = an_entry(2, AccessRevoked(replaced_by=a_text(9)), lane=CARE)
    stopped = an_entry(3, AccessRevoked(), lane=CARE)

    assert (replaced.effective_at, None) == _ends(FIRST, replaced)
    assert (replaced.effective_at, stopped.effective_at) == _ends(FIRST, replaced, stopped)


def _ends(*entries: Entry) -> tuple[int | None, int | None]:
    grant = fold_grant(entries)
    return grant.revoked_at, grant.stopped_at


def test_a_grant_tells_what_it_follows_and_whether_it_was_stopped() -> None:
    following = an_entry(1, msgspec.structs.replace(granted(250), replaces=a_text(9)), lane=CARE)
    stopped = an_entry(2, AccessRevoked(), lane=CARE)

    assert Link(a_text(9), is_stopped=False) == link_of(fold_grant([following]))
    assert Link(None, is_stopped=True) == link_of(fold_grant([stopped]))
