"""Passkeys from the first wish to the sign-in: each challenge once, each refusal the same."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.authenticator import Authenticator, text
from tests.support.languages import language_of
from tests.support.passwords import GOOD
from tests.support.sign_in import (
    DEMO,
    OTHER,
    SITE,
    Browser,
    browser_at,
    sessions_of,
    site_with,
    told,
)
from tests.support.stores import MemoryParts
from trailmark_server.sessions import SignedIn
from trailmark_server.sign_in.passkey_way import new_passkey
from trailmark_server.storage.accounts import Passkey
from trailmark_shared import limits
from trailmark_shared.errors import DomainError
from trailmark_shared.words import speaking


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(SITE)


async def site_with_passkey(phone: Authenticator) -> MemoryParts:
    """Return a site where the therapist has a passkey, as they add one."""
    parts = await site_with(DEMO, OTHER)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        added = await browser.add_passkey(phone, "  Phone  ")
        assert (303, "/account") == (added.status_code, added.headers["location"]), added.text
    return parts


async def kept(parts: MemoryParts) -> Passkey | None:
    return await parts.accounts.read(lambda rows: rows.passkey(b"a credential"))


async def test_a_passkey_is_added_and_signs_in(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        entered = await browser.use_passkey(phone)
        page = await browser.open("/account")

    found = await kept(parts)
    assert found is not None
    assert (DEMO.id, "Phone", parts.clock.now_ms()) == (found.therapist, found.name, found.used_at)
    assert (303, "/people") == (entered.status_code, entered.headers["location"])
    assert "Dr Demo" in page.text
    assert "passkey" == (await sessions_of(parts))[-1].way
    assert ["signed_in", "passkey_added", "signed_in", "link_made"] == [
        kind for kind, _ in await told(parts)
    ]


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8740"},
        {"site": "evil.example"},
        {"challenge": text(b"x" * 32)},
        {"signature": b"none"},
        {"owner": OTHER.id},
        {"owner": None},
    ],
)
async def test_a_bent_answer_signs_nobody_in(phone: Authenticator, bent: dict[str, Any]) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        refused = await browser.use_passkey(phone, **bent)

        assert (403, True) == (refused.status_code, "This passkey was not taken" in refused.text)
        assert not browser.http.cookies


async def test_an_answer_is_good_once(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        asked = await browser.http.post("/sign-in/passkey/challenge")
        answer = phone.use(asked.text)
        first = await browser.http.post("/sign-in/passkey", data={"answer": answer})
        again = await browser.http.post("/sign-in/passkey", data={"answer": answer})

    assert (303, 403) == (first.status_code, again.status_code)


async def test_a_challenge_is_struck_out_by_a_bad_answer_too(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        asked = await browser.http.post("/sign-in/passkey/challenge")
        statuses = [
            (await browser.http.post("/sign-in/passkey", data={"answer": answer})).status_code
            for answer in (phone.use(asked.text, signature=b"none"), phone.use(asked.text))
        ]

    assert [403, 403] == statuses


async def test_a_challenge_is_good_for_a_short_time(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        asked = await browser.http.post("/sign-in/passkey/challenge")
        parts.clock.advance(limits.CHALLENGE_TTL_MS)
        late = await browser.http.post("/sign-in/passkey", data={"answer": phone.use(asked.text)})

    assert 403 == late.status_code


async def test_whoever_is_disabled_or_lost_the_passkey_stays_out(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    found = await kept(parts)
    assert found is not None
    async with browser_at(parts) as browser:
        await parts.accounts.write(lambda rows: rows.drop_passkey(found.credential))
        removed = await browser.use_passkey(phone)
        await parts.accounts.write(lambda rows: rows.save_passkey(found))
        await parts.accounts.write(lambda rows: rows.save_therapist(replace(DEMO, disabled_at=1)))
        disabled = await browser.use_passkey(phone)

    assert (403, removed.text) == (disabled.status_code, disabled.text)


async def test_a_challenge_for_signing_in_proves_nothing_else(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser, browser_at(parts) as other:
        for each in (browser, other):
            await each.enter(parts)
        anybodys = (await browser.http.post("/sign-in/passkey/challenge")).text
        others = (await other.send("/account/proof/passkey/challenge")).text
        refused = [
            await browser.send("/account/proof/passkey", answer=phone.use(asked))
            for asked in (anybodys, others)
        ]
        own = (await browser.send("/account/proof/passkey/challenge")).text
        proved = await browser.send("/account/proof/passkey", answer=phone.use(own))

    assert [403, 403] == [each.status_code for each in refused]
    assert 303 == proved.status_code


async def test_somebody_elses_passkey_proves_nothing(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        await browser.enter(parts, OTHER)
        asked = (await browser.send("/account/proof/passkey/challenge")).text
        refused = await browser.send("/account/proof/passkey", answer=phone.use(asked))

    assert 403 == refused.status_code


async def test_a_proof_is_good_for_the_next_ten_minutes(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    async with browser_at(parts) as browser:
        await browser.use_passkey(phone)
        parts.clock.advance(limits.PROOF_MS)
        refused = await browser.send("/account/passkeys/remove", passkey=phone.credential.hex())
        before = browser.http.cookies[parts.services.web.cookie_name]
        asked = (await browser.send("/account/proof/passkey/challenge")).text
        await browser.send("/account/proof/passkey", answer=phone.use(asked))
        after = browser.http.cookies[parts.services.web.cookie_name]
        removed = await browser.send("/account/passkeys/remove", passkey=phone.credential.hex())

    assert (403, True) == (refused.status_code, "Confirm that it is you" in refused.text)
    assert before != after
    assert 303 == removed.status_code
    assert await kept(parts) is None


async def test_a_passkey_is_added_only_after_a_fresh_proof(phone: Authenticator) -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        asked = await browser.send("/account/passkeys/challenge")
        answer = phone.make(asked.text)
        parts.clock.advance(limits.PROOF_MS)
        late = await browser.send("/account/passkeys", answer=answer, name="Phone")
        refused = await browser.send("/account/passkeys/challenge")

    assert (403, 403) == (late.status_code, refused.status_code)
    assert await kept(parts) is None


async def test_answers_to_add_one_are_for_this_session_and_good_once(phone: Authenticator) -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser, browser_at(parts) as other:
        for each in (browser, other):
            await each.enter(parts)
        asked = (await browser.send("/account/passkeys/challenge")).text
        stolen = await other.send("/account/passkeys", answer=phone.make(asked), name="x")
        again = await browser.send("/account/passkeys", answer=phone.make(asked), name="x")

    assert (403, 403) == (stolen.status_code, again.status_code)


async def test_a_passkey_without_a_name_gets_one(phone: Authenticator) -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        strange = await browser.add_passkey(phone, "a\nb")
        await browser.add_passkey(phone, " ")

    found = await kept(parts)
    assert found is not None
    assert (400, "Passkey") == (strange.status_code, found.name)


async def test_what_a_name_must_be_is_said_in_the_readers_language() -> None:
    parts = await site_with(DEMO)
    signed_in = SignedIn(therapist=DEMO, session_hash=b"", form_token="")
    with speaking(language_of({"a name": "un nom"})), pytest.raises(DomainError, match=r"^un nom "):
        await new_passkey(parts.services, signed_in, "{}", "a\nb")


async def tried(browser: Browser, count: int) -> list[int]:
    data = {"answer": "{}"}
    return [
        (await browser.http.post("/sign-in/passkey", data=data)).status_code for _ in range(count)
    ]


async def test_tries_are_counted_by_address() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        assert [403] * limits.TRIES_BURST + [429] == await tried(browser, limits.TRIES_BURST + 1)


async def test_challenges_are_counted_by_address() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser, browser_at(parts, "192.0.2.1") as other:
        statuses = [
            (await browser.http.post("/sign-in/passkey/challenge")).status_code
            for _ in range(limits.CHALLENGES_BURST + 1)
        ]
        elsewhere = await other.http.post("/sign-in/passkey/challenge")
        parts.clock.advance(limits.CHALLENGES_REFILL_MS)
        later = await browser.http.post("/sign-in/passkey/challenge")

    assert [200] * limits.CHALLENGES_BURST + [429] == statuses
    assert (200, 200) == (elsewhere.status_code, later.status_code)


async def test_a_stranger_keeps_nobody_from_a_passkey(phone: Authenticator) -> None:
    parts = await site_with_passkey(phone)
    for number in range(2 * limits.ACCOUNT_TRIES_BURST):
        async with browser_at(parts, f"192.0.2.{number}") as stranger:
            await stranger.sign_in(DEMO.email, "wrong")
    async with browser_at(parts) as browser:
        assert 303 == (await browser.use_passkey(phone)).status_code


async def test_where_browsers_know_no_passkeys_none_are_asked_for() -> None:
    parts = await site_with(DEMO, url="http://127.0.0.1:8740", password=GOOD)
    async with browser_at(parts) as browser:
        page = await browser.open("/sign-in")
        asked = await browser.http.post(
            "/sign-in/passkey/challenge", headers={"Accept": "application/json"}
        )
        answered = await browser.http.post("/sign-in/passkey", data={"answer": "{}"})

    assert "passkeys.js" not in page.text
    assert (403, "sign_in_refused") == (asked.status_code, json.loads(asked.text)["code"])
    assert 403 == answered.status_code
