"""Hand-overs: proposed to a person, in place of the one before, and gone by themselves."""

import pytest
from msgspec.structs import replace

from trailmark_server.hand_overs import decline, propose, proposed_by, proposed_to
from trailmark_server.storage.accounts import Acquaintance, Therapist
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.therapists import accounts
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
EMAIL = "colleague@example.org"


@pytest.fixture
def rows() -> MemoryAccountRows:
    rows = MemoryAccountRows()
    accounts.add_therapist(rows, b"c" * 16, "Dr Colleague", EMAIL, NOW)
    accounts.add_therapist(rows, b"d" * 16, "Dr Third", "third@example.org", NOW)
    return rows


@pytest.fixture
def therapist(rows: MemoryAccountRows) -> Therapist:
    found = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", NOW)
    rows.save_acquaintance(
        Acquaintance(
            therapist=found.id, space=SPACE, device=DeviceId(b"p" * 16), label="Mira", joined_at=NOW
        )
    )
    return found


def test_person_is_shown_who_proposes_whom(rows: MemoryAccountRows, therapist: Therapist) -> None:
    made = propose(rows, SPACE, therapist, " Colleague@Example.org", NOW)

    assert ("Dr Demo", "Dr Colleague") == (made.therapist.name, made.colleague.name)
    assert [made] == list(proposed_to(rows, SPACE, NOW))
    assert made == proposed_by(rows, SPACE, therapist.id, NOW)
    assert [] == list(proposed_to(rows, SpaceId(b"o" * 16), NOW))


def test_proposing_lets_the_colleague_know_nobody(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    propose(rows, SPACE, therapist, EMAIL, NOW)

    assert rows.acquaintance(b"c" * 16, SPACE) is None
    assert [] == list(rows.acquaintances_of_therapist(b"c" * 16))


def test_a_second_proposal_replaces_the_first(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    propose(rows, SPACE, therapist, EMAIL, NOW)
    made = propose(rows, SPACE, therapist, "third@example.org", NOW + 1)

    assert [made] == list(proposed_to(rows, SPACE, NOW + 1))


def test_it_goes_by_itself(rows: MemoryAccountRows, therapist: Therapist) -> None:
    made = propose(rows, SPACE, therapist, EMAIL, NOW)
    end = NOW + limits.HAND_OVER_TTL_MS

    assert end == made.row.expires_at
    assert [made] == list(proposed_to(rows, SPACE, end - 1))
    assert [] == list(proposed_to(rows, SPACE, end))
    assert [] == list(proposed_to(rows, SPACE, NOW - limits.HAND_OVER_TTL_MS)), "a clock was ahead"


def test_who_proposed_sees_the_same_whatever_the_person_answers(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    made = propose(rows, SPACE, therapist, EMAIL, NOW)

    def seen(now: int) -> tuple[str, int] | None:
        found = proposed_by(rows, SPACE, therapist.id, now)
        return None if found is None else (found.colleague.name, found.row.expires_at)

    end = made.row.expires_at
    silent = seen(NOW), seen(end)
    rows.save_hand_over(replace(made.row, taken_at=NOW))
    taken = seen(NOW), seen(end)
    shown = [each.row.taken_at for each in proposed_to(rows, SPACE, NOW)]
    decline(rows, SPACE, therapist.id, NOW)
    declined = seen(NOW), seen(end)

    assert (("Dr Colleague", end), None) == silent == taken == declined
    assert [NOW] == shown
    assert [] == list(proposed_to(rows, SPACE, NOW))


@pytest.mark.parametrize(
    ("joined_at", "confirmed_at", "is_kept"),
    [(NOW, None, False), (NOW + 5, None, False), (NOW, NOW + 1, True), (NOW - 1, None, True)],
)
def test_declining_after_yes_takes_back_what_the_colleague_has_not_confirmed(
    rows: MemoryAccountRows,
    therapist: Therapist,
    joined_at: int,
    confirmed_at: int | None,
    is_kept: bool,  # noqa: FBT001
) -> None:
    """Whom the colleague confirmed, or invited before, they know by themselves."""
    made = propose(rows, SPACE, therapist, EMAIL, NOW)
    rows.save_hand_over(replace(made.row, taken_at=NOW))
    rows.save_acquaintance(
        Acquaintance(
            therapist=b"c" * 16,
            space=SPACE,
            device=DeviceId(b"p" * 16),
            label="",
            joined_at=joined_at,
            confirmed_at=confirmed_at,
        )
    )

    decline(rows, SPACE, therapist.id, NOW + 9)

    assert is_kept == (rows.acquaintance(b"c" * 16, SPACE) is not None)


def test_declining_what_nobody_proposed_changes_nothing(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    decline(rows, SPACE, therapist.id, NOW)

    assert rows.hand_over(SPACE, therapist.id) is None


def test_a_disabled_colleague_is_not_proposed(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    propose(rows, SPACE, therapist, EMAIL, NOW)
    accounts.set_disabled(rows, EMAIL, NOW, disabled=True)

    assert [] == list(proposed_to(rows, SPACE, NOW))
    with pytest.raises(DomainError):
        propose(rows, SPACE, therapist, EMAIL, NOW)


def test_a_therapist_who_was_disabled_since_still_handed_over(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    made = propose(rows, SPACE, therapist, EMAIL, NOW)
    accounts.set_disabled(rows, therapist.email, NOW, disabled=True)

    assert [made.colleague] == [each.colleague for each in proposed_to(rows, SPACE, NOW)]


@pytest.mark.parametrize("email", ["demo@example.org", "nobody@example.org", "no email"])
def test_only_a_colleague_with_an_account_can_be_named(
    rows: MemoryAccountRows, therapist: Therapist, email: str
) -> None:
    with pytest.raises(DomainError) as refused:
        propose(rows, SPACE, therapist, email, NOW)

    assert ErrorCode.INVALID_INPUT == refused.value.code
    assert [] == list(rows.hand_overs(SPACE))
