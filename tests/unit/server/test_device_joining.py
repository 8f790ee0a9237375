"""A second device: asked for on the first, told what was said there, and nobody else in between."""

from hashlib import sha256

import msgspec
import pytest

from trailmark_server import credentials, device_joining
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.device_joining import Claimed, Joining
from trailmark_server.storage.accounts import Device, DeviceInvitation
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
LOOKUP = b"12345678"
HASH = sha256(LOOKUP).digest()
CLAIM = b"c" * 32
JOINING = Joining(
    device=LAPTOP,
    name="laptop",
    sign_key=b"s" * 32,
    public_key=b"k" * 32,
    claim_hash=sha256(CLAIM).digest(),
    proof=b"p" * 32,
)
NOBODY = RevokedCredentials([])


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


@pytest.fixture
def phone(rows: MemoryAccountRows) -> Device:
    return credentials.admit_device(rows, SPACE, PHONE, "phone", "first", NOW)


@pytest.fixture
def _invited(rows: MemoryAccountRows, phone: Device) -> None:
    device_joining.add_device_invitation(rows, phone, HASH, b"f" * 32, NOW)


def asked(
    rows: MemoryAccountRows, joining: Joining = JOINING, now: int = NOW, lookup: bytes = LOOKUP
) -> DeviceInvitation | None:
    return device_joining.ask_to_join(rows, lookup, joining, NOBODY, now)


def answered(rows: MemoryAccountRows, phone: Device, bundle: bytes | None, now: int = NOW) -> None:
    device_joining.answer_join(rows, phone, HASH, bundle, now)


def claimed(
    rows: MemoryAccountRows, claim: bytes = CLAIM, now: int = NOW, credential: str = "second"
) -> Claimed | None:
    return device_joining.claim_join(rows, LOOKUP, claim, credential, now)


@pytest.mark.usefixtures("_invited")
class TestAsking:
    def test_a_device_that_was_typed_the_code_waits(self, rows: MemoryAccountRows) -> None:
        row = asked(rows)

        assert row is not None
        assert (JOINING, NOW) == (device_joining.joining_of(row), row.asked_at)
        assert rows.device(SPACE, LAPTOP) is None, "nobody is let in by asking"

    def test_it_may_ask_again(self, rows: MemoryAccountRows) -> None:
        first = asked(rows)

        assert first == asked(rows, now=NOW + 1)

    @pytest.mark.parametrize(
        "change",
        [
            {"device": b"x" * 16},
            {"sign_key": b"x" * 32},
            {"public_key": b"x" * 32},
            {"claim_hash": b"x" * 32},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_a_code_is_for_one_device(
        self, rows: MemoryAccountRows, change: dict[str, bytes]
    ) -> None:
        asked(rows)

        assert asked(rows, msgspec.structs.replace(JOINING, **change)) is None
        assert asked(rows) is not None

    def test_too_many_tries_end_it(self, rows: MemoryAccountRows) -> None:
        asked(rows)
        for number in range(limits.CODE_TRIES_MAX):
            asked(rows, msgspec.structs.replace(JOINING, device=bytes([number]) * 16))

        assert asked(rows) is None
        assert claimed(rows) is None

    def test_it_ends_with_its_time(self, rows: MemoryAccountRows) -> None:
        late = NOW + limits.INVITATION_TTL_MS

        assert asked(rows, now=late) is None
        assert asked(rows, now=late - 1) is not None

    def test_a_clock_that_was_ahead_leaves_no_code_behind(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        """Asked, answered and claimed, it would be good for as long as that clock was ahead."""
        right = NOW - 2 * limits.INVITATION_TTL_MS
        assert asked(rows, now=right) is None
        asked(rows)
        with pytest.raises(RefusedError):
            answered(rows, phone, b"sealed", right)
        answered(rows, phone, b"sealed")

        assert claimed(rows, now=right) is None
        assert claimed(rows, now=NOW - limits.INVITATION_TTL_MS + 1) is not None

    def test_it_ends_with_the_inviting_device(self, rows: MemoryAccountRows) -> None:
        credentials.revoke_device(rows, SPACE, PHONE, NOW)

        assert asked(rows) is None

    def test_an_unknown_code_is_told_nothing_else(self, rows: MemoryAccountRows) -> None:
        assert asked(rows, lookup=b"87654321") is None

    def test_a_strange_name_is_refused(self, rows: MemoryAccountRows) -> None:
        with pytest.raises(DomainError):
            asked(rows, msgspec.structs.replace(JOINING, name="two\nlines"))

    def test_a_removed_device_needs_another_id(self, rows: MemoryAccountRows) -> None:
        laptop = credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "old", NOW)
        mark = RevokedCredentials(credentials.revocation_hashes(laptop))
        for revoked in (mark, NOBODY):
            with pytest.raises(RefusedError) as caught:
                device_joining.ask_to_join(rows, LOOKUP, JOINING, revoked, NOW)
            assert ErrorCode.SIGNED_OUT == caught.value.code
            # As after a restore from before the removal: the keys store alone remembers, then both.
            credentials.revoke_device(rows, SPACE, LAPTOP, NOW)

    def test_one_too_many_is_told_before_anybody_is_asked(self, rows: MemoryAccountRows) -> None:
        for number in range(1, limits.DEVICES_PER_SPACE_MAX):
            device = DeviceId(bytes([number]) * 16)
            credentials.admit_device(rows, SPACE, device, "device", f"c{number}", NOW)
        with pytest.raises(LimitExceededError):
            asked(rows)

        known = msgspec.structs.replace(JOINING, device=b"\x01" * 16, is_known=True)
        assert asked(rows, known) is not None

    def test_nobody_takes_the_place_of_a_device_that_is_signed_in(
        self, rows: MemoryAccountRows
    ) -> None:
        laptop = credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "own", NOW)
        with pytest.raises(RefusedError) as caught:
            asked(rows)

        assert ErrorCode.SIGNED_OUT == caught.value.code
        assert laptop == rows.device(SPACE, LAPTOP)
        own = device_joining.recognised(rows, LOOKUP, JOINING, "own")
        assert asked(rows, own) is not None
        assert asked(rows) is not None, "the code is for it by now, its credential may be lost"

    def test_one_that_is_signed_in_no_more_may_come_back(self, rows: MemoryAccountRows) -> None:
        long_ago = NOW - limits.CREDENTIAL_TTL_MS
        credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "old", long_ago)

        assert asked(rows) is not None

    @pytest.mark.parametrize("credential", [None, "unknown", "first"])
    def test_only_its_own_credential_speaks_for_a_device(
        self, rows: MemoryAccountRows, credential: str | None
    ) -> None:
        credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "own", NOW)

        assert not device_joining.recognised(rows, LOOKUP, JOINING, credential).is_known
        assert not device_joining.recognised(rows, b"87654321", JOINING, "own").is_known


@pytest.mark.usefixtures("_invited")
class TestAnswering:
    def test_a_yes_lets_the_device_in(self, rows: MemoryAccountRows, phone: Device) -> None:
        asked(rows)
        assert Claimed(state="waiting") == claimed(rows)
        answered(rows, phone, b"sealed")

        let_in = claimed(rows)

        assert let_in is not None
        assert let_in.device is not None
        assert ("confirmed", b"sealed") == (let_in.state, let_in.bundle)
        assert ("device", PHONE) == (let_in.device.let_in_by, let_in.device.confirmed_by)
        assert let_in.device == rows.device(SPACE, LAPTOP)

    def test_a_lost_answer_can_be_asked_for_again(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        asked(rows)
        answered(rows, phone, b"sealed")
        assert claimed(rows, credential="lost") is not None
        again = claimed(rows, credential="kept")

        assert again is not None
        device = rows.device(SPACE, LAPTOP)
        assert device is not None
        fresh = RevokedCredentials([])
        assert device == credentials.device_of_credential(rows, "kept", NOW, fresh)

    def test_a_place_that_was_taken_meanwhile_is_not_taken_again(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        asked(rows)
        answered(rows, phone, b"sealed")
        laptop = credentials.admit_device(rows, SPACE, LAPTOP, "laptop", "own", NOW)
        with pytest.raises(RefusedError):
            claimed(rows)

        assert laptop == rows.device(SPACE, LAPTOP)

    def test_devices_that_let_each_other_in_hide_nothing(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        """The phone let the laptop in, the laptop a tablet, and the tablet the laptop again."""
        asked(rows)
        answered(rows, phone, b"sealed")
        let_in = claimed(rows)
        assert let_in is not None
        laptop = let_in.device
        assert laptop is not None
        tablet = credentials.admit_device(rows, SPACE, DeviceId(b"t" * 16), "tablet", "x", NOW)
        tablet = msgspec.structs.replace(tablet, confirmed_by=LAPTOP)
        rows.save_device(tablet)
        hash_ = sha256(b"another.").digest()
        device_joining.add_device_invitation(rows, tablet, hash_, b"f" * 32, NOW)
        again = device_joining.recognised(rows, b"another.", JOINING, "second")
        asked(rows, again, lookup=b"another.")
        device_joining.answer_join(rows, tablet, hash_, b"sealed", NOW)
        device_joining.claim_join(rows, b"another.", CLAIM, "third", NOW)

        assert [LAPTOP, PHONE] == device_joining.let_in_through(rows, SPACE, tablet.device)
        assert [PHONE] == device_joining.let_in_through(rows, SPACE, LAPTOP)
        assert [] == device_joining.let_in_through(rows, SPACE, PHONE)
        credentials.revoke_device(rows, SPACE, PHONE, NOW)
        assert [PHONE] == device_joining.let_in_through(rows, SPACE, LAPTOP)

    def test_a_no_ends_it_at_once(self, rows: MemoryAccountRows, phone: Device) -> None:
        asked(rows)
        answered(rows, phone, None)

        assert Claimed(state="refused") == claimed(rows)
        assert rows.device(SPACE, LAPTOP) is None

    def test_after_a_no_nobody_waits_with_the_code(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        device_joining.answer_join(rows, phone, HASH, None, NOW)

        assert None is device_joining.ask_to_join(rows, LOOKUP, JOINING, NOBODY, NOW)
        assert None is device_joining.claim_join(rows, LOOKUP, CLAIM, "tmd_x", NOW)

    def test_the_first_answer_stands(self, rows: MemoryAccountRows, phone: Device) -> None:
        asked(rows)
        answered(rows, phone, None)
        answered(rows, phone, b"sealed")

        assert Claimed(state="refused") == claimed(rows)

    def test_nobody_gets_in_who_was_never_asked_for(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        with pytest.raises(RefusedError):
            answered(rows, phone, b"sealed")
        answered(rows, phone, None)

        assert claimed(rows) is None

    @pytest.mark.parametrize("hash_", [HASH, b"x" * 32])
    def test_an_answer_is_for_a_code_that_works(
        self, rows: MemoryAccountRows, phone: Device, hash_: bytes
    ) -> None:
        asked(rows)
        late = NOW + limits.INVITATION_TTL_MS if hash_ == HASH else NOW
        with pytest.raises(RefusedError) as caught:
            device_joining.answer_join(rows, phone, hash_, b"sealed", late)

        assert ErrorCode.WRONG_CODE == caught.value.code

    def test_only_the_inviting_device_answers(self, rows: MemoryAccountRows) -> None:
        asked(rows)
        tablet = credentials.admit_device(rows, SPACE, DeviceId(b"t" * 16), "tablet", "x", NOW)

        with pytest.raises(RefusedError):
            answered(rows, tablet, b"sealed")

    def test_bundles_are_bounded(self, rows: MemoryAccountRows, phone: Device) -> None:
        asked(rows)
        with pytest.raises(LimitExceededError):
            answered(rows, phone, bytes(limits.BUNDLE_BYTES_MAX + 1))

    def test_who_knows_the_first_half_only_gets_nothing(
        self, rows: MemoryAccountRows, phone: Device
    ) -> None:
        asked(rows)
        answered(rows, phone, b"sealed")

        assert claimed(rows, claim=b"x" * 32) is None
        assert rows.device(SPACE, LAPTOP) is None

    def test_the_answer_waits_for_ten_minutes(self, rows: MemoryAccountRows, phone: Device) -> None:
        last = NOW + limits.INVITATION_TTL_MS - 1
        asked(rows)
        answered(rows, phone, b"sealed", last)

        assert claimed(rows, now=last + limits.INVITATION_TTL_MS) is None
        assert claimed(rows, now=last + limits.INVITATION_TTL_MS - 1) is not None


@pytest.mark.usefixtures("_invited")
def test_a_device_has_one_code_at_a_time(rows: MemoryAccountRows, phone: Device) -> None:
    """Who waits costs the server a row for each device, not more."""
    asked(rows)
    other = sha256(b"another.").digest()
    device_joining.add_device_invitation(rows, phone, other, b"f" * 32, NOW)

    assert asked(rows) is None
    assert asked(rows, lookup=b"another.") is not None


@pytest.mark.usefixtures("_invited")
def test_a_look_up_is_one_device_s(rows: MemoryAccountRows) -> None:
    tablet = credentials.admit_device(rows, SPACE, DeviceId(b"t" * 16), "tablet", "x", NOW)
    with pytest.raises(RefusedError):
        device_joining.add_device_invitation(rows, tablet, HASH, b"f" * 32, NOW)
