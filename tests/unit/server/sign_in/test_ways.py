"""Signing in by password or link: one refusal for all, counted apart, told and logged."""

import asyncio
import json

import httpx
import pytest
from msgspec.structs import replace

from tests.support.passwords import BETTER, GOOD, quick_hasher
from tests.support.sign_in import (
    DEMO,
    OTHER,
    Browser,
    browser_at,
    sessions_of,
    site_with,
    told,
)
from tests.support.stores import MemoryParts
from trailmark_server.storage.accounts import NOBODY, Password
from trailmark_server.therapists.passwords import Passwords
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id


def without_email(response: httpx.Response, email: str) -> tuple[int, str]:
    return response.status_code, response.text.replace(email, "")


async def statuses(browser: Browser, count: int, email: str = DEMO.email) -> list[int]:
    return [(await browser.sign_in(email, "wrong")).status_code for _ in range(count)]


async def test_a_password_signs_in() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        entered = await browser.sign_in("  Demo@Example.org ", GOOD)
        page = await browser.open("/account")

    assert (303, "/people") == (entered.status_code, entered.headers["location"])
    assert "Dr Demo, demo@example.org" in page.text
    [session] = await sessions_of(parts)
    assert ("password", "Firefox on Linux", parts.clock.now_ms()) == (
        session.way,
        session.browser,
        session.proved_at,
    )


async def test_every_refusal_is_the_same() -> None:
    parts = await site_with(DEMO, OTHER, password=GOOD)
    disabled = replace(DEMO, id=b"d" * 16, email="gone@example.org", disabled_at=1)
    kept = await parts.services.passwords.hash(GOOD)

    await parts.accounts.write(lambda rows: rows.save_therapist(disabled))
    row = Password(therapist=disabled.id, hash=kept, changed_at=0)
    await parts.accounts.write(lambda rows: rows.save_password(row))
    tried = {
        DEMO.email: "wrong",
        OTHER.email: GOOD,
        disabled.email: GOOD,
        "nobody@example.org": GOOD,
        "no email": GOOD,
        "": "",
    }
    answers: list[tuple[int, str]] = []
    for number, (email, password) in enumerate(tried.items()):
        async with browser_at(parts, f"192.0.2.{number}") as browser:
            answers.append(without_email(await browser.sign_in(email, password), email))
            assert not browser.http.cookies

    assert 403 == answers[0][0]
    assert "Email and password do not fit together" in answers[0][1]
    assert [answers[0]] * len(tried) == answers


class CountingPasswords(Passwords):
    """Counts what is compared, and with what."""

    def __init__(self) -> None:
        super().__init__(quick_hasher())
        self.compared: list[bool] = []

    async def check(self, kept: str | None, password: str):  # noqa: ANN201
        self.compared.append(kept is not None)
        return await super().check(kept, password)


async def test_one_password_is_compared_whatever_the_account_is() -> None:
    parts = await site_with(DEMO, OTHER, password=GOOD)
    counting = CountingPasswords()
    parts.services = replace(parts.services, passwords=counting)
    async with browser_at(parts) as browser:
        for email in (DEMO.email, OTHER.email, "nobody@example.org", "no email"):
            await browser.sign_in(email, "wrong")

    assert [True, False, False, False] == counting.compared


async def test_wrong_tries_are_written_down_for_nobody_too() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        for email in (DEMO.email, "nobody@example.org", "no email", DEMO.email):
            await browser.sign_in(email, "wrong")

    kept = await parts.accounts.read(
        lambda rows: [rows.failed_tries(each) for each in (DEMO.id, NOBODY)]
    )
    assert [2, 2] == [None if each is None else each.count for each in kept]


async def test_therapists_are_told_of_wrong_tries_and_sign_ins() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await statuses(browser, 2)
        await browser.sign_in(DEMO.email, GOOD)
        page = await browser.open("/account")

    assert [
        ("signed_in", "password: Firefox on Linux"),
        ("failed_tries", "2"),
    ] == await told(parts)
    assert "Wrong passwords before you signed in: 2" in page.text


async def test_an_address_is_stopped_and_another_is_not() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts, "192.0.2.1") as stranger, browser_at(parts, "192.0.2.2") as own:
        tried = [
            (await stranger.sign_in(f"nobody{number}@example.org", "wrong")).status_code
            for number in range(limits.TRIES_BURST + 1)
        ]
        own_try = await own.sign_in(DEMO.email, GOOD)

    assert [403] * limits.TRIES_BURST + [429] == tried
    assert 303 == own_try.status_code


async def test_an_account_is_stopped_from_wherever_it_is_tried() -> None:
    parts = await site_with(DEMO, OTHER, password=GOOD)
    tried: list[int] = []
    for number in range(limits.ACCOUNT_TRIES_BURST + 1):
        async with browser_at(parts, f"192.0.2.{number}") as browser:
            tried += await statuses(browser, 1, "DEMO@example.org")
    async with browser_at(parts, "198.51.100.1") as browser:
        right = await browser.sign_in(DEMO.email, GOOD)
        other = await statuses(browser, 1, OTHER.email)
        parts.clock.advance(limits.ACCOUNT_TRIES_REFILL_MS)
        later = await browser.sign_in(DEMO.email, GOOD)

    assert [403] * limits.ACCOUNT_TRIES_BURST + [429] == tried
    assert (429, True) == (right.status_code, "too many tries" in right.text.lower())
    assert [403] == other
    assert 303 == later.status_code


async def test_an_account_that_does_not_exist_is_stopped_in_the_same_way() -> None:
    parts = await site_with(DEMO, password=GOOD)
    tried: list[int] = []
    for number in range(limits.ACCOUNT_TRIES_BURST + 1):
        async with browser_at(parts, f"192.0.2.{number}") as browser:
            tried += await statuses(browser, 1, "nobody@example.org")

    assert [403] * limits.ACCOUNT_TRIES_BURST + [429] == tried


async def test_many_tries_at_once_are_no_more_than_one_after_the_other() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        answers = await asyncio.gather(
            *(browser.sign_in(DEMO.email, "wrong") for _ in range(3 * limits.TRIES_BURST))
        )

    found = sorted(each.status_code for each in answers)
    assert [403] * limits.TRIES_BURST + [429] * (2 * limits.TRIES_BURST) == found


async def test_a_stranger_keeps_no_known_browser_out() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts, "192.0.2.200") as known:
        await known.sign_in(DEMO.email, GOOD)
        await known.send("/sign-out")
        for number in range(2 * limits.ACCOUNT_TRIES_BURST):
            async with browser_at(parts, f"192.0.2.{number}") as stranger:
                await statuses(stranger, 1)
        again = await known.sign_in(DEMO.email, GOOD)
        async with browser_at(parts, "198.51.100.1") as unknown:
            elsewhere = await unknown.sign_in(DEMO.email, GOOD)

    assert (303, 429) == (again.status_code, elsewhere.status_code)


async def test_a_known_browser_is_counted_too() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as known:
        await known.sign_in(DEMO.email, GOOD)
        marks = {
            name: value for name, value in known.http.cookies.items() if name.endswith("-known")
        }
    tried: list[int] = []
    for number in range(limits.ACCOUNT_TRIES_BURST + 1):
        async with browser_at(parts, f"192.0.2.{number}") as browser:
            browser.http.cookies.update(marks)
            tried += await statuses(browser, 1)

    assert 1 == len(marks)
    assert [403] * limits.ACCOUNT_TRIES_BURST + [429] == tried


async def test_a_stranger_keeps_nobody_from_a_link() -> None:
    parts = await site_with(DEMO, password=GOOD)
    for number in range(2 * limits.ACCOUNT_TRIES_BURST):
        async with browser_at(parts, f"192.0.2.{number}") as stranger:
            await statuses(stranger, 1)
    async with browser_at(parts, "198.51.100.1") as browser:
        await browser.enter(parts)

        assert 200 == (await browser.open("/account")).status_code


async def test_the_token_is_a_new_one_and_the_old_one_ends() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await browser.sign_in(DEMO.email, GOOD)
        first = browser.http.cookies[parts.services.web.cookie_name]
        await browser.sign_in(DEMO.email, GOOD)
        second = browser.http.cookies[parts.services.web.cookie_name]
        browser.http.cookies.set(parts.services.web.cookie_name, first, domain="localhost.local")

    assert first != second
    assert [secret_hash(second)] == [each.hash for each in await sessions_of(parts)]


async def test_no_token_is_taken_that_somebody_brings() -> None:
    """Whoever plants a cookie in a browser does not know its session after the sign-in."""
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        browser.http.cookies.set(parts.services.web.cookie_name, "planted")
        await browser.sign_in(DEMO.email, GOOD)

    assert secret_hash("planted") not in [each.hash for each in await sessions_of(parts)]


async def test_older_hashes_are_renewed_when_somebody_signs_in() -> None:
    parts = await site_with(DEMO)
    older = await Passwords(quick_hasher(2)).hash(GOOD)
    row = Password(therapist=DEMO.id, hash=older, changed_at=5)
    await parts.accounts.write(lambda rows: rows.save_password(row))
    async with browser_at(parts) as browser:
        await browser.sign_in(DEMO.email, "wrong")
        assert row == await parts.accounts.read(lambda rows: rows.password(DEMO.id))
        await browser.sign_in(DEMO.email, GOOD)
        renewed = await parts.accounts.read(lambda rows: rows.password(DEMO.id))
        again = await browser.sign_in(DEMO.email, GOOD)

    assert renewed is not None
    assert (5, True) == (renewed.changed_at, "t=1" in renewed.hash)
    assert 303 == again.status_code


class ChangingPasswords(Passwords):
    """While one password is compared, another is set."""

    def __init__(self, parts: MemoryParts, change: Password | None) -> None:
        super().__init__(quick_hasher())
        self._parts = parts
        self._change = change

    async def check(self, kept: str | None, password: str):  # noqa: ANN201
        checked = await super().check(kept, password)
        change = self._change
        if change is None:
            await self._parts.accounts.write(
                lambda rows: rows.save_therapist(replace(DEMO, disabled_at=1))
            )
        else:
            await self._parts.accounts.write(lambda rows: rows.save_password(change))
        return checked


@pytest.mark.parametrize("is_disabled", [True, False])
async def test_what_changes_meanwhile_counts(is_disabled: bool) -> None:  # noqa: FBT001
    parts = await site_with(DEMO, password=GOOD)
    other = Password(
        therapist=DEMO.id, hash=await parts.services.passwords.hash(BETTER), changed_at=9
    )
    changing = ChangingPasswords(parts, None if is_disabled else other)
    parts.services = replace(parts.services, passwords=changing)
    async with browser_at(parts) as browser:
        refused = await browser.sign_in(DEMO.email, GOOD)

    assert 403 == refused.status_code
    assert [] == await sessions_of(parts)


async def test_a_server_without_passwords_takes_none() -> None:
    parts = await site_with(DEMO, password=GOOD, takes_passwords=False)
    async with browser_at(parts) as browser:
        page = await browser.open("/sign-in")
        refused = await browser.sign_in(DEMO.email, GOOD)

    assert 'type="password"' not in page.text
    assert "Sign in with a passkey" in page.text
    assert (403, []) == (refused.status_code, await sessions_of(parts))


async def test_the_log_names_ids_and_reasons_only(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    parts = await site_with(DEMO, OTHER, password=GOOD)
    async with browser_at(parts) as browser:
        for email in ("nobody@example.org", OTHER.email, DEMO.email):
            await browser.sign_in(email, "wrong words")
        await browser.sign_in(DEMO.email, GOOD)
        token = browser.http.cookies[parts.services.web.cookie_name]
        await browser.http.post("/enter/some-link")
        await statuses(browser, limits.TRIES_BURST)

    facts = [
        (record.getMessage(), getattr(record, "fields", {}))
        for record in caplog.records
        if record.getMessage() in {"sign_in", "sign_in_refused"}
    ]
    demo, other = text_from_id(DEMO.id), text_from_id(OTHER.id)
    assert [
        ("sign_in_refused", {"way": "password", "why": "unknown"}),
        ("sign_in_refused", {"way": "password", "why": "without_password", "therapist": other}),
        ("sign_in_refused", {"way": "password", "why": "wrong", "therapist": demo}),
    ] == facts[:3]
    kind, fields = facts[3]
    assert ("sign_in", "password", demo) == (kind, fields["way"], fields["therapist"])
    assert secret_hash(token).hex().startswith(fields["session"])
    assert ("sign_in_refused", {"way": "link", "why": "wrong_code"}) == facts[4]
    assert "rate_limited" == facts[-1][1]["why"]
    own = [record for record in caplog.records if record.name == "trailmark"]
    logged = json.dumps([[each.getMessage(), getattr(each, "fields", {})] for each in own])
    for secret in (token, GOOD, "wrong words", DEMO.email, "nobody@", "some-link", "Dr Demo"):
        assert secret not in logged
