"""Every screen of a person's own pages: usable by everybody, and then connected."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import LARGER, SPACED, WIDTH
from tests.browser.own_accessible import stumbled
from tests.browser.test_printing import TORN
from tests.support.own_pages import PagesProcess
from tests.support.own_story import PART, tell
from tests.support.processes import DeviceFolder, ServerProcess, invitation
from tests.support.scene import Watched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATIENCE_MS = 30_000
"""How long a server and two browsers may take when other tests want the processor, too."""

TALL = 44
"""Least height of what is tapped, in pixels."""

LOW_TARGETS = f"""() => [...document.querySelectorAll("button, .button, summary, .bar a, .chip")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < {TALL - 0.5})
  .map((each) => each.textContent.trim())"""


GAP = 8
"""Least room between two words beside each other, in pixels."""

BAR_GAP = """() => {
  const words = [...document.querySelectorAll(".bar span")]
    .map((each) => each.getBoundingClientRect());
  return Math.min(...words.slice(1).map((each, at) => each.top < words[at].bottom
    ? each.left - words[at].right : Infinity));
}"""
"""How near two words of the bar come to each other that stand in one line."""


DATES_THAT_MEET = """() => {
  const dates = [...document.querySelectorAll(".chart .tick[y='182']")]
    .filter((each) => each.checkVisibility());
  return dates.slice(1).filter((each, at) =>
    each.getBoundingClientRect().left < dates[at].getBoundingClientRect().right + 4)
    .map((each) => each.textContent);
}"""
"""Dates below a chart that come too near to the one before."""


class Told:
    """A person with some weeks behind them, and their pages."""

    def __init__(self, folder: Path) -> None:
        self.device = DeviceFolder(folder / "home")
        self.screens = tell(self.device)
        self.pages = PagesProcess(self.device.home)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    told = Told(tmp_path_factory.mktemp("own"))
    with told.pages:
        yield told


@pytest.fixture(scope="module")
def page(browser: Browser, told: Told) -> Iterator[Page]:
    """A phone that was let in; no other host can be reached."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    here = f"{told.pages.url}/"
    context.route(
        "**/*",
        lambda route: route.continue_() if route.request.url.startswith(here) else route.abort(),
    )
    page = context.new_page()
    page.goto(told.pages.link)
    page.wait_for_url(here)
    yield page
    context.close()


def test_every_screen_can_be_used_by_everybody(page: Page, told: Told) -> None:
    found: list[str] = []
    for address in told.screens.values():
        page.goto(told.pages.url + address)
        found += stumbled(page)

    assert [] == found


def test_no_sheet_of_paper_ends_with_a_heading(page: Page, told: Told) -> None:
    page.emulate_media(media="print")
    found: list[str] = []
    for name in ("own-goal", "own-entry", "own-help", "own-journey", "own-vision"):
        page.goto(told.pages.url + told.screens[name])
        found += [f"{name}: {each}" for each in page.evaluate(TORN)]
    page.emulate_media(media="screen")

    assert [] == found


def test_every_screen_fits_a_narrow_phone_and_a_thumb(page: Page, told: Told) -> None:
    found: list[str] = []
    page.set_viewport_size({"width": 320, "height": 740})
    for name, address in told.screens.items():
        page.goto(told.pages.url + address)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name} is {width} px wide"] if width > 320 else []
        found += [f"{name}: {each} is too low" for each in page.evaluate(LOW_TARGETS)]
    page.set_viewport_size({"width": 360, "height": 740})

    assert [] == found


def test_every_screen_bears_larger_and_wider_text(page: Page, told: Told) -> None:
    found: list[str] = []
    for name, address in told.screens.items():
        page.goto(told.pages.url + address)
        for how, width in ((LARGER, 360), (SPACED, 320)):
            page.set_viewport_size({"width": width, "height": 740})
            page.evaluate(how)
            found += [f"{name}: wider than {width} px"] if page.evaluate(WIDTH) > width else []
    page.set_viewport_size({"width": 360, "height": 740})

    assert [] == found


def test_words_of_the_bar_stand_apart_where_text_is_twice_as_large(page: Page, told: Told) -> None:
    page.goto(told.pages.url)
    apart = page.evaluate(BAR_GAP)
    page.evaluate(LARGER)
    larger = page.evaluate(BAR_GAP)

    assert min(apart, larger) >= GAP
    assert page.locator(".bar").evaluate("bar => bar.offsetHeight") < page.evaluate("innerHeight/5")


def test_what_was_done_is_told_in_lines_where_text_is_twice_as_large(
    page: Page, told: Told
) -> None:
    goal = told.screens["own-goal"].rpartition("/")[2]
    page.goto(f"{told.pages.url}/?done=hard&id={goal}")
    page.evaluate(LARGER)
    note = page.locator(".note")

    assert note.get_by_role("button", name="Undo").is_visible()
    assert note.locator("p").evaluate("p => p.offsetWidth > p.parentElement.offsetWidth / 2")
    tops = [page.locator(each).evaluate("it => it.offsetTop") for each in ("#hide", "#help-now")]
    assert 1 == len(set(tops))


def test_dates_below_a_chart_of_years_stand_apart(browser: Browser, tmp_path: Path) -> None:
    device = DeviceFolder(tmp_path / "home")
    goal = device.run("goal", "add", "Calm mornings", "--target", "reach 7")["id"]
    for days in (800, 400, 3):
        device.run("check-in", str(goal), "5", "--at", f"{days} days ago")
    found: list[str] = []
    with PagesProcess(device.home) as pages:
        page = browser.new_context().new_page()
        page.goto(pages.link)
        for width, how in ((320, "0"), (360, "0"), (360, LARGER), (740, "0")):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(f"{pages.url}/goals/{goal}")
            page.evaluate(how)
            found += [f"{width} px: {each}" for each in page.evaluate(DATES_THAT_MEET)]

    assert [] == found


def test_a_time_can_be_typed_only_where_it_counts(page: Page, told: Told) -> None:
    page.goto(told.pages.url + told.screens["own-check-in"])
    time = page.get_by_label("The time it was")

    expect(time).to_be_hidden()
    page.get_by_text("It was earlier").click()
    expect(time).to_be_visible()


def test_the_number_that_is_chosen_is_seen_with_colours_of_the_readers_own(
    page: Page, told: Told
) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(told.pages.url + told.screens["own-check-in"])
    page.get_by_role("radio", name="7").check(force=True)
    colours = page.locator(".number-choice span").evaluate_all(
        "all => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    page.emulate_media(forced_colors="none")

    assert 1 == colours.count(colours[7])


def test_help_stands_in_the_same_place_on_every_screen(page: Page, told: Told) -> None:
    places = set[str]()
    for name, address in told.screens.items():
        if name != "own-hidden":
            page.goto(told.pages.url + address)
            places.add(str(page.get_by_role("link", name="Help now").bounding_box()))

    assert 1 == len(places)


def test_what_a_part_will_look_like_can_be_seen_by_everybody(page: Page, told: Told) -> None:
    page.goto(told.pages.url + told.screens["own-entry"])
    page.get_by_label("The words to share").fill(PART)
    page.get_by_role("button", name="Show how it will look").click()
    expect(page.locator("blockquote")).to_have_text(PART)

    assert [] == stumbled(page)


def test_part_leaves_only_after_ten_seconds_and_can_be_called_back(page: Page, told: Told) -> None:
    page.clock.install()
    page.goto(told.pages.url + told.screens["own-entry"])
    page.get_by_label("The words to share").fill(PART)
    page.get_by_role("button", name="Show how it will look").click()
    expect(page.locator("blockquote")).to_have_text(PART)
    page.get_by_role("button", name="Share this part").click()
    page.clock.run_for(9_000)
    page.get_by_role("button", name="Undo").click()
    page.clock.run_for(30_000)

    expect(page.get_by_role("button", name="Share this part")).to_be_visible()
    page.get_by_role("button", name="Share this part").click()
    page.clock.run_for(11_000)
    expect(page.locator("#told")).to_contain_text("as soon as you let somebody in")


def test_connected_pages_sync_and_follow_what_others_do(
    browser: Browser, told: Told, tmp_path: Path
) -> None:
    with ServerProcess(tmp_path / "server") as server, PagesProcess(told.device.home) as pages:
        code = invitation(server)
        page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        watched = Watched(page)
        page.goto(pages.link)
        page.wait_for_url(re.compile("/$"))
        page.goto(f"{pages.url}/sharing/connect")
        page.get_by_label("The invitation").fill(f"{server.url} {code}")
        page.get_by_role("button", name="Go on").click()
        found = stumbled(page)
        page.get_by_text("The words are the same on both sides").click()
        for words in ("Goals: wording", "Steps of those goals", "Check-ins: ratings"):
            page.get_by_text(words).click()
        page.get_by_role("button", name="Let Dr Okafor in like this").click()
        expect(page.locator("#told")).to_contain_text("They are let in.")

        page.goto(pages.url + told.screens["own-goal"])
        page.get_by_role("button", name="Share this goal").click()
        expect(page.get_by_text("Visible to Dr Okafor").first).to_be_visible(timeout=PATIENCE_MS)
        sync = page.locator("#sync")
        expect(sync).to_contain_text("All that you share is sent.", timeout=PATIENCE_MS)

        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        goal = told.screens["own-goal"].rpartition("/")[2]
        told.device.run("check-in", goal, "9", "--note", "From another window")
        expect(page.get_by_text("The latest number is 9")).to_be_visible()

        assert [] == loads
        found += _screens_of_sharing(page, pages)
        assert [] == found
        assert [] == watched.complaints
        assert {pages.host} == watched.hosts


def _screens_of_sharing(page: Page, pages: PagesProcess) -> list[str]:
    """Walk through what others see; return what somebody would stumble over there."""
    found: list[str] = []
    for name in ("See as Dr Okafor", "Who looked"):
        page.goto(f"{pages.url}/sharing")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name.split()[-1])
        found += stumbled(page)
    page.goto(f"{pages.url}/supporters")
    page.get_by_label("What you call them").fill("Sam")
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_label("The link")).to_contain_text("/with/")
    found += stumbled(page)
    page.get_by_role("link", name="Go on").click()
    found += stumbled(page)
    page.get_by_text("Said no to extra work").locator("xpath=..").get_by_role("button").click()
    expect(page.get_by_text("Sam will see exactly this")).to_be_visible()
    return found + stumbled(page)
