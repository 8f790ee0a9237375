"""The app beside other devices of the same person: joined end to end, and in one state with all."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser_app import (
    NEEDS_APP,
    SENT,
    START_MS,
    PhoneBrowser,
    connect_therapist,
    kept_for_offline,
    share_goal,
    typed_from_paper,
    view_is_kept,
    write_goal,
)
from tests.support.processes import DeviceFolder, ServerProcess, connect
from tests.support.whole import server_state_hash

pytestmark = [*NEEDS_APP, pytest.mark.timeout(600)]
REASON = ("--reason", "new-insight")


def show(page: Page, server: ServerProcess, address: str) -> None:
    page.goto(f"{server.url}/app/#{address}")


def let_laptop_in(page: Page, server: ServerProcess, laptop: DeviceFolder) -> None:
    """Make a code in the app, type it on the laptop, compare the words, say yes in the app."""
    show(page, server, "/devices/invite")
    page.get_by_label("Keep a sealed copy on the server").check()
    page.get_by_role("button", name="Make a code").click()
    join = ("device", "join", server.url, page.locator("p.code").inner_text())
    asked = laptop.run(*join, "--wait", "0")
    assert not asked["joined"]
    expect(page.locator("p.phrase")).to_have_text(asked["phrase"], timeout=START_MS)
    page.get_by_role("button", name="It shows the same words").click()
    expect(page.get_by_text("It is a device of yours now.")).to_be_visible(timeout=START_MS)
    assert laptop.run(*join)["joined"]


IS_KEPT_ONCE_IT_IS_GONE = """
async (words) => {
  for (;;) {
    const answer = await trailmark.ask("/");
    if (!(await answer.text()).includes(words)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("trailmark-view");
  const file = await folder.getFileHandle("today").catch(() => null);
  return file !== null && (await (await file.getFile()).text()).includes(words);
}
"""


def erased_elsewhere(page: Page, laptop: DeviceFolder, goal: str, words: str) -> None:
    """Erase a goal on the laptop; what the app keeps for its next start never outlives that."""
    page.get_by_role("link", name="Today").click()
    view_is_kept(page, words)
    laptop.run("erase", goal, "--yes")
    laptop.run("sync")
    assert not page.evaluate(IS_KEPT_ONCE_IT_IS_GONE, words)


def all_erased_elsewhere(page: Page, laptop: DeviceFolder) -> None:
    """Erase everything on the laptop; the app begins anew, and says why."""
    laptop.run("erase", "--everything", "--yes")
    beginning = page.get_by_role("heading", name="What would you like to be different?")
    expect(beginning).to_be_visible(timeout=START_MS)
    expect(page.get_by_text("Another device of yours erased everything")).to_be_visible()


def hold_the_same(page: Page, server: ServerProcess, laptop: DeviceFolder) -> dict[str, str]:
    """Exchange until the app shows every value that the laptop shows; return them."""
    show(page, server, "/state")
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    laptop.run("sync")
    hashes = laptop.state_hashes()
    for lane, shown in hashes.items():
        code = page.locator(f'#compare code[data-lane="{lane}"]')
        expect(code).to_have_text(shown, timeout=START_MS)
    return hashes


def test_goal_of_a_plane_the_laptops_edit_and_the_therapists_page_end_in_one_state(
    server: ServerProcess, phone: PhoneBrowser, tmp_path: Path
) -> None:
    laptop = DeviceFolder(tmp_path / "laptop")
    page, watched = phone.open(server.url)
    kept_for_offline(page)
    write_goal(page, "Sleep before midnight")
    therapist = connect_therapist(page, server)
    let_laptop_in(page, server, laptop)

    # In the plane: a goal is written and shared, and counted as not sent.
    server.kill()
    show(page, server, "/begin")
    write_goal(page, "Swim once a week")
    share_goal(page, "Swim once a week")
    expect(page.locator("#sync")).to_contain_text("not sent yet")
    server.start()
    expect(page.locator("#sync")).to_contain_text(SENT, timeout=START_MS)
    laptop.run("sync")
    (goal,) = (
        each["id"]
        for each in laptop.run("goal", "list")["goals"]
        if each["title"] == "Swim once a week"
    )

    # Apart from each other, both go on with it.
    server.kill()
    laptop.run("goal", "reword", goal, "Swim twice a week", *REASON)
    show(page, server, f"/goals/{goal}/check-in")
    page.locator("label.number-choice", has_text="7").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#sync")).to_contain_text("not sent yet")
    server.start()
    laptop.run("sync")
    hashes = hold_the_same(page, server, laptop)

    (care,) = (lane for lane in hashes if lane.startswith("care/"))
    # In a thread of its own: the browser's driver has an event loop running in this one.
    with ThreadPoolExecutor(1) as beside:
        held = beside.submit(server_state_hash, server, laptop, care).result()
    assert hashes[care] == held
    show(page, server, f"/goals/{goal}")
    expect(page.get_by_role("heading", name="Swim twice a week")).to_be_visible()
    visit = phone.browser.new_context().new_page()
    visit.set_default_timeout(START_MS)
    visit.goto(therapist)
    visit.get_by_role("button", name="Sign in").click()
    visit.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    expect(visit.get_by_text("Swim twice a week").first).to_be_visible()
    erased_elsewhere(page, laptop, goal, "Swim twice a week")
    all_erased_elsewhere(page, laptop)
    assert [] == watched.complaints


def test_the_app_joins_the_laptop_and_its_recovery_code_brings_all_back(
    server: ServerProcess, phone: PhoneBrowser, playwright: Playwright, tmp_path: Path
) -> None:
    laptop = DeviceFolder(tmp_path / "laptop")
    laptop.run("goal", "add", "Call my sister")
    connect(server, laptop)
    laptop.run("private-copy", "on")
    laptop.run("sync")
    page, watched = phone.open(server.url)
    write_goal(page, "Swim once a week")

    code = laptop.run("device", "invite")["code"]
    show(page, server, "/devices/join")
    page.get_by_label("The code").fill(code)
    page.get_by_label("What do you call this device?").fill("my phone")
    page.get_by_role("button", name="Go on").click()
    words = page.locator("p.phrase").inner_text()
    assert "my phone" == laptop.run("device", "confirm", "--yes", "--words", words)["name"]
    heading = "This is a device of yours now"
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=START_MS)
    hold_the_same(page, server, laptop)

    show(page, server, "/recovery")
    page.get_by_role("button", name="Make a recovery code").click()
    paper = typed_from_paper(page)
    expect(page.get_by_text("The code counts from now on.")).to_be_visible(timeout=START_MS)
    assert [] == watched.complaints
    phone.kill()

    with PhoneBrowser(playwright, tmp_path / "new profile") as fresh:
        page, watched = fresh.open(server.url)
        show(page, server, "/recover")
        page.get_by_label("Your recovery code").fill(paper)
        page.get_by_role("button", name="Get everything back").click()
        expect(page.get_by_text(re.compile("Everything comes back now"))).to_be_visible()
        hold_the_same(page, server, laptop)
        show(page, server, "/")
        expect(page.get_by_role("heading", name="Swim once a week")).to_be_visible()
        assert [] == watched.complaints
