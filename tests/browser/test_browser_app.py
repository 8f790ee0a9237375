"""The app inside a real browser: offline, over crashes and updates, and in step with a server."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.icons import ICONS
from tests.support.browser_app import (
    NEEDS_APP,
    SENT,
    START_MS,
    PhoneBrowser,
    connect_therapist,
    kept_for_offline,
    share_goal,
    started,
    typed_from_paper,
    write_goal,
)
from tests.support.processes import DeviceFolder, ServerProcess

pytestmark = [*NEEDS_APP, pytest.mark.timeout(300)]


def test_first_goal_offline_outlives_a_killed_browser(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    page, watched = phone.open(server.url)
    kept_for_offline(page)
    server.kill()

    page.reload()
    started(page)
    write_goal(page, "Swim once a week")
    page.get_by_role("button", name="5", exact=True).click()
    expect(page.get_by_text("Today: 5 of 10")).to_be_visible()
    page.get_by_role("link", name="Note a win").click()
    page.get_by_role("textbox").press_sequentially("I went, and it was col")
    expect(page.locator("[data-draft-state][aria-busy=false]")).to_have_text(
        "Kept on this device as you type."
    )
    assert [] == watched.complaints

    phone.kill()
    phone.start()
    page, _ = phone.open(server.url)

    expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()
    expect(page.get_by_text("Today: 5 of 10")).to_be_visible()
    page.get_by_role("link", name="Note a win").click()
    expect(page.get_by_role("textbox")).to_have_value("I went, and it was col")


def test_goal_written_without_a_network_reaches_the_therapist(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    page, watched = phone.open(server.url)
    write_goal(page, "Swim once a week")
    link = connect_therapist(page, server)
    share_goal(page, "Swim once a week")
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    assert [] == watched.complaints

    therapist = phone.browser.new_context().new_page()
    therapist.set_default_timeout(START_MS)
    therapist.goto(link)
    therapist.get_by_role("button", name="Sign in").click()
    therapist.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    expect(therapist.get_by_text("Swim once a week").first).to_be_visible()


def test_a_second_window_asks_the_first_and_takes_over(
    server: ServerProcess, phone: PhoneBrowser
) -> None:
    first, _ = phone.open(server.url)
    write_goal(first, "Swim once a week")

    second, watched = phone.open(server.url)
    expect(second.get_by_role("heading", name="Swim once a week")).to_be_visible()
    first.close()
    second.get_by_role("button", name="5", exact=True).click()

    expect(second.get_by_text("Today: 5 of 10")).to_be_visible(timeout=START_MS)
    assert [] == watched.complaints


def test_a_backup_of_the_phone_is_put_back_on_a_computer(
    server: ServerProcess, phone: PhoneBrowser, tmp_path: Path
) -> None:
    page, watched = phone.open(server.url)
    write_goal(page, "Swim once a week")
    page.goto(f"{server.url}/app/#/state")
    page.get_by_role("link", name="A backup: everything in one sealed file").click()
    page.get_by_role("button", name="Make a recovery code").click()
    code = typed_from_paper(page)
    expect(page.get_by_text("The code opens your backups from now on.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make a backup now").click()
    expect(page.get_by_text("The backup is made.")).to_be_visible()
    download.value.save_as(tmp_path / "phone.backup")
    assert [] == watched.complaints

    computer = DeviceFolder(tmp_path / "computer")
    computer.run("restore", str(tmp_path / "phone.backup"), typed=f"{code}\n")

    assert ["Swim once a week"] == [each["title"] for each in computer.run("goal", "list")["goals"]]


def test_whatever_an_installation_asks_for_is_served(server: ServerProcess) -> None:
    with httpx.Client(base_url=f"{server.url}/app/", trust_env=False) as client:
        icons = client.get("manifest.webmanifest").json()["icons"]
        named = {each["src"]: (each["sizes"], each["purpose"]) for each in icons}
        touched = re.search(r'rel="apple-touch-icon" href="([^"]+)"', client.get("./").text)
        assert touched
        pictures = {name: client.get(name) for name in [*named, touched[1]]}

    drawings = {name: icon for name, icon in ICONS.items() if name != touched[1]}
    assert named == {"icon.svg": ("any", "any")} | {
        name: (f"{icon.size}x{icon.size}", "maskable" if icon.is_full else "any")
        for name, icon in drawings.items()
    }
    assert ICONS[touched[1]].is_full
    types = {
        name.rpartition(".")[2]: each.headers["content-type"] for name, each in pictures.items()
    }
    assert types == {"svg": "image/svg+xml", "png": "image/png"}


def test_days_follow_a_phone_that_travels(server: ServerProcess, phone: PhoneBrowser) -> None:
    page, watched = phone.open(server.url)
    write_goal(page, "Swim once a week")
    day = page.locator("[data-live=day] p")
    days: list[str | None] = []
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # 25 hours apart
        session: Any = page.context.new_cdp_session(page)
        session.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        page.get_by_role("link", name="Journal").click()
        expect(page.get_by_role("heading", name="Journal")).to_be_visible()
        page.get_by_role("link", name="Today").click()
        days.append(day.text_content())
        session.detach()

    assert len(set(days)) == 2
    assert [] == watched.complaints
