"""Joining: codes are single use, counted, short-lived, and every refusal says the same."""

import pytest
from msgspec.structs import replace

from trailmark_server import credentials, joining
from trailmark_server.invitations import Code, add_invitation
from trailmark_server.joining import JoinRequest
from trailmark_server.storage.accounts import Acquaintance, Device, Therapist
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.therapists import accounts
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
CODE = "BCDFG-HJKLM"
KEY = b"k" * 32


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


@pytest.fixture
def therapist(rows: MemoryAccountRows) -> Therapist:
    return accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", NOW)


@pytest.fixture
def _invited(rows: MemoryAccountRows, therapist: Therapist) -> None:
    assert add_invitation(rows, therapist, Code(text=CODE, key=KEY), NOW, label="somebody")


def asked(
    code: str = CODE,
    space: SpaceId = SPACE,
    device: DeviceId = PHONE,
    known: Device | None = None,
    claim: bytes = b"c" * 32,
) -> JoinRequest:
    return JoinRequest(
        code=Code(text=code, key=KEY),
        space=space,
        device=device,
        device_name="phone",
        claim_hash=claim,
        known=known,
        signing_key=b"k" * 32,
    )


@pytest.mark.usefixtures("_invited")
def test_a_code_looked_up_under_another_key_is_wrong(rows: MemoryAccountRows) -> None:
    other = replace(asked(), code=Code(text=CODE, key=b"x" * 32))

    assert joining.redeem_invitation(rows, other, "credential", NOW) is None


@pytest.mark.usefixtures("_invited")
@pytest.mark.parametrize("typed", [CODE, "bcdfg hjklm", "bcdfghjklm", " B-C-D-F-G-H-J-K-L-M"])
def test_a_code_is_understood_however_it_is_typed(rows: MemoryAccountRows, typed: str) -> None:
    joined = joining.redeem_invitation(rows, asked(typed), "credential", NOW)

    assert joined is not None
    device, acquaintance, therapist = joined
    assert (SPACE, PHONE) == (device.space, device.device)
    assert ("somebody", None) == (acquaintance.label, acquaintance.confirmed_at)
    assert "Dr Demo" == therapist.name


@pytest.mark.usefixtures("_invited")
def test_a_code_works_for_ten_minutes(rows: MemoryAccountRows) -> None:
    late = NOW + limits.INVITATION_TTL_MS

    early = NOW - limits.INVITATION_TTL_MS  # by the right time, where it was made by a wrong one
    for over in (late, early):
        assert joining.redeem_invitation(rows, asked(), "credential", over) is None
    assert joining.redeem_invitation(rows, asked(), "credential", late - 1) is not None


@pytest.mark.usefixtures("_invited")
def test_a_code_works_once_but_its_device_may_ask_again(rows: MemoryAccountRows) -> None:
    assert joining.redeem_invitation(rows, asked(), "first", NOW) is not None
    other = asked(space=SpaceId(b"o" * 16), device=LAPTOP)
    assert joining.redeem_invitation(rows, other, "other", NOW) is None
    again = joining.redeem_invitation(rows, asked(), "again", NOW + 1)

    assert again is not None
    assert secret_hash("again") == again[0].credential_hash


@pytest.mark.usefixtures("_invited")
@pytest.mark.parametrize("person", ["new", "known"])
def test_who_made_a_code_does_not_become_the_persons_device(
    rows: MemoryAccountRows, person: str
) -> None:
    """They know the code, and space and device from their own pages and exports."""
    known = None
    if person == "known":
        known = credentials.admit_device(rows, SPACE, PHONE, "phone", "owner", NOW)
    assert joining.redeem_invitation(rows, asked(known=known), "owner", NOW) is not None

    assert joining.redeem_invitation(rows, asked(claim=b"x" * 32), "thief", NOW) is None
    owner = rows.device(SPACE, PHONE)
    assert owner is not None
    assert secret_hash("owner") == owner.credential_hash


@pytest.mark.usefixtures("_invited")
def test_wrong_second_halves_close_an_invitation(rows: MemoryAccountRows) -> None:
    for _ in range(limits.CODE_TRIES_MAX):
        assert joining.redeem_invitation(rows, asked("BCDFG-WRZZZ"), "x", NOW) is None

    assert joining.redeem_invitation(rows, asked(), "credential", NOW) is None


@pytest.mark.usefixtures("_invited")
@pytest.mark.parametrize("code", ["", "ZZZZZ-ZZZZZ", "BCDFG", "1234567890"])
def test_wrong_codes_join_nothing(rows: MemoryAccountRows, code: str) -> None:
    assert joining.redeem_invitation(rows, asked(code), "credential", NOW) is None
    assert rows.space(SPACE) is None


@pytest.mark.usefixtures("_invited")
def test_a_disabled_therapist_invites_nobody(rows: MemoryAccountRows) -> None:
    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=True)

    assert joining.redeem_invitation(rows, asked(), "credential", NOW) is None


@pytest.mark.usefixtures("_invited")
def test_an_invitation_does_not_open_somebody_elses_space(rows: MemoryAccountRows) -> None:
    """A space id is no secret: its therapist knows it, and must not get at the private lane."""
    owner = credentials.admit_device(rows, SPACE, PHONE, "phone", "owner", NOW)
    with pytest.raises(RefusedError) as caught:
        joining.redeem_invitation(rows, asked(device=LAPTOP), "thief", NOW)
    assert ErrorCode.NOT_SIGNED_IN == caught.value.code

    joined = joining.redeem_invitation(rows, asked(known=owner), "unused", NOW)
    assert joined is not None
    assert owner == joined[0]


@pytest.mark.usefixtures("_invited")
def test_an_expired_credential_comes_back_with_a_therapist_it_knows(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    joining.redeem_invitation(rows, asked(), "old", NOW)
    owner = rows.device(SPACE, PHONE)
    assert owner is not None
    late = NOW + limits.CREDENTIAL_TTL_MS
    assert add_invitation(rows, therapist, Code(text="GHJKL-MNPQR", key=KEY), late)

    joined = joining.redeem_invitation(rows, asked("GHJKL-MNPQR", known=owner), "fresh", late)

    assert joined is not None
    assert secret_hash("fresh") == joined[0].credential_hash
    assert late + limits.CREDENTIAL_TTL_MS == joined[0].expires_at


def test_an_expired_credential_and_a_stranger_s_invitation_open_nothing(
    rows: MemoryAccountRows,
) -> None:
    stranger = accounts.add_therapist(rows, b"x" * 16, "Dr Other", "x@example.org", NOW)
    owner = credentials.admit_device(rows, SPACE, PHONE, "phone", "owner", NOW)
    late = NOW + limits.CREDENTIAL_TTL_MS
    assert add_invitation(rows, stranger, Code(text=CODE, key=KEY), late)

    with pytest.raises(RefusedError) as caught:
        joining.redeem_invitation(rows, asked(known=owner), "fresh", late)

    assert ErrorCode.NOT_SIGNED_IN == caught.value.code


def test_the_operator_can_vouch(rows: MemoryAccountRows, therapist: Therapist) -> None:
    add_invitation(rows, therapist, Code(text=CODE, key=KEY), NOW, confirmed=True)
    joined = joining.redeem_invitation(rows, asked(), "credential", NOW + 1)

    assert joined is not None
    assert NOW + 1 == joined[1].confirmed_at


@pytest.mark.usefixtures("_invited")
def test_knowing_a_therapist_on_a_second_device_forgets_nothing(rows: MemoryAccountRows) -> None:
    """What the therapist calls the person, and that both found the words equal."""
    laptop = credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "second", NOW)
    therapist = rows.therapists()[0]
    known = Acquaintance(
        therapist=therapist.id,
        space=SPACE,
        device=PHONE,
        label="somebody",
        joined_at=NOW,
        confirmed_at=NOW,
        signing_key=b"k" * 32,
    )
    rows.save_acquaintance(known)
    again = joining.redeem_invitation(rows, asked(device=LAPTOP, known=laptop), "second", NOW + 1)

    assert again is not None
    assert known == again[1] == rows.acquaintance(therapist.id, SPACE)
