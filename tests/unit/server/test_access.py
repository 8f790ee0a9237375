"""Rights: refused at once where no row could allow it, else asked in the transaction."""

from collections.abc import Callable

import pytest

from trailmark_server import credentials, supporters
from trailmark_server.access import (
    RULES,
    Actor,
    DeviceActor,
    Need,
    Place,
    SupporterActor,
    TherapistActor,
    Verb,
    authorize,
)
from trailmark_server.sessions import open_web_session
from trailmark_server.storage.accounts import Acquaintance, SpaceErasure, SupporterLink
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.therapists import accounts
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SELF, DeviceId, Lane, SpaceId

NOW = 1_700_000_000_000
SPACE = SpaceId(b"s" * 16)
OTHER = SpaceId(b"o" * 16)
PHONE = DeviceId(b"p" * 16)
MEMBER = b"m" * 16
CARE = Lane("care/" + "0" * 26)
CIRCLE = Lane("circle/" + "0" * 26)
SESSION = secret_hash("session")
DEVICE = DeviceActor(space=SPACE, device=PHONE)
THERAPIST = TherapistActor(member=MEMBER, session=SESSION)
SAM = b"f" * 16
SUPPORTER = SupporterActor(space=SPACE, lane=CIRCLE, member=SAM, session=SESSION)
LINK = SupporterLink(
    hash=b"l" * 32,
    space=SPACE,
    lane=CIRCLE,
    member=SAM,
    made_at=NOW,
    registered_at=NOW,
    expires_at=NOW + limits.SUPPORTER_LINK_TTL_MS,
)
ACTORS: tuple[Actor, ...] = (DEVICE, THERAPIST, SUPPORTER)
PLACES: dict[Place, tuple[SpaceId | None, Lane | None]] = {
    Place.SELF: (SPACE, SELF),
    Place.CARE: (SPACE, CARE),
    Place.CIRCLE: (SPACE, CIRCLE),
    Place.SPACE: (SPACE, None),
    Place.SERVER: (None, None),
}


@pytest.fixture
def rows() -> MemoryAccountRows:
    rows = MemoryAccountRows()
    credentials.admit_device(rows, SPACE, PHONE, "phone", "credential", NOW)
    therapist = accounts.add_therapist(rows, MEMBER, "Dr Demo", "demo@example.org", NOW)
    open_web_session(rows, therapist, "session", NOW)
    rows.save_supporter_link(LINK)
    supporters.open_session(rows, LINK, "session", NOW)
    return rows


def refusal(ask: Callable[[], object]) -> tuple[ErrorCode, str]:
    with pytest.raises(RefusedError) as caught:
        ask()
    return caught.value.code, caught.value.message


def test_a_device_syncs_its_own_space_while_it_is_let_in(rows: MemoryAccountRows) -> None:
    right = authorize(DEVICE, Verb.SYNC, SPACE, None, NOW)
    right.check(rows)
    assert ("person", None) == (right.written_by, right.reader.member)

    credentials.revoke_device(rows, SPACE, PHONE, NOW)
    assert ErrorCode.SIGNED_OUT == refusal(lambda: right.check(rows))[0]


def test_a_therapists_grant_is_asked_for_with_the_rows(rows: MemoryAccountRows) -> None:
    right = authorize(THERAPIST, Verb.READ, SPACE, CARE, NOW)
    right.check(rows)

    assert (MEMBER, "therapist") == (right.reader.member, right.reader.role)
    assert right.written_by.startswith("member/")


def test_a_therapist_is_let_in_while_session_and_account_live(rows: MemoryAccountRows) -> None:
    right = authorize(THERAPIST, Verb.READ, SPACE, CARE, NOW)
    later = NOW + limits.WEB_SESSION_IDLE_MS
    idle = authorize(THERAPIST, Verb.READ, SPACE, CARE, later)
    without = authorize(TherapistActor(member=MEMBER, session=None), Verb.READ, SPACE, CARE, later)

    without.check(rows)
    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: idle.check(rows))[0]

    accounts.set_disabled(rows, "demo@example.org", NOW, disabled=True)
    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: right.check(rows))[0]
    assert ErrorCode.NOT_AUTHORISED == refusal(lambda: without.check(rows))[0]


def test_a_session_opens_no_other_account(rows: MemoryAccountRows) -> None:
    other = accounts.add_therapist(rows, b"x" * 16, "Dr Other", "other@example.org", NOW)
    right = authorize(TherapistActor(member=other.id, session=SESSION), Verb.READ, SPACE, CARE, NOW)

    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: right.check(rows))[0]


def test_a_therapist_confirms_only_somebody_who_used_their_code(rows: MemoryAccountRows) -> None:
    right = authorize(THERAPIST, Verb.CONFIRM, SPACE, None, NOW)
    assert ErrorCode.NOT_AUTHORISED == refusal(lambda: right.check(rows))[0]

    rows.save_acquaintance(
        Acquaintance(therapist=MEMBER, space=SPACE, device=PHONE, label="", joined_at=NOW)
    )
    right.check(rows)


def test_a_guarded_work_is_not_begun_without_the_right(rows: MemoryAccountRows) -> None:
    right = authorize(DEVICE, Verb.MANAGE_DEVICES, SPACE, None, NOW)
    work = right.guard(lambda rows: len(rows.devices(SPACE)))
    assert 1 == work(rows)

    credentials.revoke_device(rows, SPACE, PHONE, NOW)
    assert ErrorCode.SIGNED_OUT == refusal(lambda: work(rows))[0]


def test_a_supporter_reads_their_circle_in_their_role(rows: MemoryAccountRows) -> None:
    right = authorize(SUPPORTER, Verb.READ, SPACE, CIRCLE, NOW)
    right.check(rows)

    assert (SAM, "supporter") == (right.reader.member, right.reader.role)
    assert right.written_by.startswith("supporter/")


@pytest.mark.parametrize(
    ("actor", "verb", "lane", "action"),
    [
        (THERAPIST, Verb.READ, CARE, "view"),
        (THERAPIST, Verb.AUDIT, CARE, "view"),
        (THERAPIST, Verb.EXPORT, CARE, "view"),
        (THERAPIST, Verb.COMMENT, CARE, "comment"),
        (THERAPIST, Verb.PROPOSE, CARE, "propose"),
        (SUPPORTER, Verb.READ, CIRCLE, "view"),
        (SUPPORTER, Verb.ENCOURAGE, CIRCLE, "comment"),
    ],
)
def test_the_grant_must_allow_what_a_member_does(
    actor: Actor, verb: Verb, lane: Lane, action: str
) -> None:
    assert action == authorize(actor, verb, SPACE, lane, NOW).reader.action


@pytest.mark.parametrize(
    "asked",
    [
        (OTHER, CIRCLE),
        (SPACE, Lane("circle/" + "1" * 26)),
    ],
)
def test_a_supporter_s_link_opens_one_lane_of_one_person(asked: tuple[SpaceId, Lane]) -> None:
    assert (
        ErrorCode.NOT_AUTHORISED == refusal(lambda: authorize(SUPPORTER, Verb.READ, *asked, NOW))[0]
    )


def test_a_supporter_is_let_in_while_link_and_browser_live(rows: MemoryAccountRows) -> None:
    right = authorize(SUPPORTER, Verb.ENCOURAGE, SPACE, CIRCLE, NOW)
    later = NOW + limits.SUPPORTER_SESSION_IDLE_MS
    idle = authorize(SUPPORTER, Verb.ENCOURAGE, SPACE, CIRCLE, later)

    right.check(rows)
    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: idle.check(rows))[0]

    supporters.end_link(rows, LINK.hash, "replaced", NOW)
    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: right.check(rows))[0]


def test_a_supporter_s_browser_speaks_for_no_other_supporter(rows: MemoryAccountRows) -> None:
    other = SupporterActor(space=SPACE, lane=CIRCLE, member=b"x" * 16, session=SESSION)
    right = authorize(other, Verb.READ, SPACE, CIRCLE, NOW)

    assert ErrorCode.NOT_SIGNED_IN == refusal(lambda: right.check(rows))[0]


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: type(actor).__name__)
@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("place", Place)
def test_what_no_rule_names_is_refused_at_once(actor: Actor, verb: Verb, place: Place) -> None:
    """With the same words as a place that does not exist."""
    space, lane = PLACES[place]
    need = RULES.get((type(actor), verb, place))

    if need is None:
        code, words = refusal(lambda: authorize(actor, verb, space, lane, NOW))
        nowhere = refusal(lambda: authorize(actor, verb, space, Lane("nowhere"), NOW))
        assert (code, words) == nowhere
    else:
        right = authorize(actor, verb, space, lane, NOW)
        assert (need is Need.GRANT) == (right.reader.member is not None)


def test_in_an_erased_space_a_device_may_only_ask_what_became_of_it(
    rows: MemoryAccountRows,
) -> None:
    rows.add_erasure(SpaceErasure(space=SPACE, erased_at=NOW, erased_by="person"))
    verbs = [verb for kind, verb, _ in RULES if kind is DeviceActor and verb is not Verb.ERASE]

    for verb in verbs:
        right = authorize(DEVICE, verb, SPACE, None, NOW)
        assert ErrorCode.SPACE_ERASED == refusal(lambda right=right: right.check(rows))[0]
    authorize(DEVICE, Verb.ERASE, SPACE, None, NOW).check(rows)


def test_a_device_that_was_signed_out_erases_nothing(rows: MemoryAccountRows) -> None:
    right = authorize(DEVICE, Verb.ERASE, SPACE, None, NOW)
    credentials.revoke_device(rows, SPACE, PHONE, NOW)

    assert ErrorCode.SIGNED_OUT == refusal(lambda: right.check(rows))[0]


def test_a_device_may_nothing_in_another_persons_space() -> None:
    for kind, verb, place in RULES:
        if kind is DeviceActor:
            _, lane = PLACES[place]
            asked = refusal(lambda verb=verb, lane=lane: authorize(DEVICE, verb, OTHER, lane, NOW))
            assert ErrorCode.NOT_AUTHORISED == asked[0]


def test_somebody_unknown_has_no_right(rows: MemoryAccountRows) -> None:
    unknown = TherapistActor(member=b"x" * 16, session=None)
    right = authorize(unknown, Verb.READ, SPACE, CARE, NOW)

    assert ErrorCode.NOT_AUTHORISED == refusal(lambda: right.check(rows))[0]
