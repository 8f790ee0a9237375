"""A therapist's way through the pages: a real server, a real browser, two people's real phones."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import EVERYTHING, DeviceFolder
from tests.support.scene import EMAIL, Scene, SignIn, Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PRIVATE = "Nobody may ever read these words"
TITLE = "Sing in the choir again"


@pytest.fixture(scope="module", autouse=True)
def goal(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two people share with the therapist; return the goal of the first."""
    scene.phone.run("reflect", PRIVATE)
    answer = scene.phone.run("goal", "add", TITLE, "--why", "For the joy of it", "--share")
    goal = str(answer["id"])
    for number in ("2", "4", "5"):
        scene.phone.run("check-in", goal, number)
    scene.phone.run("sync")
    other = DeviceFolder(tmp_path_factory.mktemp("other") / "phone")
    invited = scene.server.admin(
        "invite", "--therapist", EMAIL, "--label", "Jonas (Fridays)", "--confirmed"
    )
    other.run("connect", scene.server.url, invited["code"], *EVERYTHING)
    other.run("win", "I slept well")
    other.run("sync")
    return goal


def open_person(page: Page) -> str:
    """Open Mira's timeline and return the address of her pages."""
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    return page.url.removesuffix("/timeline")


def test_list_is_searched_and_stands_by_the_next_session(sign_in: SignIn) -> None:
    page = sign_in(timezone_id="Europe/Berlin")
    watched = Watched(page)
    people = page.locator("li.person h2 a")
    expect(people).to_have_text(["Mira (Tuesdays)", "Jonas (Fridays)"])
    jonas = page.locator("li.person", has_text="Jonas")
    jonas.get_by_role("link", name="Before a session").click()
    page.get_by_label("Next session").fill("2096-11-27T17:00")
    page.get_by_label("Again").select_option("every week")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Next session: 27 Nov 2096, 17:00")).to_be_visible()

    page.get_by_role("link", name="People", exact=True).first.click()
    expect(people).to_have_text(["Jonas (Fridays)", "Mira (Tuesdays)"])
    page.get_by_label("Name or second mark").fill("mira")
    page.get_by_role("button", name="Search").click()
    expect(people).to_have_text(["Mira (Tuesdays)"])
    assert [] == watched.complaints


def test_one_screen_before_a_session_holds_charts_and_news(scene: Scene, sign_in: SignIn) -> None:
    scene.send("win", "I sang under the shower")
    page = sign_in()
    open_person(page)

    page.get_by_role("link", name="Before a session").click()

    expect(page.locator(".chart-plot circle.dot")).to_have_count(3)
    expect(page.get_by_text("I sang under the shower")).to_be_visible()
    expect(page.get_by_text(PRIVATE)).to_have_count(0)


def test_open_timeline_takes_in_what_fits_its_filter(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_person(page)
    page.get_by_label("Kind").select_option("Check-ins")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#live-state")).to_have_text("Live")

    scene.phone.run("win", "This is no check-in")
    scene.send("check-in", goal, "7")

    expect(page.locator(".row", has_text="checked in: 7 of 10")).to_be_visible()
    expect(page.locator(".row", has_text="noted a win")).to_have_count(0)


def test_proposal_stands_beside_their_words_and_is_taken_up_live(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    watched = Watched(page)
    base = open_person(page)
    page.goto(f"{base}/goals/{goal}")
    page.get_by_role("link", name="Propose a change").click()
    expect(page.locator(".now", has_text=TITLE)).to_be_visible()
    page.get_by_label("In their own words, as you propose it").fill("Sing with others")
    page.get_by_role("button", name="Propose it to Mira").click()
    expect(page.locator("#proposals ~ ul")).to_contain_text("Waiting for their answer")
    expect(page.locator("#live-state")).to_have_text("Live")

    scene.phone.run("sync")
    (proposal,) = scene.phone.run("proposal", "list")["proposals"]
    scene.send("proposal", "accept", proposal["id"])

    expect(page.locator("#proposals ~ ul")).to_contain_text("Taken up")
    expect(page.locator(".history")).to_contain_text("Sing with others")
    page.get_by_label("I agree with it as it stands").check()
    page.get_by_role("button", name="Send your answer").click()
    expect(page.locator(".sides")).to_contain_text("Agrees with it as it stands")
    assert [] == watched.complaints


def test_audit_answers_and_recomputes(sign_in: SignIn, goal: str) -> None:
    page = sign_in()
    watched = Watched(page)
    base = open_person(page)
    page.goto(f"{base}/goals/{goal}")
    page.get_by_role("link", name="Audit this goal").click()

    page.get_by_role("button", name="Recompute every hash now").click()

    expect(page.get_by_text(re.compile("All \\d+ entries fit"))).to_be_visible()
    expect(page.get_by_text(PRIVATE)).to_have_count(0)
    with page.expect_download() as taken:
        page.get_by_role("link", name="As a table (CSV)").click()
    table = Path(taken.value.path()).read_text("utf-8")
    assert TITLE in table
    assert PRIVATE not in table
    assert [] == watched.complaints


def test_every_open_page_empties_itself_when_sharing_ends(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    first = sign_in()
    base = open_person(first)
    places = ("session", "plan", f"goals/{goal}", f"goals/{goal}/audit", "timeline?kind=goal")
    places += (f"proposals/new?what=goal_change&goal={goal}",)
    pages: list[Page] = []
    for place in places:
        page = first.context.new_page()
        page.goto(f"{base}/{place}")
        expect(page.locator("#live-state")).to_have_text("Live")
        expect(page.get_by_text("Sing").first).to_be_attached()
        pages.append(page)

    scene.stop_sharing()

    for page in pages:
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sharing ended on")
        expect(page.get_by_text("Sing")).to_have_count(0)
    first.goto(f"{base}/plan")
    expect(first.get_by_role("heading", level=1)).to_contain_text("Sharing ended on")
