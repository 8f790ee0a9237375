"""A therapist's walks that other files do not take: by keys, without script, through the audit."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import EVERYTHING, DeviceFolder, add_device
from tests.support.scene import EMAIL, Scene, SignIn, Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TITLE = "Sing in the choir again"
DAYS_S = 3 * 24 * 3600
EMPTIED_MS = 1000


@pytest.fixture(scope="module", autouse=True)
def goal(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two devices of Mira change one goal apart; somebody else shares nothing yet."""
    phone, laptop = scene.phone, DeviceFolder(tmp_path_factory.mktemp("laptop") / "laptop")
    goal = str(scene.send("goal", "add", TITLE, "--why", "For the joy of it", "--share")["id"])
    add_device(phone, laptop)
    laptop.run("sync")
    reason = ("--reason", "new-insight")
    phone.run("goal", "reword", goal, "Sing on Tuesdays", *reason)
    laptop.run("goal", "reword", goal, "Sing with others", *reason)
    for device in (phone, laptop, phone):
        device.run("sync")
    quiet = DeviceFolder(tmp_path_factory.mktemp("quiet") / "phone")
    invited = scene.server.admin(
        "invite", "--therapist", EMAIL, "--label", "Sunniva", "--confirmed"
    )
    quiet.run("connect", scene.server.url, invited["code"], *EVERYTHING)
    return goal


def open_person(page: Page, name: str = "Mira (Tuesdays)") -> str:
    """Open a person's timeline and return the address of the pages about them."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/timeline")
    return page.url.removesuffix("/timeline")


def words_read_out(device: DeviceFolder, goal: str) -> str:
    """Return what the person reads out of the lane that a goal is in."""
    lane = device.run("goal", "show", goal)["goal"]["lane"]
    lanes = device.run("status", "--words")["lanes"]
    return str(next(each["words"] for each in lanes if each["lane"] == lane))


def test_filters_take_goal_changes_and_words(scene: Scene, sign_in: SignIn) -> None:
    scene.send("win", "I hummed in the kitchen")
    page = sign_in()
    open_person(page)
    rows = page.locator(".row")

    page.get_by_label("Words").fill("kitchen")
    page.get_by_label("Words").press("Enter")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("noted a win")

    page.get_by_role("link", name="Show everything").click()
    page.get_by_label("Changes only").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".row", has_text="changed the wording").first).to_be_visible()
    expect(page.locator(".row", has_text="noted a win")).to_have_count(0)

    page.get_by_label("Changes only").uncheck()
    page.locator("#filter-goal").select_option(index=1)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".row", has_text="shared the goal")).to_be_visible()
    expect(page.locator(".row", has_text="noted a win")).to_have_count(0)


def test_late_arrival_stands_on_its_day_and_among_what_arrived(
    scene: Scene, sign_in: SignIn
) -> None:
    page = sign_in()
    open_person(page)
    expect(page.locator("#live-state")).to_have_text("Live")
    scene.phone.shift_s = -DAYS_S
    scene.phone.run("win", "Written three days ago")
    scene.phone.shift_s = 0
    scene.phone.run("sync")

    row = page.locator(".row", has_text="Written three days ago")
    expect(row).to_contain_text("recorded 3 days before it synced")
    expect(page.locator(".day").last).to_contain_text("Written three days ago")
    page.locator("#arrived summary").click()
    expect(page.locator("#arrived")).to_contain_text("recorded 3 days before it synced")


def test_comment_is_written_by_keys_alone(sign_in: SignIn) -> None:
    page = sign_in()
    open_person(page)
    row = page.locator(".row", has_text="shared the goal").first
    summary = row.locator("summary")
    for _ in range(80):
        page.keyboard.press("Tab")
        if summary.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("By keys alone")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(row.locator(".comment", has_text="By keys alone")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Your comment is sent.")).to_have_count(1)


def test_what_was_not_right_is_where_reading_goes_on(sign_in: SignIn, goal: str) -> None:
    page = sign_in(java_script_enabled=False)
    page.goto(f"{open_person(page)}/goals/{goal}")
    page.get_by_role("link", name="Propose a change").first.click()
    page.get_by_role("button", name="Propose it to Mira").click()

    expect(page.get_by_role("alert")).to_have_text("It says exactly that already.")
    expect(page.get_by_role("alert")).to_be_focused()


def test_audit_goes_through_time_and_sets_what_was_apart_side_by_side(
    sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    watched = Watched(page)
    base = open_person(page)
    page.goto(f"{base}/goals/{goal}/audit")
    apart = page.get_by_text("written while apart from another change; both are kept")
    expect(apart.first).to_be_visible()
    expect(page.locator(".history")).to_contain_text("Sing on Tuesdays")
    expect(page.locator(".history")).to_contain_text("Sing with others")
    expect(page.locator(".history")).to_contain_text("Could see it: Dr Okafor")
    expect(page.locator(".history")).to_contain_text("You opened a page")

    page.get_by_label("Moment, from its beginning to now").focus()
    page.keyboard.press("Home")
    page.locator(".slider").get_by_role("button", name="Show").press("Enter")
    then, now = page.locator(".two-states > div").all()
    expect(then.get_by_role("heading")).to_have_text("As you could see it then")
    expect(then).to_contain_text(TITLE)
    expect(now.get_by_role("heading")).to_have_text("As it is known now")

    page.get_by_label("End of", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#instant ~ ul").first).to_contain_text("For the joy of it")
    expect(page.get_by_label("End of", exact=True)).to_have_value("2020-01-01")
    with page.expect_download() as taken:
        page.get_by_role("link", name="(FHIR)").click()
    assert '"resourceType"' in Path(taken.value.path()).read_text("utf-8")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="As a table (CSV)")).to_be_hidden()
    expect(page.locator(".history")).to_be_visible()
    assert [] == watched.complaints


def test_a_whole_walk_without_script(scene: Scene, sign_in: SignIn, goal: str) -> None:
    page = sign_in(java_script_enabled=False)
    base = open_person(page)
    page.get_by_label("Kind").select_option("Wins")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".row", has_text="shared the goal")).to_have_count(0)

    page.goto(f"{base}/session")
    page.get_by_label("Next session").fill("2096-11-27T17:00")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Next session: 27 Nov 2096")).to_be_visible()

    page.goto(f"{base}/goals/{goal}")
    page.get_by_role("link", name="Propose a change").first.click()
    page.get_by_label("Why it matters, as you propose it").fill("To be among people")
    page.get_by_role("button", name="Propose it to Mira").click()
    expect(page.locator("#proposals ~ ul")).to_contain_text("Waiting for their answer")

    page.goto(f"{base}/goals/{goal}/audit")
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator("#instant")).to_be_visible()
    page.get_by_label("Words of their device").fill(words_read_out(scene.phone, goal))
    page.get_by_role("button", name="Recompute every hash now").click()
    expect(page.get_by_text("entries fit")).to_be_visible()
    expect(page.get_by_text("The words are the same")).to_be_visible()

    page.goto(f"{scene.server.url}/people/invite")
    page.get_by_label("What you call them").fill("Jonas")
    page.get_by_role("button", name="Make a code").click()
    expect(page.get_by_role("heading", name="For Jonas")).to_be_visible()


def test_nothing_shared_is_said_calmly_and_nothing_moves(sign_in: SignIn) -> None:
    page = sign_in(reduced_motion="reduce", color_scheme="dark")
    base = open_person(page, "Sunniva")
    expect(page.get_by_text("Nothing shared yet, and that is fine.")).to_be_visible()
    page.goto(f"{base}/session")
    expect(page.get_by_text("Nothing new was shared, and that is fine.")).to_be_visible()
    page.goto(f"{base}/plan")
    expect(page.get_by_text("No goal is shared yet, and that is fine.")).to_be_visible()
    assert 0 == page.evaluate("document.getAnimations().length")


def test_hidden_page_empties_within_a_second(scene: Scene, sign_in: SignIn) -> None:
    hidden = sign_in()
    open_person(hidden)
    expect(hidden.locator("#live-state")).to_have_text("Live")
    front = hidden.context.new_page()
    front.goto(f"{scene.server.url}/people")
    front.bring_to_front()

    scene.stop_sharing()

    heading = hidden.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Sharing ended on", timeout=EMPTIED_MS)
    expect(hidden.get_by_text("Sing")).to_have_count(0)
