"""The sign-in page: works without script, says the same to everybody, leads on who is there."""

from tests.support.passwords import GOOD
from tests.support.sign_in import DEMO, browser_at, site_with


async def test_the_page_has_what_password_programs_look_for() -> None:
    async with browser_at(await site_with(DEMO)) as browser:
        page = (await browser.open("/sign-in")).text

    assert '<form class="fields-form" method="post" action="/sign-in">' in page
    for part in ('autocomplete="username"', 'autocomplete="current-password"', 'type="password"'):
        assert part in page
    assert "onpaste" not in page
    assert "<script>" not in page


async def test_an_email_is_given_back_and_a_password_is_not() -> None:
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        page = (await browser.sign_in('"><b>me@example.org', "some wrong words")).text

    assert 'value="&#34;&gt;&lt;b&gt;me@example.org"' in page
    assert "some wrong words" not in page


async def test_whoever_is_signed_in_is_led_on() -> None:
    parts = await site_with(DEMO)
    async with browser_at(parts) as browser:
        await browser.enter(parts)
        led = await browser.open("/sign-in")

    assert (303, "/people") == (led.status_code, led.headers["location"])


async def test_a_page_that_wants_a_session_leads_here() -> None:
    async with browser_at(await site_with(DEMO)) as browser:
        for path in ("/people", "/account"):
            page = await browser.open(path)
            assert (401, True) == (page.status_code, 'href="/sign-in"' in page.text)
        assert 'href="/sign-in"' in (await browser.open("/")).text


async def test_another_site_signs_nobody_in() -> None:
    """Whoever reads on believes to write into their own account, and writes into another's."""
    parts = await site_with(DEMO, password=GOOD)
    async with browser_at(parts) as browser:
        for origin in ("https://evil.example", "null", ""):
            browser.http.headers["Origin"] = origin
            refused = await browser.sign_in(DEMO.email, GOOD)
            assert (403, False) == (refused.status_code, bool(browser.http.cookies))
        del browser.http.headers["Origin"]
        for path in ("/sign-in", "/sign-in/passkey", "/sign-in/passkey/challenge"):
            assert 403 == (await browser.http.post(path)).status_code


async def test_a_form_that_is_none_is_refused_calmly() -> None:
    async with browser_at(await site_with(DEMO)) as browser:
        empty = await browser.http.post("/sign-in")
        several = await browser.http.post(
            "/sign-in",
            content="email=a&email=b&password=c&password=d",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        part = await browser.http.post("/sign-in", files={"email": b"x", "password": b"y"})

    assert [403, 403, 403] == [each.status_code for each in (empty, several, part)]
