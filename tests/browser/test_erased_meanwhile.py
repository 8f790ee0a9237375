"""What goes from an open page when the person erases it, and what of the reader's own stays."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.scene import Scene, SignIn

pytestmark = pytest.mark.browser

DRAFT = "Half a sentence about the swim"
THEIRS = "Swam in the lake"


@pytest.fixture(scope="module", autouse=True)
def goal(scene: Scene) -> str:
    answer = scene.send("goal", "add", "Paint on Sundays", "--why", "For the joy of it", "--share")
    return str(answer["id"])


def open_timeline(page: Page) -> None:
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")


def test_a_comment_on_what_is_erased_meanwhile_is_left_to_be_copied(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    win = scene.send("win", THEIRS, "--goal", goal)
    page = sign_in()
    open_timeline(page)
    row = page.locator(".row", has_text=THEIRS)
    row.locator("summary").click()
    row.get_by_label("Your comment").fill(DRAFT)

    scene.send("erase", str(win["id"]), "--yes")

    expect(page.get_by_text(THEIRS)).to_have_count(0)
    page.get_by_text("What you wrote").click()
    expect(page.get_by_label("What you wrote")).to_have_value(DRAFT)


def test_a_comment_on_what_is_taken_back_meanwhile_is_left_to_be_copied(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    win = scene.send("win", "Walked home", "--goal", goal)
    page = sign_in()
    open_timeline(page)
    row = page.locator(".row", has_text="Walked home")
    row.locator("summary").click()
    row.get_by_label("Your comment").fill(DRAFT)

    scene.send("undo", str(win["id"]))

    expect(row.get_by_text("taken back on")).to_be_visible()
    row.get_by_text("What you wrote").click()
    expect(row.get_by_label("What you wrote")).to_have_value(DRAFT)


@pytest.mark.parametrize("answer", ["503", "none"])
def test_a_page_that_cannot_be_drawn_without_what_was_erased_shows_nothing(
    scene: Scene, sign_in: SignIn, goal: str, answer: str
) -> None:
    win = scene.send("win", THEIRS, "--goal", goal)
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    expect(page.locator("#live-state")).to_have_text("Live")
    page.route(
        "**/goals/*", lambda route: route.abort() if answer == "none" else route.fulfill(status=503)
    )

    scene.send("erase", str(win["id"]), "--yes")

    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing to see here now")


def test_a_goal_that_is_erased_goes_from_its_open_page(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    expect(page.locator("#live-state")).to_have_text("Live")
    page.get_by_label("Your comment").fill(DRAFT)

    scene.send("erase", goal, "--yes")

    expect(page.get_by_text("For the joy of it")).to_have_count(0)
    expect(page.get_by_text("Paint on Sundays")).to_have_count(0)
    page.get_by_text("What you wrote").click()
    expect(page.get_by_label("What you wrote")).to_have_value(DRAFT)
