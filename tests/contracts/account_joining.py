"""What every store of the account tables keeps of invitations; part of the accounts' contract."""

from collections.abc import Sequence

from msgspec.structs import replace

from tests.contracts.account_sign_in import OTHER, THERAPIST
from trailmark_server.storage.accounts import AccountRows, AccountStore, Invitation

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


async def _invitations(accounts: AccountStore, therapist: bytes) -> Sequence[Invitation]:
    return await accounts.read(lambda rows: list(rows.invitations_of_therapist(therapist)))


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
