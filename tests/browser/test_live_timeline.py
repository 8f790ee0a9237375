"""The live timeline in a real browser, before a real server, moved by a real phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.scene import Scene, SignIn, Watched

pytestmark = pytest.mark.browser

DEAF = """() => document.querySelector("[data-live]").addEventListener("ended",
  (event) => event.stopImmediatePropagation(), true)"""
"""Lets a page not hear that its reader was signed out."""

PRIVATE = "Nobody may ever read these words"


@pytest.fixture(scope="module", autouse=True)
def goal(scene: Scene) -> str:
    scene.phone.run("reflect", PRIVATE)
    answer = scene.send("goal", "add", "Paint on Sundays", "--why", "For the joy of it", "--share")
    return str(answer["id"])


def open_timeline(page: Page) -> None:
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")


def rows(page: Page, words: str) -> int:
    return page.locator(".row", has_text=words).count()


def test_change_on_the_phone_appears_without_reload(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    watched = Watched(page)
    open_timeline(page)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    scene.send("check-in", goal, "7", "--note", "An hour, and no phone")

    expect(page.locator(".row", has_text="checked in: 7 of 10")).to_be_visible()
    expect(page.get_by_text("An hour, and no phone")).to_be_visible()
    expect(page.locator("#counter")).to_be_hidden()  # it was seen at once, so nothing is waiting
    assert [] == loads
    assert [] == watched.complaints
    assert {scene.server.url.removeprefix("http://")} == watched.hosts


def test_place_is_kept_and_what_is_new_is_counted(scene: Scene, sign_in: SignIn, goal: str) -> None:
    for number in range(8):
        scene.phone.run("win", f"A small thing, number {number}", "--goal", goal)
    scene.phone.run("sync")
    page = sign_in(viewport={"width": 1024, "height": 500})
    open_timeline(page)
    # Not every browser keeps the place by itself.
    page.evaluate("document.documentElement.style.overflowAnchor = 'none'")
    last = page.locator(".row").last
    last.scroll_into_view_if_needed()
    before = last.bounding_box()

    for number in range(4):
        scene.phone.run("win", f"While you read, number {number}", "--goal", goal)
    scene.phone.run("sync")

    expect(page.locator("#counter")).to_have_text("4 new")
    waiting = page.locator(".row.unseen > .what > .sentence").first
    said = waiting.evaluate("each => getComputedStyle(each, '::before').content")
    assert '"new"' == said
    after = last.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    page.locator("#counter").click()
    expect(page.locator(".row", has_text="While you read, number 3")).to_be_in_viewport()
    for number in range(4):
        seen = page.locator(".row", has_text=f"While you read, number {number}")
        seen.scroll_into_view_if_needed()
        expect(seen).not_to_have_class(re.compile("unseen"))
    expect(page.locator("#counter")).to_be_hidden()


def test_comment_is_posted_appears_and_reaches_the_phone(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    watched = Watched(page)
    open_timeline(page)
    row = page.locator(".row", has_text="shared the goal").first

    row.get_by_text("Comment", exact=False).first.click()
    row.get_by_label("Your comment").fill("I am glad that you wrote this.\nLet us talk about it.")
    row.get_by_role("button", name="Send comment").click()

    expect(row.locator(".comment")).to_contain_text("I am glad that you wrote this.")
    expect(row.locator("details[open]")).to_have_count(0)
    scene.phone.run("sync")
    assert "I am glad that you wrote this." in str(scene.phone.run("timeline"))
    assert [] == watched.complaints

    page.goto(f"{page.url.removesuffix('/timeline')}/goals/{goal}")
    expect(page.locator("#said ~ .comments")).to_contain_text("I am glad that you wrote this.")


def test_comment_of_somebody_signed_out_stays_and_says_why(sign_in: SignIn) -> None:
    page = sign_in()
    open_timeline(page)
    row = page.locator(".row", has_text="shared the goal").first
    row.get_by_text("Comment", exact=False).first.click()
    row.get_by_label("Your comment").fill("Half a thought")
    page.context.clear_cookies()

    row.get_by_role("button", name="Send comment").click()

    expect(row.get_by_role("alert")).to_contain_text("You were signed out")
    expect(row.get_by_label("Your comment")).to_have_value("Half a thought")


def test_draft_survives_what_arrives_meanwhile(sign_in: SignIn) -> None:
    page, other = sign_in(), sign_in()
    for each in (page, other):
        open_timeline(each)
    row = page.locator(".row", has_text="shared the goal").first
    row.get_by_text("Comment", exact=False).first.click()
    draft = row.get_by_label("Your comment")
    draft.press_sequentially("Half a sen")

    same = other.locator(".row", has_text="shared the goal").first
    same.get_by_text("Comment", exact=False).first.click()
    same.get_by_label("Your comment").fill("From the other window")
    same.get_by_role("button", name="Send comment").click()

    expect(row.locator(".comment", has_text="From the other window")).to_be_visible()
    expect(draft).to_have_value("Half a sen")
    page.keyboard.type("tence")
    expect(draft).to_have_value("Half a sentence")

    row.locator("summary").click()  # folded up, it is a draft all the same
    same.get_by_text("Comment", exact=False).first.click()
    same.get_by_label("Your comment").fill("And once more")
    same.get_by_role("button", name="Send comment").click()
    expect(row.locator(".comment", has_text="And once more")).to_be_visible()
    expect(draft).to_have_value("Half a sentence")


def test_what_was_typed_on_the_plan_outlives_that_something_was_erased(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    win = scene.send("win", "To be erased again", "--goal", goal)["id"]
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    form = page.locator("details", has_text="Add an intervention")
    form.locator("summary").click()
    form.get_by_label("What to try").press_sequentially("Breathing out lon")

    with page.expect_navigation():
        scene.send("erase", str(win), "--yes")

    expect(form.get_by_label("What to try")).to_have_value("Breathing out lon")
    page.keyboard.type("ger")
    expect(form.get_by_label("What to try")).to_have_value("Breathing out longer")
    page.reload()
    expect(form.get_by_label("What to try")).to_have_value("")


def test_what_was_typed_on_the_plan_outlives_the_reload_that_it_asks_for(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    form = page.locator("details", has_text="Add an intervention")
    form.locator("summary").click()
    form.get_by_label("What to try").fill("Breathing out longer")
    scene.send("win", "Something new", "--goal", goal)
    expect(page.locator("#live-state")).to_contain_text("Reload the page to see it.")

    page.reload()

    expect(form.get_by_label("What to try")).to_have_value("Breathing out longer")
    page.reload()
    expect(form.get_by_label("What to try")).to_have_value("")


def test_whoever_signs_out_leaves_nothing_typed_in_the_browser(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    form = page.locator("details", has_text="Add an intervention")
    form.locator("summary").click()
    form.get_by_label("What to try").fill("Breathing out longer")
    scene.send("win", "Something else", "--goal", goal)
    expect(page.locator("#live-state")).to_contain_text("Reload the page to see it.")

    page.evaluate(DEAF)  # as where the line is cut just then
    page.locator(".masthead button").click()

    expect(page).to_have_url(re.compile("/$"))
    assert 0 == page.evaluate("sessionStorage.length")


def test_goal_page_follows_by_itself_and_keeps_the_draft(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    watched = Watched(page)
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    expect(page.locator("#live-state")).to_have_text("Live")
    page.get_by_label("Your comment").fill("Half a sentence")

    scene.send("goal", "due", goal, "2027-03-01", "--reason", "new-insight:Spring is better")

    expect(page.locator(".fields")).to_contain_text("1 Mar 2027")
    expect(page.locator(".history")).to_contain_text("Spring is better")
    expect(page.get_by_label("Your comment")).to_have_value("Half a sentence")
    assert [] == watched.complaints


def test_goal_page_that_follows_leaves_focus_and_place(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    scene.send("check-in", goal, "6")
    page = sign_in(viewport={"width": 1024, "height": 500})
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    expect(page.locator("#live-state")).to_have_text("Live")
    table = page.locator("details.chart-table").first
    table.locator("summary").click()
    link = page.get_by_role("link", name="Propose a change", exact=True)
    link.focus()
    before = link.bounding_box()

    for day in ("2027-04-01", "2027-05-01"):
        scene.send("goal", "due", goal, day, "--reason", "new-insight:Later is better")
        expect(page.locator(".history")).to_contain_text(
            f"1 {'Apr' if '04' in day else 'May'} 2027"
        )

    expect(link).to_be_focused()
    expect(table).to_have_attribute("open", "")
    after = link.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 40  # a line more above it at most


def test_goal_page_keeps_what_it_shows_where_an_error_answers(sign_in: SignIn) -> None:
    page = sign_in()
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    shown = page.locator("#goal-now").inner_text()
    page.route("**/goals/*", lambda route: route.fulfill(status=503, body="<p>Later</p>"))

    with page.expect_response("**/goals/*") as answered:
        page.evaluate("htmx.trigger(document.getElementById('goal-now'), 'goal-changed')")
    answered.value.finished()

    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert shown == page.locator("#goal-now").inner_text()


def test_words_that_are_looked_for_are_those_of_people_alone(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_timeline(page)
    page.get_by_label("Words").fill("comment kindly")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    nothing = page.get_by_text("Nothing that is shared fits.")
    expect(nothing).to_be_visible()

    scene.phone.run("win", "Swam in the lake", "--goal", goal)
    scene.send("win", "A comment, kindly meant", "--goal", goal)

    expect(page.locator(".row", has_text="A comment, kindly meant")).to_be_visible()
    expect(nothing).to_have_count(0)
    expect(page.locator(".row", has_text="Swam in the lake")).to_have_count(0)


def test_words_taken_back_go_also_where_others_are_looked_for(
    scene: Scene, sign_in: SignIn
) -> None:
    entry = str(scene.phone.run("reflect", "It was a heron at the pond")["id"])
    part = str(scene.send("share", entry, "--excerpt", "a heron")["id"])
    page = sign_in()
    open_timeline(page)
    page.get_by_label("Words").fill("heron")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#live-state")).to_have_text("Live")
    expect(page.locator(".words", has_text="a heron")).to_be_visible()

    scene.send("undo", part)

    expect(page.locator(".row .badge", has_text="withdrawn on")).to_be_visible()
    expect(page.locator(".row", has_text="a heron")).to_have_count(0)


def test_lost_connection_resumes_without_gap_or_repeat(
    scene: Scene, sign_in: SignIn, goal: str
) -> None:
    page = sign_in()
    open_timeline(page)

    scene.server.kill()
    expect(page.locator("#live-state")).to_have_text("Connection lost. Trying again by itself.")
    scene.phone.run("win", "Written while the server was away", "--goal", goal)
    scene.server.start()
    scene.phone.run("sync")

    expect(page.locator("#live-state")).to_have_text("Live", timeout=30_000)
    expect(page.locator(".row", has_text="Written while the server was away")).to_have_count(1)
    ids = page.locator(".row").evaluate_all("rows => rows.map(row => row.id)")
    assert len(set(ids)) == len(ids)


def test_private_words_and_their_number_appear_nowhere(sign_in: SignIn) -> None:
    page = sign_in()
    received: list[str] = []
    page.on(
        "response",
        lambda answer: (
            received.append(answer.text())
            if "text/html" in answer.headers.get("content-type", "")
            else None
        ),
    )
    page.reload()
    open_timeline(page)
    page.get_by_role("link", name="Paint on Sundays").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paint on Sundays")

    assert received
    assert not any(PRIVATE in each or re.search("reflections? written", each) for each in received)


def test_works_without_script_except_the_live_part(sign_in: SignIn) -> None:
    page = sign_in(java_script_enabled=False)
    page.get_by_role("link", name="Mira (Tuesdays)", exact=True).click()
    row = page.locator(".row", has_text="shared the goal").first
    row.locator("summary").click()
    row.get_by_label("Your comment").fill("Sent without script")
    row.get_by_role("button", name="Send comment").click()

    expect(page.locator(".comment", has_text="Sent without script")).to_be_visible()


def test_signing_out_elsewhere_empties_the_page(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in()
    open_timeline(page)
    other = page.context.new_page()
    other.goto(f"{scene.server.url}/people")

    other.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing to see here now")
    expect(page.locator(".row")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_pages_fit_every_width(
    scene: Scene, sign_in: SignIn, goal: str, width: int, scheme: str
) -> None:
    page = sign_in(viewport={"width": width, "height": 800}, color_scheme=scheme)
    open_timeline(page)
    for address in ("/people", page.url, f"{page.url.removesuffix('/timeline')}/goals/{goal}"):
        page.goto(address if address.startswith("http") else f"{scene.server.url}{address}")
        assert page.locator("html").evaluate("html => html.scrollWidth") <= width


def test_revocation_empties_the_page(scene: Scene, sign_in: SignIn) -> None:
    page = sign_in()
    watched = Watched(page)
    open_timeline(page)

    scene.stop_sharing()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Sharing ended on")
    expect(page.locator(".row")).to_have_count(0)
    expect(page.get_by_text("Paint on Sundays")).to_have_count(0)
    assert [] == watched.complaints
    page.goto(f"{scene.server.url}/people")
    expect(page.locator(".ended")).to_contain_text("Sharing ended on")
