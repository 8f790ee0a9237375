"""Pictures of every page: light and dark, at 320 to 3840 px, and printed, into ``screenshots/``.

Run ``make screenshots`` and look at them with a careful eye; the folder is not kept by git. Names
of pages behind ``python -m tests.browser.screenshots`` take those alone.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from playwright.async_api import Browser, PdfMargins

from tests.browser.chromium import chromium
from tests.browser.own_screenshots import Window, said, shoot_own
from tests.support import circles
from tests.support.journey import Journey, tell
from tests.support.shared_lanes import DAY_MS, Writer
from tests.support.web_site import OTHER, START, THERAPIST, Site, new_site, served, timeline_path
from trailmark_adapters.clock import local_time
from trailmark_server.members import circle
from trailmark_server.members.hand_overs import hand_over
from trailmark_server.pages.circle import cookie_name
from trailmark_server.storage.accounts import AccountRows, Passkey, Password
from trailmark_server.therapists.notices import add_notice
from trailmark_shared.events.body import Body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    ContactGiven,
    ExpectationWritten,
    InterventionPlanned,
    ReviewScheduled,
)
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import SpaceId, text_from_id

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "screenshots"
WIDTHS = (320, 360, 768, 1440)
WALL = (3840, 2160)
SHEETS = ("session", "plan", "audit", "audit-checked")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SETTLE_MS = 400
MARGIN: Final[PdfMargins] = {"top": "15mm", "right": "15mm", "bottom": "15mm", "left": "15mm"}


async def furnished() -> tuple[Site, dict[str, str]]:
    """Return a site with some people, and the address of each page by name."""
    site = await new_site()
    await circles.tell(await circles.supported(site=site, number=60))
    mira, ended, quiet = Writer(1), Writer(20), Writer(40)
    mira.let_in(THERAPIST.id, THERAPIST.name, START)
    journey = tell(mira, START)
    grant = ended.let_in(THERAPIST.id, THERAPIST.name, START)
    ended.stop_sharing(grant, START + 35 * DAY_MS)
    quiet.let_in(THERAPIST.id, THERAPIST.name, START)
    write_together(mira, journey.end)
    people = ((quiet, "Sunniva"), (ended, "J. K."), (mira, "Mira (Tuesdays)"))
    for place, (writer, label) in enumerate(people):
        await site.know(writer.space, label, joined_at=START - place)
        await site.deliver(writer)
    await site.know(SpaceId(bytes([77]) * 16), "Sam", confirmed=False, joined_at=site.clock.ms)
    await answer_together(site, mira)
    await site.sign_in(OTHER, "colleague")
    await hand_over(site.services, site.signed_in, text_from_id(mira.space), OTHER.email)
    await site.services.accounts.write(lambda rows: set_up(rows, site.clock.ms))
    return site, pages_of(mira, ended, quiet, journey)


def write_together(mira: Writer, at: int) -> None:
    """Let a person write down what both sides do together."""
    mira.write(mira.new_id(), ExpectationWritten(text="That I may be slow"), at=at)
    mira.write(mira.new_id(), AgendaItemAdded(text="The way home by train"), at=at)
    held = mira.new_id()
    mira.write(held, ReviewScheduled(on="2026-11-10", text="All of it"), at=at)


async def answer_together(site: Site, mira: Writer) -> None:
    """Let the therapist add to it."""
    for data in (
        InterventionPlanned(text="Breathing out longer than in", often="each evening"),
        ContactGiven(name="Dr Demo", phone="030 123 456", hours="weekdays, 9 to 12"),
    ):
        await say(site, mira, data)


async def say(site: Site, mira: Writer, data: EventData) -> None:
    """Write as the therapist into a person's lane."""
    local = local_time(site.clock.ms, "Europe/Berlin")
    known = type_of(data)
    body = Body(
        type=known.name,
        ver=known.ver,
        subject=bytes(16),
        occurred_at=local.isoformat(timespec="seconds"),
        zone="Europe/Berlin",
        day=local.date().isoformat(),
        recorded_at=site.clock.ms,
        data=data,
    )
    await site.say(mira, site.services.randomness.token(16), body)


def set_up(rows: AccountRows, now: int) -> None:
    """Give the therapist a password, a passkey and something that happened."""
    rows.save_password(Password(therapist=THERAPIST.id, hash="unused", changed_at=now))
    passkey = Passkey(
        credential=b"key",
        therapist=THERAPIST.id,
        public_key=b"cose",
        sign_count=0,
        name="Phone",
        created_at=now,
    )
    rows.save_passkey(passkey)
    add_notice(rows, THERAPIST.id, "passkey_added", now)


def pages_of(mira: Writer, ended: Writer, quiet: Writer, journey: Journey) -> dict[str, str]:
    """Return the address of each page by the name of its pictures."""
    goals = timeline_path(mira).replace("timeline", "goals/")
    goal = goals + text_from_id(journey.goal)
    return {
        "people": "/people",
        "invite": "/people/invite",
        "invite-made": "/people/invite?made",
        "hand-over": timeline_path(quiet).replace("timeline", "hand-over"),
        "hand-over-made": timeline_path(mira).replace("timeline", "hand-over"),
        "account": "/account",
        "timeline": timeline_path(mira),
        "timeline-empty": timeline_path(quiet),
        "plan": timeline_path(mira).replace("timeline", "plan"),
        "plan-empty": timeline_path(quiet).replace("timeline", "plan"),
        "session": timeline_path(mira).replace("timeline", "session"),
        "session-empty": timeline_path(quiet).replace("timeline", "session"),
        "goal": goal,
        "propose-change": timeline_path(mira).replace("timeline", "proposals/new?")
        + f"what=goal_change&goal={text_from_id(journey.goal)}",
        "audit": f"{goal}/audit",
        "audit-checked": f"{goals}{text_from_id(journey.panic)}/audit?check=1&moment=1"
        "&diff_since=2026-10-01&diff_until=2026-11-05",
        "timeline-filtered": timeline_path(mira) + "?kind=check_in",
        "goal-conflict": goals + text_from_id(journey.panic),
        "goal-on-a-past-day": f"{goal}?as_of=2026-10-10",
        "sharing-ended": timeline_path(ended),
        "not-there": "/people/nobody/timeline",
        "enter": "/enter/an-example",
        "sign-in": "/sign-in?signed-out",
        "welcome": "/",
        "supporter": "/with",
        "supporter-link": "/with/an-example",
        "supporter-closed": "/with?closed",
        "supporter-left": "/with-left",
    }


def cookies_of(site: Site, url: str, name: str, address: str, supporter: str) -> Any:  # noqa: ANN401  (as Playwright takes them)
    """Return the cookies that a page is opened with."""
    values = {
        site.services.web.cookie_name: "" if "signed-out" in address else site.token,
        cookie_name(site.services): "" if "closed" in name else supporter,
    }
    return [{"name": key, "value": value, "url": url} for key, value in values.items()]


async def windows_of(browser: Browser) -> list[Window]:
    """Return a window for every width and scheme."""
    return [
        (
            f"{width}-{scheme}",
            width,
            await browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            ),
        )
        for scheme in SCHEMES
        for width in WIDTHS
    ]


async def shoot(
    windows: Sequence[Window], url: str, site: Site, pages: dict[str, str]
) -> list[str]:
    """Take every picture; return what is wider than its window."""
    wide: list[str] = []
    supporter = await circle.open_link(site.services, circles.TOKEN)
    for name in said(pages, "members' pages"):  # in every window, so that none is a later visit
        for window, width, context in windows:
            await context.add_cookies(cookies_of(site, url, name, pages[name], supporter))
            page = await context.new_page()
            await page.goto(url + pages[name])
            if name == "invite-made":
                await page.get_by_label("What you call them").fill("Jonas (Fridays)")
                await page.get_by_role("button", name="Make a code").click()
                await page.get_by_role("heading", name="For Jonas (Fridays)").wait_for()
            await page.wait_for_timeout(SETTLE_MS)
            if await page.locator("html").evaluate("html => html.scrollWidth") > width:
                wide.append(f"{name} at {width} px")
            await page.screenshot(path=FOLDER / f"{name}-{window}.png", full_page=True)
            await page.close()
    return wide


async def shoot_wall(browser: Browser, url: str, site: Site, pages: dict[str, str]) -> None:
    """Take a picture of every page on a wall of 3840 px, and print the sheets that people print."""
    context = await browser.new_context(viewport={"width": WALL[0], "height": WALL[1]})
    supporter = await circle.open_link(site.services, circles.TOKEN)
    for name in said(pages, "on a wall"):
        await context.add_cookies(cookies_of(site, url, name, pages[name], supporter))
        page = await context.new_page()
        await page.goto(url + pages[name])
        await page.wait_for_timeout(SETTLE_MS)
        await page.screenshot(path=FOLDER / f"{name}-{WALL[0]}.png")
        if name in SHEETS:
            await page.pdf(path=FOLDER / f"{name}.pdf", format="A4", margin=MARGIN)
        await page.close()
    await context.close()


async def main(names: Sequence[str]) -> int:
    """Serve a furnished site, take the pictures of ``names`` or all, and return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    site, every = await furnished()
    pages = {name: address for name, address in every.items() if name in (names or every)}
    async with served(site) as url, chromium() as browser:
        windows = await windows_of(browser)
        wide = await shoot(windows, url, site, pages)
        await shoot_wall(browser, url, site, pages)
        if pages == every or any(each.startswith("own-") for each in names):
            wide += await shoot_own(windows, FOLDER, [each for each in names if "own-" in each])
    kept = [each for each in FOLDER.iterdir() if each.suffix in {".png", ".pdf"}]
    sys.stdout.write(f"{len(kept)} pictures in {FOLDER.name}/\n")
    sys.stdout.writelines(f"too wide: {each}\n" for each in wide)
    return 1 if wide else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
