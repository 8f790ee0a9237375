"""Rights: refused at once where no row could allow it, else asked in the transaction."""

import pytest

from trailmark_server import accounts, credentials
from trailmark_server.access import DeviceActor, MemberActor, Verb, authorize
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SELF, DeviceId, Lane, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
OTHER = SpaceId(b"o" * 16)
PHONE = DeviceId(b"p" * 16)
MEMBER = b"m" * 16
CARE = Lane("care/" + "0" * 26)
DEVICE = DeviceActor(space=SPACE, device=PHONE)
THERAPIST = MemberActor(member=MEMBER)


@pytest.fixture
def rows() -> MemoryAccountRows:
    rows = MemoryAccountRows()
    credentials.admit_device(rows, SPACE, PHONE, "phone", "credential", NOW)
    accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    return rows


def test_a_device_syncs_its_own_space_while_it_is_let_in(rows: MemoryAccountRows) -> None:
    right = authorize(DEVICE, Verb.SYNC, SPACE, None, NOW)
    right.check(rows)
    assert ("person", None) == (right.written_by, right.reader.member)

    credentials.revoke_device(rows, SPACE, PHONE, NOW)
    with pytest.raises(RefusedError) as caught:
        right.check(rows)
    assert ErrorCode.SIGNED_OUT == caught.value.code


def test_a_member_is_asked_for_with_the_rows(rows: MemoryAccountRows) -> None:
    right = authorize(THERAPIST, Verb.READ, SPACE, CARE, NOW)
    right.check(rows)

    assert MEMBER == right.reader.member
    assert right.written_by.startswith("member/")

    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=True)
    with pytest.raises(RefusedError):
        right.check(rows)


@pytest.mark.parametrize(
    ("actor", "verb", "space", "lane"),
    [
        (DEVICE, Verb.SYNC, OTHER, None),
        (DEVICE, Verb.READ, OTHER, CARE),
        (THERAPIST, Verb.READ, SPACE, SELF),
        (THERAPIST, Verb.COMMENT, SPACE, SELF),
        (THERAPIST, Verb.READ, SPACE, None),
        (THERAPIST, Verb.SYNC, SPACE, CARE),
    ],
)
def test_what_no_row_could_allow_is_refused_at_once(
    actor: DeviceActor | MemberActor, verb: Verb, space: SpaceId, lane: Lane | None
) -> None:
    with pytest.raises(RefusedError) as caught:
        authorize(actor, verb, space, lane, NOW)

    assert ErrorCode.NOT_AUTHORISED == caught.value.code


def test_somebody_unknown_has_no_right(rows: MemoryAccountRows) -> None:
    right = authorize(MemberActor(member=b"x" * 16), Verb.READ, SPACE, CARE, NOW)

    with pytest.raises(RefusedError):
        right.check(rows)
