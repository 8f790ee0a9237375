"""What every store of the account tables keeps of invitations and hand-overs."""

from collections.abc import Sequence

from msgspec.structs import replace

from tests.contracts.account_sign_in import OTHER, THERAPIST
from trailmark_server.storage.accounts import (
    AccountRows,
    AccountStore,
    Acquaintance,
    HandOver,
    Invitation,
    Space,
)
from trailmark_shared.ids import DeviceId, SpaceId

FIRST = Invitation(
    lookup_hash=b"i" * 32,
    code_hash=b"j" * 32,
    therapist=THERAPIST.id,
    label="somebody",
    confirmed=False,
    created_at=2,
    expires_at=50,
)
SECOND = replace(FIRST, lookup_hash=b"a" * 32, created_at=3)

SPACE = SpaceId(b"s" * 16)
HAND_OVER = HandOver(
    space=SPACE,
    therapist=THERAPIST.id,
    colleague=OTHER.id,
    made_at=3,
    expires_at=50,
)


async def _invitations(accounts: AccountStore, therapist: bytes) -> Sequence[Invitation]:
    return await accounts.read(lambda rows: list(rows.invitations_of_therapist(therapist)))


async def _hand_overs(accounts: AccountStore) -> Sequence[HandOver]:
    return await accounts.read(lambda rows: list(rows.hand_overs(SPACE)))


def _keep_hand_overs(rows: AccountRows) -> None:
    rows.save_therapist(THERAPIST)
    rows.save_therapist(OTHER)
    rows.save_space(Space(space=SPACE, created_at=1))
    rows.save_hand_over(HAND_OVER)
    rows.save_hand_over(
        replace(HAND_OVER, therapist=OTHER.id, colleague=THERAPIST.id, made_at=2, expires_at=90)
    )


class JoiningContract:
    """Inherit, give a fixture ``accounts``, and every promise about invitations is tried."""

    async def test_invitations_are_listed_by_therapist_and_taken_back(
        self, accounts: AccountStore
    ) -> None:
        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_invitation(SECOND)
            rows.save_invitation(FIRST)

        await accounts.write(fill)
        assert [FIRST, SECOND] == await _invitations(accounts, THERAPIST.id)
        assert [] == await _invitations(accounts, OTHER.id)

        await accounts.write(lambda rows: rows.drop_invitation(FIRST.lookup_hash))
        assert [SECOND] == await _invitations(accounts, THERAPIST.id)

    async def test_an_acquaintance_that_is_dropped_is_gone_alone(
        self, accounts: AccountStore
    ) -> None:
        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_therapist(OTHER)
            rows.save_space(Space(space=SPACE, created_at=1))
            for each in (THERAPIST, OTHER):
                rows.save_acquaintance(
                    Acquaintance(
                        therapist=each.id,
                        space=SPACE,
                        device=DeviceId(b"d" * 16),
                        label="",
                        joined_at=1,
                    )
                )
            rows.drop_acquaintance(OTHER.id, SPACE)

        await accounts.write(fill)

        found = await accounts.read(lambda rows: list(rows.acquaintances_of_space(SPACE)))
        assert [THERAPIST.id] == [each.therapist for each in found]

    async def test_each_therapist_hands_a_person_over_once(self, accounts: AccountStore) -> None:
        changed = replace(HAND_OVER, taken_at=4)
        await accounts.write(_keep_hand_overs)
        await accounts.write(lambda rows: rows.save_hand_over(changed))

        found = await _hand_overs(accounts)
        assert [OTHER.id, THERAPIST.id] == [each.therapist for each in found]
        assert changed == await accounts.read(lambda rows: rows.hand_over(SPACE, THERAPIST.id))
        assert await accounts.read(lambda rows: rows.hand_over(SPACE, b"x" * 16)) is None

        await accounts.write(lambda rows: rows.drop_hand_over(SPACE, OTHER.id))
        assert [changed] == await _hand_overs(accounts)

    async def test_hand_overs_go_with_their_time_and_their_person(
        self, accounts: AccountStore
    ) -> None:
        await accounts.write(_keep_hand_overs)

        await accounts.write(lambda rows: rows.drop_expired(51))
        assert [OTHER.id] == [each.therapist for each in await _hand_overs(accounts)]

        await accounts.write(lambda rows: rows.erase_space(SPACE))
        assert [] == await _hand_overs(accounts)
