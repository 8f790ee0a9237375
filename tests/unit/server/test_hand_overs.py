"""Hand-overs: proposed to a person, in place of the one before, and gone by themselves."""

import pytest
from msgspec.structs import replace

from trailmark_server import accounts
from trailmark_server.hand_overs import propose, proposed_by, proposed_to
from trailmark_server.storage.accounts import Acquaintance, Therapist
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
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
    assert "Mira" == made.row.label
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


def test_one_that_was_taken_up_is_told_to_the_person_alone(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    made = propose(rows, SPACE, therapist, EMAIL, NOW)
    rows.save_hand_over(replace(made.row, taken_at=NOW))

    assert proposed_by(rows, SPACE, therapist.id, NOW) is None
    assert [NOW] == [each.row.taken_at for each in proposed_to(rows, SPACE, NOW)]


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
