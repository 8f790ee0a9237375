"""What therapists change: only with a fresh proof, told each time, under a fresh token."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.support.sign_in import DEMO, OTHER, sessions_of, site_with, told
from tests.support.stores import MemoryParts
from trailmark_server.sessions import SignedIn, form_token, open_web_session
from trailmark_server.storage.accounts import AccountRows, Passkey, Password, Way
from trailmark_server.therapists import own_account
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError, RefusedError

NEXT = "next-token"
KEY = Passkey(
    credential=b"key",
    therapist=DEMO.id,
    public_key=b"cose",
    sign_count=0,
    name="Phone",
    created_at=1,
)
OTHERS_KEY = replace(KEY, credential=b"other", therapist=OTHER.id)

Change = Callable[[AccountRows, SignedIn, int], None]

CHANGES: dict[str, Change] = {
    "add a passkey": lambda rows, who, now: own_account.add_passkey(
        rows, who, replace(KEY, credential=b"new"), NEXT, now
    ),
    "rename a passkey": lambda rows, who, now: own_account.rename_passkey(
        rows, who, b"key", "Tablet", NEXT, now
    ),
    "remove a passkey": lambda rows, who, now: own_account.remove_passkey(
        rows, who, b"key", NEXT, now
    ),
    "end a session": lambda rows, who, now: own_account.end_session(
        rows, who, secret_hash("another"), NEXT, now
    ),
    "set a password": lambda rows, who, now: own_account.set_password(
        rows,
        who,
        own_account.session_for_password(rows, who, now, is_present_checked=False),
        "hash",
        NEXT,
        now,
    ),
    "end all": own_account.end_all_sessions,
}


async def signed_in(parts: MemoryParts, way: Way = "link", token: str = "own") -> SignedIn:  # noqa: S107
    now = parts.clock.now_ms()
    await parts.accounts.write(lambda rows: open_web_session(rows, DEMO, token, now, way=way))
    return SignedIn(
        therapist=DEMO,
        session_hash=secret_hash(token),
        form_token=form_token(token),
        way=way,
        proved_at=now,
    )


async def site() -> tuple[MemoryParts, SignedIn]:
    """Return a site with a therapist at two browsers, with a passkey; and another one's passkey."""
    parts = await site_with(DEMO, OTHER)
    for key in (KEY, OTHERS_KEY):
        await parts.accounts.write(lambda rows, key=key: rows.save_passkey(key))
    await signed_in(parts, token="another")
    return parts, await signed_in(parts)


async def do(parts: MemoryParts, who: SignedIn, change: Change) -> None:
    now = parts.clock.now_ms()
    await parts.accounts.write(lambda rows: change(rows, who, now))


@pytest.mark.parametrize("what", CHANGES)
async def test_a_fresh_proof_lets_change(what: str) -> None:
    parts, who = await site()
    parts.clock.advance(limits.PROOF_MS - 1)

    await do(parts, who, CHANGES[what])

    assert 1 == len(await told(parts))


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("step", [limits.PROOF_MS, -limits.PROOF_MS])
async def test_an_old_proof_does_not(what: str, step: int) -> None:
    parts, who = await site()
    parts.clock.advance(step)
    with pytest.raises(own_account.ProofNeededError):
        await do(parts, who, CHANGES[what])

    assert [] == await told(parts)
    assert 2 == len(await sessions_of(parts))


@pytest.mark.parametrize("what", CHANGES)
async def test_the_proof_is_read_where_it_is_changed(what: str) -> None:
    """What a request found at its beginning does not count: the session may have ended since."""
    parts, who = await site()
    await parts.accounts.write(lambda rows: rows.drop_web_session(who.session_hash))
    with pytest.raises(RefusedError) as caught:
        await do(parts, who, CHANGES[what])

    assert ErrorCode.NOT_SIGNED_IN == caught.value.code


@pytest.mark.parametrize("what", [name for name in CHANGES if name != "end all"])
async def test_each_change_has_a_fresh_token_and_goes_on_counting(what: str) -> None:
    parts, who = await site()
    begun = parts.clock.now_ms()
    parts.clock.advance(1000)

    await do(parts, who, CHANGES[what])

    kept = {each.hash: each for each in await sessions_of(parts)}
    assert who.session_hash not in kept
    session = kept[secret_hash(NEXT)]
    assert (begun, begun, begun + 1000) == (session.created_at, session.proved_at, session.seen_at)


async def test_a_new_password_ends_all_other_sessions() -> None:
    parts, who = await site()
    await do(parts, who, CHANGES["set a password"])

    assert [secret_hash(NEXT)] == [each.hash for each in await sessions_of(parts)]
    assert [("password_set", "")] == await told(parts)


async def test_changing_a_password_is_told_apart_from_setting_one() -> None:
    parts, who = await site()
    row = Password(therapist=DEMO.id, hash="old", changed_at=1)
    await parts.accounts.write(lambda rows: rows.save_password(row))
    await do(parts, who, CHANGES["set a password"])

    changed = await parts.accounts.read(lambda rows: rows.password(DEMO.id))
    assert changed == Password(therapist=DEMO.id, hash="hash", changed_at=parts.clock.now_ms())
    assert [("password_changed", "")] == await told(parts)


@pytest.mark.parametrize(
    ("way", "wait", "has_password", "is_given", "is_allowed"),
    [
        ("link", 0, True, False, True),
        ("passkey", 0, True, False, True),
        ("password", 0, True, False, False),
        ("password", 0, True, True, True),
        ("link", limits.PROOF_MS, True, False, False),
        ("passkey", limits.PROOF_MS, True, True, True),
        ("link", limits.PROOF_MS, False, False, False),
        ("password", 0, False, False, True),
    ],
)
async def test_who_may_set_a_password_without_the_present_one(
    way: Way,
    wait: int,
    has_password: bool,  # noqa: FBT001
    is_given: bool,  # noqa: FBT001
    is_allowed: bool,  # noqa: FBT001
) -> None:
    parts = await site_with(DEMO)
    who = await signed_in(parts, way)
    row = Password(therapist=DEMO.id, hash="old", changed_at=1)
    if has_password:
        await parts.accounts.write(lambda rows: rows.save_password(row))
    parts.clock.advance(wait)

    def ask(rows: AccountRows) -> bool:
        try:
            own_account.session_for_password(
                rows, who, parts.clock.now_ms(), is_present_checked=is_given
            )
        except own_account.ProofNeededError:
            return False
        return True

    assert is_allowed == await parts.accounts.read(ask)


def adding(passkey: Passkey) -> Change:
    return lambda rows, who, now: own_account.add_passkey(rows, who, passkey, NEXT, now)


def removing(credential: bytes) -> Change:
    return lambda rows, who, now: own_account.remove_passkey(rows, who, credential, NEXT, now)


def renaming(credential: bytes, name: str = "x") -> Change:
    return lambda rows, who, now: own_account.rename_passkey(rows, who, credential, name, NEXT, now)


def ending(token: str) -> Change:
    return lambda rows, who, now: own_account.end_session(rows, who, secret_hash(token), NEXT, now)


@pytest.mark.parametrize("credential", [b"other", b"none"])
@pytest.mark.parametrize("change", [removing, renaming])
async def test_a_passkey_of_somebody_else_is_not_there(
    credential: bytes, change: Callable[[bytes], Change]
) -> None:
    parts, who = await site()
    with pytest.raises(DomainError) as caught:
        await do(parts, who, change(credential))

    assert ErrorCode.NOT_FOUND == caught.value.code
    assert OTHERS_KEY == await parts.accounts.read(lambda rows: rows.passkey(b"other"))


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * (limits.TITLE_CHARS_MAX + 1)])
async def test_a_passkey_has_a_name_that_can_be_read(name: str) -> None:
    parts, who = await site()
    with pytest.raises(DomainError):
        await do(parts, who, renaming(b"key", name))

    assert KEY == await parts.accounts.read(lambda rows: rows.passkey(b"key"))


async def test_a_passkey_is_kept_once_and_only_so_many() -> None:
    parts, who = await site()
    with pytest.raises(DomainError):
        await do(
            parts, who, lambda rows, who, now: own_account.add_passkey(rows, who, KEY, NEXT, now)
        )

    def fill(rows: AccountRows) -> None:
        for number in range(limits.PASSKEYS_MAX - 1):
            rows.save_passkey(replace(KEY, credential=bytes([number])))

    await parts.accounts.write(fill)
    with pytest.raises(LimitExceededError):
        await do(parts, who, CHANGES["add a passkey"])
    await do(parts, who, CHANGES["remove a passkey"])
    again = replace(who, session_hash=secret_hash(NEXT))
    await do(parts, again, CHANGES["add a passkey"])

    assert [("passkey_added", "Phone"), ("passkey_removed", "Phone")] == await told(parts)


async def test_a_session_of_somebody_else_is_not_there() -> None:
    parts, who = await site()
    now = parts.clock.now_ms()
    await parts.accounts.write(lambda rows: open_web_session(rows, OTHER, "others", now))
    for token in ("others", "own", "none"):
        with pytest.raises(DomainError) as caught:
            await do(parts, who, ending(token))
        assert ErrorCode.NOT_FOUND == caught.value.code

    assert 1 == len(await sessions_of(parts, OTHER))


async def test_signing_out_everywhere_leaves_no_session() -> None:
    parts, who = await site()
    await do(parts, who, CHANGES["end all"])

    assert [] == await sessions_of(parts)
    assert [("signed_out_everywhere", "")] == await told(parts)


async def test_a_proof_is_kept_with_its_way() -> None:
    parts, who = await site()
    parts.clock.advance(limits.PROOF_MS)
    await do(parts, who, lambda rows, who, now: own_account.prove(rows, who, "passkey", NEXT, now))

    kept = {each.hash: each for each in await sessions_of(parts)}
    session = kept[secret_hash(NEXT)]
    assert ("passkey", parts.clock.now_ms()) == (session.way, session.proved_at)
    assert who.session_hash not in kept
