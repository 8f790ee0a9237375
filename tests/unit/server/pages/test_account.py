"""The account page: what is shown, what may be changed when, and what ends by it."""

import re

import pytest

from tests.support.authenticator import Authenticator
from tests.support.passwords import BETTER, GOOD
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
from trailmark_server.sessions import open_web_session
from trailmark_shared import limits
from trailmark_shared.ids import SpaceId


async def words(
    browser: Browser, password: str, again: str | None = None, present: str = ""
) -> str:
    """Set a password and return what the page says, empty where it was set."""
    repeated = password if again is None else again
    answer = await browser.send("/account/password", new=password, again=repeated, present=present)
    found = re.search(r'<p class="problem" role="alert">([^<]+)</p>', answer.text)
    return "" if answer.status_code == 303 else found[1] if found else answer.text


async def works(parts: MemoryParts, password: str) -> bool:
    parts.clock.advance(limits.TRIES_REFILL_MS * limits.TRIES_BURST)
    async with browser_at(parts) as browser:
        return (await browser.sign_in(DEMO.email, password)).status_code == 303


async def test_whoever_came_by_a_link_sets_a_password() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        assert "" == await words(browser, GOOD)
        page = (await browser.open("/account")).text

    assert "Password set" in page
    assert "Times on this page are UTC." in page
    assert await works(parts, GOOD)


async def test_a_password_is_changed_with_the_present_one() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await browser.sign_in(DEMO.email, GOOD)
        page = (await browser.open("/account")).text
        assert 'id="present"' in page
        assert "Confirm first" in await words(browser, BETTER)
        assert "do not fit" in await words(browser, BETTER, present="wrong")
        assert await works(parts, GOOD)
        assert "" == await words(browser, BETTER, present=GOOD)

    assert await works(parts, BETTER)
    assert not await works(parts, GOOD)


@pytest.mark.parametrize(
    ("new", "again", "problem"),
    [
        ("too short", None, "at least 15"),
        ("x" * (limits.PASSWORD_CHARS_MAX + 1), None, "at most 128"),
        ("passwordpassword1", None, "too easy to guess"),
        ("demo@example.org", None, "would try first"),
        (GOOD, BETTER, "differ"),
        ("", "", "at least 15"),
    ],
)
async def test_a_password_that_is_not_taken_changes_nothing(
    new: str, again: str | None, problem: str
) -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        assert problem in await words(browser, new, again)

    assert await parts.accounts.read(lambda rows: rows.password(DEMO.id)) is None


async def test_wrong_present_passwords_are_counted_like_others() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await browser.sign_in(DEMO.email, GOOD)
        said = [
            await words(browser, BETTER, present="wrong") for _ in range(limits.TRIES_BURST + 1)
        ]
        page = (await browser.open("/account")).text

    assert "do not fit" in said[-2]
    assert "too many tries" in said[-1]
    assert f"Wrong passwords since you signed in: {limits.TRIES_BURST}" in page


async def test_a_new_password_signs_other_browsers_out_and_this_one_stays() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser, browser_at(parts) as other:
        for each in (browser, other):
            await each.enter(parts)
        before = browser.http.cookies[parts.services.web.cookie_name]
        await words(browser, GOOD)
        after = browser.http.cookies[parts.services.web.cookie_name]

        assert before != after
        assert 200 == (await browser.open("/account")).status_code
        assert 401 == (await other.open("/account")).status_code


async def test_open_pages_hear_of_every_change() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        with parts.services.bell.subscribe([SpaceId(bytes(16))]) as page:
            for path, fields in (
                ("/account/proof", {"password": GOOD}),
                ("/account/password", {"new": BETTER, "again": BETTER, "present": GOOD}),
                ("/account/browsers/end-all", {}),
            ):
                await browser.send(path, **fields)
                assert page.take().access, path


async def test_where_nothing_is_proved_nothing_can_be_changed() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        await browser.sign_in(DEMO.email, GOOD)
        parts.clock.advance(limits.PROOF_MS)
        page = (await browser.open("/account")).text
        refused = await browser.send("/account/browsers/end-all")
        wrong = await browser.send("/account/proof", password="wrong")
        proved = await browser.send("/account/proof", password=GOOD)
        after = (await browser.open("/account")).text

    assert "Confirm that it is you" in page
    assert "Sign out everywhere" not in page
    assert (403, True) == (refused.status_code, "Confirm first" in refused.text)
    assert (403, True) == (wrong.status_code, "do not fit" in wrong.text)
    assert 303 == proved.status_code
    assert "Confirm that it is you" not in after
    assert "Sign out everywhere" in after


async def test_whoever_has_no_way_to_prove_it_is_told_whom_to_ask() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        parts.clock.advance(limits.PROOF_MS)

        assert "neither a passkey nor a password" in (await browser.open("/account")).text


async def test_browsers_are_listed_and_ended_one_by_one() -> None:
    parts = await site_with(DEMO)
    chrome = "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36"
    async with browser_at(parts) as browser, browser_at(parts, user_agent=chrome) as other:
        await other.enter(parts)
        parts.clock.advance(1000)
        await browser.enter(parts)
        page = (await browser.open("/account")).text
        ended = re.search(r'name="browser" value="([0-9a-f]{64})"', page)
        assert ended is not None
        await browser.send("/account/browsers/end", browser=ended[1])
        again = await browser.send("/account/browsers/end", browser=ended[1])
        strange = await browser.send("/account/browsers/end", browser="no id")

        assert page.index("Firefox on Linux") < page.index("Chrome on Windows")
        assert "127.0.0.1" not in page
        assert 401 == (await other.open("/account")).status_code
        assert 200 == (await browser.open("/account")).status_code
    assert [404, 404] == [again.status_code, strange.status_code]
    assert ("session_ended", "Chrome on Windows") in await told(parts)


async def test_signing_out_everywhere_ends_this_one_too() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser, browser_at(parts) as other:
        for each in (browser, other):
            await each.enter(parts)
        gone = await browser.send("/account/browsers/end-all")

        assert (303, "/") == (gone.status_code, gone.headers["location"])
        assert '"cache"' == gone.headers["clear-site-data"]
        assert parts.services.web.cookie_name not in browser.http.cookies
        assert 401 == (await other.open("/account")).status_code
    assert [] == await sessions_of(parts)


@pytest.mark.parametrize(
    "path",
    [
        "/account/proof",
        "/account/proof/passkey",
        "/account/proof/passkey/challenge",
        "/account/password",
        "/account/passkeys",
        "/account/passkeys/challenge",
        "/account/passkeys/rename",
        "/account/passkeys/remove",
        "/account/browsers/end",
        "/account/browsers/end-all",
    ],
)
async def test_each_form_belongs_to_its_session_and_page(path: str) -> None:
    parts = await site_with(DEMO, OTHER)
    async with browser_at(parts) as browser, browser_at(parts) as other:
        nobody = await browser.http.post(path, data={"form_token": "x"})
        await browser.enter(parts)
        await other.enter(parts, OTHER)
        theirs = await other.form_token()
        forged = await browser.http.post(path, data={"form_token": theirs})
        bare = await browser.http.post(path)
        browser.http.headers["Origin"] = "https://evil.example"
        foreign = await browser.send(path)

    assert [401, 403, 403, 403] == [each.status_code for each in (nobody, forged, bare, foreign)]
    assert 2 == len(await sessions_of(parts)) + len(await sessions_of(parts, OTHER))


async def test_passkeys_are_named_and_removed_one_by_one() -> None:
    parts = await site_with(DEMO)
    phone, tablet = Authenticator(SITE, b"phone"), Authenticator(SITE, b"tablet")
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        await browser.add_passkey(phone, "Phone")
        await browser.add_passkey(tablet, "Tablet")
        await browser.send("/account/passkeys/rename", passkey=b"phone".hex(), name="<b>Mine")
        page = (await browser.open("/account")).text
        await browser.send("/account/passkeys/remove", passkey=b"tablet".hex())
        strange = await browser.send("/account/passkeys/remove", passkey="no id")
        left = (await browser.open("/account")).text

    assert "<strong>&lt;b&gt;Mine</strong>" in page
    assert (True, False) == ("<strong>Tablet" in page, "<strong>Tablet" in left)
    assert 404 == strange.status_code
    for line in ("Passkey added: Tablet", "Passkey renamed: &lt;b&gt;Mine", "removed: Tablet"):
        assert line in left


async def test_more_passkeys_than_are_kept_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PASSKEYS_MAX", 1)
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        await browser.add_passkey(Authenticator(SITE, b"phone"))
        refused = await browser.add_passkey(Authenticator(SITE, b"tablet"))

    assert (413, True) == (refused.status_code, "which is the most" in refused.text)


async def test_a_server_without_passwords_sets_none() -> None:
    parts = await site_with(DEMO, takes_passwords=False)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        page = (await browser.open("/account")).text
        refused = await browser.send("/account/password", new=GOOD, again=GOOD)

    assert 'id="new"' not in page
    assert (400, True) == (refused.status_code, "No passwords are taken here" in refused.text)
    assert await parts.accounts.read(lambda rows: rows.password(DEMO.id)) is None


async def test_only_so_many_browsers_are_signed_in() -> None:
    parts = await site_with(DEMO)
    for number in range(limits.WEB_SESSIONS_MAX + 1):
        parts.clock.advance(1)
        now = parts.clock.now_ms()
        await parts.accounts.write(
            lambda rows, n=number, now=now: open_web_session(rows, DEMO, f"token {n}", now)
        )
    kept = await sessions_of(parts)
    parts.clock.advance(limits.WEB_SESSION_IDLE_MS)
    async with browser_at(parts) as browser:
        await browser.enter(parts)

    assert limits.WEB_SESSIONS_MAX == len(kept)
    assert parts.clock.now_ms() > min(each.created_at for each in kept)
    assert 1 == len(await sessions_of(parts))
