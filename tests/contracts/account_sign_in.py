"""What every store of the account tables keeps about signing in; part of the accounts' contract."""

from msgspec.structs import replace

from trailmark_server.storage.accounts import (
    NOBODY,
    AccountRows,
    AccountStore,
    FailedTries,
    Passkey,
    PasskeyChallenge,
    Password,
    SecurityNotice,
    SignInLink,
    Therapist,
    WebSession,
)

THERAPIST = Therapist(id=b"t" * 16, name="Dr Demo", email="demo@example.org", created_at=1)
OTHER = Therapist(id=b"u" * 16, name="Dr Other", email="other@example.org", created_at=1)
PASSWORD = Password(therapist=THERAPIST.id, hash="$argon2id$…", changed_at=3)
PASSKEY = Passkey(
    credential=b"key one",
    therapist=THERAPIST.id,
    public_key=b"cose",
    sign_count=0,
    name="Phone",
    created_at=4,
)
CHALLENGE = PasskeyChallenge(hash=b"h" * 32, purpose="sign_in", session=None, expires_at=50)
NOTICE = SecurityNotice(
    therapist=THERAPIST.id, number=1, kind="passkey_added", detail="Phone", at=4
)
TRIES = FailedTries(account=NOBODY, count=2, last_at=9)
SESSION = WebSession(
    hash=b"w" * 32,
    therapist=THERAPIST.id,
    created_at=5,
    seen_at=6,
    way="passkey",
    proved_at=7,
    browser="Firefox on Linux",
)


class SignInContract:
    """Inherited by the contract of the accounts; wants its fixture ``accounts``."""

    async def test_one_password_each_and_it_goes(self, accounts: AccountStore) -> None:
        changed = replace(PASSWORD, hash="$argon2id$other", changed_at=8)

        def fill(rows: AccountRows) -> None:
            rows.save_therapist(THERAPIST)
            rows.save_password(PASSWORD)
            rows.save_password(changed)

        await accounts.write(fill)
        assert changed == await accounts.read(lambda rows: rows.password(THERAPIST.id))
        assert await accounts.read(lambda rows: rows.password(OTHER.id)) is None

        await accounts.write(lambda rows: rows.drop_password(THERAPIST.id))
        assert await accounts.read(lambda rows: rows.password(THERAPIST.id)) is None

    async def test_passkeys_are_found_by_id_and_by_therapist(self, accounts: AccountStore) -> None:
        later = replace(PASSKEY, credential=b"key 0", created_at=5)
        others = replace(PASSKEY, credential=b"key two", therapist=OTHER.id)
        used = replace(PASSKEY, sign_count=3, used_at=9)

        def fill(rows: AccountRows) -> None:
            for each in (THERAPIST, OTHER):
                rows.save_therapist(each)
            for row in (later, PASSKEY, others, used):
                rows.save_passkey(row)

        await accounts.write(fill)
        assert used == await accounts.read(lambda rows: rows.passkey(b"key one"))
        assert await accounts.read(lambda rows: rows.passkey(b"key")) is None
        assert [used, later] == await accounts.read(lambda rows: list(rows.passkeys(THERAPIST.id)))

        await accounts.write(lambda rows: rows.drop_passkey(b"key one"))
        assert [later] == await accounts.read(lambda rows: list(rows.passkeys(THERAPIST.id)))
        assert [others] == await accounts.read(lambda rows: list(rows.passkeys(OTHER.id)))

    async def test_challenges_end_with_their_time_and_beyond_a_number(
        self, accounts: AccountStore
    ) -> None:
        asked = replace(CHALLENGE, hash=b"i" * 32, purpose="prove", session=b"w" * 32)
        later = replace(CHALLENGE, hash=b"j" * 32, expires_at=60)

        def fill(rows: AccountRows) -> None:
            for row in (CHALLENGE, asked, later):
                rows.save_challenge(row)

        async def left() -> list[PasskeyChallenge | None]:
            hashes = [each.hash for each in (CHALLENGE, asked, later)]
            return await accounts.read(lambda rows: [rows.challenge(each) for each in hashes])

        await accounts.write(fill)
        await accounts.write(lambda rows: rows.drop_challenges(50, 9))
        assert [CHALLENGE, asked, later] == await left()
        await accounts.write(lambda rows: rows.drop_challenges(50, 2))
        assert [None, asked, later] == await left()
        await accounts.write(lambda rows: rows.drop_challenges(51, 2))
        assert [None, None, later] == await left()
        await accounts.write(lambda rows: rows.drop_challenge(later.hash))
        assert [None, None, None] == await left()

    async def test_notices_come_latest_first_and_the_oldest_go(
        self, accounts: AccountStore
    ) -> None:
        second, third = replace(NOTICE, number=2), replace(NOTICE, number=3, kind="signed_in")
        others = replace(NOTICE, therapist=OTHER.id)

        def fill(rows: AccountRows) -> None:
            for each in (THERAPIST, OTHER):
                rows.save_therapist(each)
            for row in (second, NOTICE, third, others):
                rows.save_notice(row)

        await accounts.write(fill)
        found = await accounts.read(lambda rows: list(rows.notices(THERAPIST.id)))
        assert [third, second, NOTICE] == found

        await accounts.write(lambda rows: rows.drop_notices(THERAPIST.id, 2))
        assert [third] == await accounts.read(lambda rows: list(rows.notices(THERAPIST.id)))
        assert [others] == await accounts.read(lambda rows: list(rows.notices(OTHER.id)))

    async def test_tries_are_counted_for_nobody_too(self, accounts: AccountStore) -> None:
        more = replace(TRIES, count=3)
        for row in (TRIES, more):
            await accounts.write(lambda rows, row=row: rows.save_failed_tries(row))

        assert more == await accounts.read(lambda rows: rows.failed_tries(NOBODY))
        assert await accounts.read(lambda rows: rows.failed_tries(THERAPIST.id)) is None

    async def test_sessions_and_links_are_listed_and_dropped_by_therapist(
        self, accounts: AccountStore
    ) -> None:
        earlier = replace(SESSION, hash=b"x" * 32, created_at=4)
        others = replace(SESSION, hash=b"y" * 32, therapist=OTHER.id)
        links = [
            SignInLink(hash=mark * 32, therapist=whose.id, expires_at=50)
            for mark, whose in ((b"l", THERAPIST), (b"m", OTHER))
        ]

        def fill(rows: AccountRows) -> None:
            for each in (THERAPIST, OTHER):
                rows.save_therapist(each)
            for row in (SESSION, earlier, others):
                rows.save_web_session(row)
            for link in links:
                rows.save_sign_in_link(link)
            rows.drop_sign_in_links(THERAPIST.id)

        await accounts.write(fill)
        found = await accounts.read(lambda rows: list(rows.web_sessions(THERAPIST.id)))
        assert [earlier, SESSION] == found
        assert await accounts.read(lambda rows: rows.sign_in_link(links[0].hash)) is None
        assert links[1] == await accounts.read(lambda rows: rows.sign_in_link(links[1].hash))
