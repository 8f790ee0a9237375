"""What every store of the account tables keeps; run over memory and SQLite."""

import msgspec
import pytest

from tests.contracts.account_devices import DEVICE, OTHER_SPACE, PHONE, SPACE, DevicesContract
from tests.contracts.account_joining import JoiningContract
from tests.contracts.account_sign_in import THERAPIST, SignInContract
from trailmark_server.storage.accounts import (
    AccessEntry,
    AccessPlace,
    AccountRows,
    AccountStore,
    Acquaintance,
    DeviceInvitation,
    ErasureProof,
    Invitation,
    SignInLink,
    Space,
    SpaceErasure,
    SupporterLink,
    SupporterSession,
    WebSession,
)
from trailmark_shared import limits
from trailmark_shared.ids import circle_lane

LINK = SupporterLink(
    hash=b"k" * 32,
    space=SPACE,
    lane=circle_lane(bytes(16)),
    member=b"f" * 16,
    made_at=1,
    registered_at=2,
    expires_at=50,
)


class AccountStoreContract(SignInContract, JoiningContract, DevicesContract):
    """Inherit, give a fixture ``accounts``, and every promise of the port is tried."""

    async def test_therapists_are_found_by_id_and_email(self, accounts: AccountStore) -> None:
        await accounts.write(lambda rows: rows.save_therapist(THERAPIST))

        found = await accounts.read(
            lambda rows: (
                rows.therapist(THERAPIST.id),
                rows.therapist_by_email(THERAPIST.email),
                list(rows.therapists()),
                rows.therapist(b"x" * 16),
                rows.therapist_by_email("nobody@example.org"),
            )
        )

        assert (THERAPIST, THERAPIST, [THERAPIST], None, None) == found

    async def test_saving_replaces_the_row_with_the_same_key(self, accounts: AccountStore) -> None:
        disabled = msgspec.structs.replace(THERAPIST, disabled_at=7)
        await accounts.write(lambda rows: rows.save_therapist(THERAPIST))
        await accounts.write(lambda rows: rows.save_therapist(disabled))

        assert [disabled] == await accounts.read(lambda rows: list(rows.therapists()))

    async def test_a_failed_write_changes_nothing(self, accounts: AccountStore) -> None:
        def work(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            raise ValueError("stop")

        with pytest.raises(ValueError, match="stop"):
            await accounts.write(work)

        assert [] == await accounts.read(lambda rows: list(rows.therapists()))

    async def test_links_and_sessions_come_and_go(self, accounts: AccountStore) -> None:
        link = SignInLink(hash=b"l" * 32, therapist=THERAPIST.id, expires_at=50)
        session = WebSession(hash=b"w" * 32, therapist=THERAPIST.id, created_at=1, seen_at=2)
        other = msgspec.structs.replace(session, hash=b"v" * 32)

        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_sign_in_link(link)
            rows.save_web_session(session)
            rows.save_web_session(other)

        await accounts.write(fill)
        assert link == await accounts.read(lambda rows: rows.sign_in_link(link.hash))
        assert session == await accounts.read(lambda rows: rows.web_session(session.hash))

        await accounts.write(lambda rows: rows.drop_web_session(session.hash))
        assert await accounts.read(lambda rows: rows.web_session(session.hash)) is None
        assert other == await accounts.read(lambda rows: rows.web_session(other.hash))

        await accounts.write(lambda rows: rows.drop_web_sessions(THERAPIST.id))
        assert await accounts.read(lambda rows: rows.web_session(other.hash)) is None

    async def test_invitations_end_with_their_time(self, accounts: AccountStore) -> None:
        invitation = Invitation(
            lookup_hash=b"i" * 32,
            code_hash=b"j" * 32,
            therapist=THERAPIST.id,
            label="somebody",
            confirmed=True,
            created_at=1,
            expires_at=50,
        )
        code = DeviceInvitation(
            lookup_hash=b"b" * 32, space=SPACE, device=DEVICE, keys_hash=b"k" * 32, expires_at=50
        )
        link = SignInLink(hash=b"l" * 32, therapist=THERAPIST.id, expires_at=50)

        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_invitation(invitation)
            rows.save_device_invitation(code)
            rows.save_sign_in_link(link)

        await accounts.write(fill)
        await accounts.write(lambda rows: rows.drop_expired(50))
        assert invitation == await accounts.read(lambda rows: rows.invitation(b"i" * 32))
        assert code == await accounts.read(lambda rows: rows.device_invitation(b"b" * 32))

        await accounts.write(lambda rows: rows.drop_expired(51))
        assert await accounts.read(lambda rows: rows.invitation(b"i" * 32)) is None
        assert await accounts.read(lambda rows: rows.device_invitation(b"b" * 32)) is None
        assert await accounts.read(lambda rows: rows.sign_in_link(b"l" * 32)) is None

    async def test_spaces_are_listed_by_time(self, accounts: AccountStore) -> None:
        rows = [Space(space=OTHER_SPACE, created_at=1), Space(space=SPACE, created_at=2)]
        await accounts.write(lambda tables: [tables.save_space(row) for row in reversed(rows)])

        assert rows == list(await accounts.read(lambda tables: tables.spaces()))

    async def test_the_first_erasure_of_a_space_stays(self, accounts: AccountStore) -> None:
        first = SpaceErasure(space=SPACE, erased_at=1, erased_by="person")
        later = SpaceErasure(space=SPACE, erased_at=2, erased_by="operator")
        other = SpaceErasure(space=OTHER_SPACE, erased_at=3, erased_by="operator")
        for row in (first, later, other):
            await accounts.write(lambda tables, row=row: tables.add_erasure(row))

        found = await accounts.read(lambda rows: (rows.erasure(SPACE), list(rows.erasures())))

        assert (first, [other, first]) == found

    async def test_each_device_says_one_thing_about_an_erasure(
        self, accounts: AccountStore
    ) -> None:
        erasure = SpaceErasure(space=SPACE, erased_at=1, erased_by="person")
        said = ErasureProof(space=SPACE, device=DEVICE, event=b"e" * 16, bodies=b"1")
        again = msgspec.structs.replace(said, bodies=b"2")
        await accounts.write(lambda rows: rows.add_erasure(erasure))
        for row in (said, again):
            await accounts.write(lambda rows, row=row: rows.save_erasure_proof(row))

        found = await accounts.read(
            lambda rows: (
                list(rows.erasure_proofs(SPACE)),
                list(rows.erasure_proofs()),
                list(rows.erasure_proofs(OTHER_SPACE)),
            )
        )

        assert ([again], [again], []) == found

    async def test_devices_of_an_erased_space_go_once_their_credential_has_ended(
        self, accounts: AccountStore
    ) -> None:
        other = msgspec.structs.replace(PHONE, space=OTHER_SPACE, credential_hash=b"o" * 32)
        erasure = SpaceErasure(space=SPACE, erased_at=1, erased_by="person")

        def fill(rows: AccountRows) -> None:
            for row in (PHONE, other):
                rows.save_space(Space(space=row.space, created_at=1))
                rows.save_device(row)
            rows.add_erasure(erasure)

        await accounts.write(fill)
        left: list[list[int]] = []
        for before in (PHONE.expires_at, PHONE.expires_at + 1):
            await accounts.write(lambda rows, before=before: rows.drop_expired(before))
            left.append(
                await accounts.read(
                    lambda rows: [len(rows.devices(each)) for each in (SPACE, OTHER_SPACE)]
                )
            )

        assert [[1, 1], [0, 1]] == left

    async def test_acquaintances_are_listed_from_both_sides(self, accounts: AccountStore) -> None:
        row = Acquaintance(
            therapist=THERAPIST.id,
            space=SPACE,
            device=DEVICE,
            label="somebody",
            joined_at=3,
            meets_at=5,
            meets_every_weeks=2,
            meets_zone="Europe/Berlin",
        )

        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_acquaintance(row)

        await accounts.write(fill)

        found = await accounts.read(
            lambda rows: (
                rows.acquaintance(THERAPIST.id, SPACE),
                list(rows.acquaintances_of_therapist(THERAPIST.id)),
                list(rows.acquaintances_of_space(SPACE)),
                rows.acquaintance(THERAPIST.id, OTHER_SPACE),
            )
        )
        assert (row, [row], [row], None) == found

    async def test_the_access_log_keeps_the_first_of_a_window(self, accounts: AccountStore) -> None:
        first = AccessEntry(space=SPACE, window=0, member=b"t" * 16, page="timeline", first_at=5)
        later = msgspec.structs.replace(first, first_at=9)
        await accounts.write(lambda rows: rows.add_access_entry(first))
        await accounts.write(lambda rows: rows.add_access_entry(later))

        assert [first] == await accounts.read(lambda rows: list(rows.access_entries(SPACE, 9)))
        assert [] == await accounts.read(lambda rows: list(rows.access_entries(OTHER_SPACE, 9)))

    async def test_the_access_log_is_read_backwards_in_pages(self, accounts: AccountStore) -> None:
        """Rows of one moment are neither lost nor doubled between two pages."""
        looks = [
            AccessEntry(space=SPACE, window=at, member=member, page=page, first_at=at)
            for at, member, page in [
                (1, b"t" * 16, "goal"),
                (2, b"t" * 16, "goal"),
                (2, b"t" * 16, "timeline"),
                (2, b"u" * 16, "goal"),
            ]
        ]
        other = msgspec.structs.replace(looks[0], space=OTHER_SPACE)

        def fill(rows: AccountRows) -> None:
            for row in [*looks, other]:
                rows.add_access_entry(row)

        await accounts.write(fill)
        place = AccessPlace(2, b"t" * 16, "timeline")
        mine = AccessPlace(1, SPACE, "goal")
        found = await accounts.read(
            lambda rows: (
                list(rows.access_entries(SPACE, 2)),
                list(rows.access_entries(SPACE, 9, place)),
                list(rows.access_entries_of_member(b"t" * 16, 2)),
                list(rows.access_entries_of_member(b"t" * 16, 9, mine)),
            )
        )

        expected = ([looks[3], looks[2]], [looks[1], looks[0]], [looks[2], looks[1]], [other])
        assert expected == found

    async def test_the_last_look_at_a_page_is_known(self, accounts: AccountStore) -> None:
        def fill(rows: AccountRows) -> None:
            for at in (5, 9, 7):
                rows.add_access_entry(
                    AccessEntry(space=SPACE, window=at, member=b"t" * 16, page="goal", first_at=at)
                )

        await accounts.write(fill)

        found = await accounts.read(
            lambda rows: (
                rows.last_access(SPACE, b"t" * 16, "goal"),
                rows.last_access(SPACE, b"t" * 16, "timeline"),
                rows.last_access(OTHER_SPACE, b"t" * 16, "goal"),
            )
        )
        assert (9, None, None) == found

    async def test_the_access_log_is_forgotten_from_its_old_end(
        self, accounts: AccountStore
    ) -> None:
        def fill(rows: AccountRows) -> None:
            for at in range(4):
                rows.add_access_entry(
                    AccessEntry(space=SPACE, window=at, member=b"t" * 16, page="goal", first_at=at)
                )

        assert await accounts.read(lambda rows: rows.newest_access()) is None
        await accounts.write(fill)
        assert 3 == await accounts.read(lambda rows: rows.newest_access())
        assert 2 == await accounts.write(lambda rows: rows.drop_access_entries(3, 2))
        assert 1 == await accounts.write(lambda rows: rows.drop_access_entries(3, 2))

        kept = await accounts.read(lambda rows: list(rows.access_entries(SPACE, 9)))
        assert [3] == [each.first_at for each in kept]

    async def test_supporters_links_come_in_the_order_of_their_registration(
        self, accounts: AccountStore
    ) -> None:
        later = msgspec.structs.replace(LINK, hash=b"j" * 32, registered_at=3)
        ended = msgspec.structs.replace(LINK, opened_at=5, ended_at=6, ended_by="left")

        def fill(rows: AccountRows) -> None:
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_supporter_link(later)
            rows.save_supporter_link(LINK)
            rows.save_supporter_link(ended)

        await accounts.write(fill)

        found = await accounts.read(
            lambda rows: (
                rows.supporter_link(LINK.hash),
                list(rows.supporter_links(SPACE)),
                rows.supporter_link(b"x" * 32),
                list(rows.supporter_links(OTHER_SPACE)),
            )
        )
        assert (ended, [ended, later], None, []) == found

    async def test_supporters_browsers_go_one_by_one_and_with_their_link(
        self, accounts: AccountStore
    ) -> None:
        first = SupporterSession(
            hash=b"1" * 32, link=LINK.hash, created_at=1, seen_at=2, expires_at=60
        )
        second = msgspec.structs.replace(first, hash=b"2" * 32, created_at=3)
        short = msgspec.structs.replace(first, hash=b"3" * 32, created_at=4, expires_at=40)
        seen = msgspec.structs.replace(first, seen_at=9)

        def fill(rows: AccountRows) -> None:
            rows.save_space(Space(space=SPACE, created_at=1))
            rows.save_supporter_link(LINK)
            for each in (second, first, short, seen):
                rows.save_supporter_session(each)

        await accounts.write(fill)
        assert seen == await accounts.read(lambda rows: rows.supporter_session(first.hash))
        assert [seen, second, short] == await accounts.read(
            lambda rows: list(rows.supporter_sessions(LINK.hash))
        )

        await accounts.write(lambda rows: rows.drop_supporter_session(second.hash))
        await accounts.write(lambda rows: rows.drop_expired(50))
        assert [seen] == await accounts.read(lambda rows: list(rows.supporter_sessions(LINK.hash)))
        assert LINK == await accounts.read(lambda rows: rows.supporter_link(LINK.hash))

        aged = LINK.expires_at + limits.SUPPORTER_LINK_TTL_MS
        await accounts.write(lambda rows: rows.drop_expired(aged))
        assert LINK == await accounts.read(lambda rows: rows.supporter_link(LINK.hash))

        await accounts.write(lambda rows: rows.drop_expired(aged + 1))
        assert await accounts.read(lambda rows: rows.supporter_link(LINK.hash)) is None
        assert await accounts.read(lambda rows: rows.supporter_session(first.hash)) is None
