"""Signing in, in a real browser: by an authenticator in software, and without script."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from tests.browser.chromium import chromium
from tests.support.passwords import BETTER, GOOD
from tests.support.server import RunningServer, running_server
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.therapists import accounts
from trailmark_server.tokens import TOKEN_BYTES, token_text

pytestmark = pytest.mark.browser

EMAIL = "demo@example.org"
TWICE = """async () => {
  const button = document.querySelector("main button");
  button.click();
  await fetch("/health");
  button.click();
}"""
"""Presses again while the first press is on its way."""

FOLDER = "navigator.storage.getDirectory()"


class Visitor:
    """A page at a server, and what its console complained of."""

    def __init__(self, server: RunningServer, context: BrowserContext, page: Page) -> None:
        self.server = server
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and "status of 403" not in text:
            self.complaints.append(text)

    async def open(self, path: str) -> None:
        await self.page.goto(self.server.url + path)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def link(self) -> str:
        """Return the address of a link that works once."""
        services = self.server.services
        token = token_text(services.randomness.token(TOKEN_BYTES))

        def work(rows: AccountRows) -> None:
            known = rows.therapist_by_email(EMAIL) or accounts.add_therapist(
                rows, b"m" * 16, "Dr Demo", EMAIL, services.now()
            )
            accounts.add_sign_in_link(rows, known, token, services.now())

        await services.accounts.write(work)
        return f"/enter/{token}"

    async def enter(self) -> None:
        """Sign in by a link."""
        await self.open(await self.link())
        await self.press("Sign in")
        await expect(self.page).to_have_url(f"{self.server.url}/people")


@asynccontextmanager
async def visitor(data: Path, **options: Any) -> AsyncGenerator[Visitor]:  # noqa: ANN401
    """Open a browser in front of a server that is called localhost."""
    async with running_server(data, name="localhost") as server, chromium() as browser:
        context = await browser.new_context(**options)
        yield Visitor(server, context, await context.new_page())


async def authenticator(visitor: Visitor) -> tuple[Any, str]:
    """Give the browser an authenticator that agrees to everything."""
    # The types of the protocol's messages are not known to the library.
    devtools: Any = await visitor.context.new_cdp_session(visitor.page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


async def test_a_passkey_is_made_used_and_removed(tmp_path: Path) -> None:
    async with visitor(tmp_path) as at:
        devtools, key = await authenticator(at)
        page = at.page
        await at.enter()
        await page.get_by_role("link", name="Choose how you sign in next time").click()
        await page.get_by_label("What you call it").fill("Work laptop")
        await at.press("Add a passkey")
        await expect(page.locator("#passkeys ~ .entries")).to_contain_text("Work laptop")
        buttons = await page.locator("#passkeys ~ .entries button").all()
        tops = {(await each.bounding_box() or {}).get("y") for each in buttons}
        assert 1 == len(tops), "they stand in one line"

        await page.locator(".masthead button").click()
        await page.get_by_role("link", name="Sign in").click()
        await at.press("Sign in with a passkey")
        await expect(page).to_have_url(f"{at.server.url}/people")
        await expect(page.get_by_text("Choose how you sign in next time")).to_have_count(0)

        await page.get_by_role("link", name="Account").click()
        await expect(page.locator("#notices ~ .entries")).to_contain_text("Signed in by a passkey")
        await page.get_by_role("button", name="Remove Work laptop").click()
        await expect(page.get_by_text("None yet.").first).to_be_visible()
        await page.locator(".masthead button").click()
        await at.open("/sign-in")
        await at.press("Sign in with a passkey")
        await expect(page.get_by_role("alert")).to_contain_text("This passkey was not taken")

        await devtools.send(
            "WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False}
        )
        await at.press("Sign in with a passkey")
        await expect(page.locator("[data-passkey] .problem")).to_contain_text("Nothing happened")
        assert [] == at.complaints


async def test_a_link_that_is_pressed_twice_is_used_once(tmp_path: Path) -> None:
    """The browser would throw away the answer that signs in; the second one cannot."""
    sent, answer = list[str](), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            await answer.wait()
        await route.continue_()

    async with visitor(tmp_path) as at:
        await at.page.route("**/enter/*", hold)
        await at.open(await at.link())
        await at.page.evaluate(TWICE)
        answer.set()
        await expect(at.page).to_have_url(f"{at.server.url}/people")

    assert 1 == len(sent)


async def test_signing_out_leaves_alone_what_the_app_keeps_in_the_same_browser(
    tmp_path: Path,
) -> None:
    """The store of the app at ``/app`` lies in the private folder of this very origin."""
    async with visitor(tmp_path) as at:
        await at.enter()
        await at.page.evaluate(
            f"{FOLDER}.then((folder) => folder.getDirectoryHandle('store', {{create: true}}))"
        )
        await at.page.locator(".masthead button").click()
        await expect(at.page).to_have_url(f"{at.server.url}/")

        kept = await at.page.evaluate(
            f"{FOLDER}.then(async (folder) => (await folder.keys().next()).value)"
        )

    assert "store" == kept


async def test_all_else_works_without_script(tmp_path: Path) -> None:
    async with visitor(tmp_path, java_script_enabled=False) as at:
        page = at.page
        await at.enter()
        await at.open("/account")
        await expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        await page.get_by_label("New password", exact=True).fill(GOOD)
        await page.get_by_label("New password once more").fill(GOOD)
        await at.press("Set the password")
        await expect(page.locator("#notices ~ .entries")).to_contain_text("Password set")

        await page.locator(".masthead button").click()
        await at.open("/sign-in")
        for password in ("wrong", GOOD):
            await page.get_by_label("Email").fill(EMAIL)
            await page.get_by_label("Password", exact=True).fill(password)
            await at.press("Sign in")
        await expect(page).to_have_url(f"{at.server.url}/people")

        await at.open("/account")
        await page.get_by_label("Present password").fill(GOOD)
        await page.get_by_label("New password", exact=True).fill(BETTER)
        await page.get_by_label("New password once more").fill(BETTER)
        await at.press("Change the password")
        notices = page.locator("#notices ~ .entries")
        await expect(notices).to_contain_text("Password changed")
        await expect(notices).to_contain_text("Wrong passwords before you signed in: 1")
        await at.press("Sign out everywhere, here too")
        await expect(page).to_have_url(f"{at.server.url}/")


@pytest.mark.parametrize("width", [320, 1440])
async def test_pages_fit_every_width(tmp_path: Path, width: int) -> None:
    async with visitor(tmp_path, viewport={"width": width, "height": 800}) as at:
        for path in ("/sign-in", "/account"):
            await at.open(path)
            wide = await at.page.locator("html").evaluate("html => html.scrollWidth")
            assert wide <= width
            await at.enter()
