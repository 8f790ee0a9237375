"""A person is handed over to a colleague, with real processes: asked first, let in by nobody else.

What the former therapist may see is the person's to end.
"""

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.support.browsing import browser_at
from tests.support.processes import EVERYTHING
from tests.support.whole import World
from trailmark_shared.ids import text_from_id

GOAL = "tarnwick hollowmere"
FORMER, COLLEAGUE = "okafor@example.org", "lindqvist@example.org"


@pytest.fixture(name="colleague")
def colleagues_browser(world: World) -> Iterator[httpx.Client]:
    """A second therapist of the same practice, signed in."""
    added = world.server.admin("therapist", "add", "Dr Lindqvist", "--email", COLLEAGUE)
    with closing(entered(world, added["link"])) as browser:
        yield browser


def entered(world: World, link: str) -> httpx.Client:
    browser = browser_at(world.server, follow=True)
    assert browser.post(link).status_code == 200
    return browser


def sent(browser: httpx.Client, page: str, action: str, **fields: str) -> httpx.Response:
    """Send a form as a browser does that has opened its page."""
    token = re.findall(r'name="form_token" value="([^"]+)"', browser.get(page).text)[0]
    return browser.post(action, data={"form_token": token, **fields})


def test_a_colleague_is_let_in_by_the_person_alone(world: World, colleague: httpx.Client) -> None:
    goal = world.phone.run("goal", "add", GOAL, "--share")["id"]
    world.settle()
    space = text_from_id(world.phone.identity_file.current.space)
    person = f"/people/{space}"
    link = world.server.admin("therapist", "link", "--email", FORMER)["link"]
    with closing(entered(world, link)) as former:
        proposed = sent(former, f"{person}/hand-over", f"{person}/hand-over", email=COLLEAGUE)
        before = colleague.get("/people").text, colleague.get(f"{person}/timeline").status_code
        told = world.phone.run("sync")["hand_overs"]
        asked = world.phone.run("hand-over", "accept", "lindqvist", *EVERYTHING, "--wait", "0")
        unconfirmed = colleague.get(f"{person}/timeline").status_code
        confirmed = sent(colleague, "/people", f"{person}/confirm")
        world.phone.run("sync")
        world.phone.run("goal", "share", goal, "--with", "dr lindqvist")
        world.settle()
        seen = colleague.get(f"{person}/timeline")
        kept = former.get(f"{person}/timeline").status_code
        world.phone.run("sharing", "stop", "dr okafor")
        world.settle()
        ended = former.get(f"{person}/timeline").status_code

    assert "You propose Dr Lindqvist" in proposed.text
    assert ("Nobody shares with you yet." in before[0], before[1]) == (True, 404)
    assert ["Dr Lindqvist"] == told
    assert (True, False) == (asked["agreed"], asked["let_in"])
    assert 404 == unconfirmed
    assert asked["phrase"] not in confirmed.text
    assert (200, True) == (seen.status_code, GOAL in seen.text)
    assert (200, 410) == (kept, ended)
    assert [] == world.phone.run("hand-over")["hand_overs"]


def test_the_operator_proposes_and_the_person_declines(
    world: World, colleague: httpx.Client
) -> None:
    world.server.admin("therapist", "disable", "--email", FORMER)
    done = world.server.admin("therapist", "hand-over", "--from", FORMER, "--to", COLLEAGUE)

    [line] = world.phone.run("hand-over", "list")["hand_overs"]
    world.phone.run("hand-over", "decline", "Dr Lindqvist")

    assert [text_from_id(world.phone.identity_file.current.space)] == done["proposed_to"]
    assert ("Dr Okafor", "Dr Lindqvist") == (line["therapist"], line["colleague"])
    assert [] == world.phone.run("hand-over")["hand_overs"]
    assert "not_found" == world.phone.refused("hand-over", "accept", "lindqvist")
    assert "Nobody shares with you yet." in colleague.get("/people").text
