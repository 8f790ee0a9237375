"""Two sides of one therapy with real processes: a therapist's browser and a person's commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.browsing import browser_at
from tests.support.filled_forms import send
from tests.support.processes import DeviceFolder
from tests.support.whole import World
from trailmark_shared.ids import text_from_id

EMAIL = "okafor@example.org"
NAME = "Dr Okafor"
WHY = ("--reason", "new-insight")


class Therapist:
    """Dr Okafor in a browser without script.

    Attributes:
        person: Address of the person's pages.
    """

    def __init__(self, world: World) -> None:
        link = world.server.admin("therapist", "link", "--email", EMAIL)["link"]
        self.browser = browser_at(world.server, follow=True)
        self.browser.post(link).raise_for_status()
        self.person = f"/people/{text_from_id(world.phone.identity_file.current.space)}"

    def send(self, page: str, action: str, **filled: str) -> None:
        """Send a form of one of the person's pages."""
        send(self.browser, self.person + page, action, **filled)

    def reads(self, page: str) -> str:
        """Return a page of the person's as it reads."""
        answer: httpx.Response = self.browser.get(self.person + page)
        return unescape(answer.raise_for_status().text)


@pytest.fixture
def therapist(world: World) -> Iterator[Therapist]:
    made = Therapist(world)
    with closing(made.browser):
        yield made


@pytest.fixture
def goal(world: World) -> str:
    """A goal that is shared, with a step."""
    made = str(world.phone.run("goal", "add", "Two walks a week", "--share")["id"])
    world.phone.run("step", "add", made, "Buy shoes")
    world.phone.run("sync")
    return made


def shown(device: DeviceFolder, goal: str) -> dict[str, Any]:
    return device.run("goal", "show", goal)


def cards(device: DeviceFolder, kind: str) -> list[dict[str, Any]]:
    return device.run(kind, "list")["cards"]


def test_both_say_what_they_think_of_a_goal_and_the_person_s_word_stands(
    world: World, therapist: Therapist, goal: str
) -> None:
    page = f"/goals/{goal}"
    therapist.send(page, "/agreement", answer="disagree", reason_text="Once is enough")
    therapist.send(page, "/assessment", view="improving", note="You told me so")
    therapist.send(page, "/comments", text="How were the walks?")
    world.phone.run("sync")

    asked = next(each for each in shown(world.phone, goal)["notes"] if each["kind"] == "comment")
    world.phone.run("comment", asked["id"], "Windy, and good")
    world.phone.run("goal", "agree", goal)
    world.phone.run("goal", "assess", goal, "no-change")
    world.phone.run("sync")
    stands, reads = shown(world.phone, goal), therapist.reads(page)

    assert {(NAME, "disagree", "Once is enough"), ("you", "agree", None)} == {
        (each["by"], each["answer"], each["reason_text"]) for each in stands["agreements"]
    }
    assert ("no-change", [(NAME, "improving")]) == (
        stands["achievement"],
        [(each["by"], each["achievement"]) for each in stands["assessments"]],
    )
    assert [(NAME, "How were the walks?"), ("you", "Windy, and good")] == [
        (each["by"], each["text"]) for each in stands["notes"]
    ]
    assert "Windy, and good" in reads
    assert "About the same" in reads


def test_what_is_proposed_is_taken_up_changed_or_left(
    world: World, therapist: Therapist, goal: str
) -> None:
    new = "/proposals/new?what="
    why = {"reason": "new-insight", "reason_text": "You spoke of the river"}
    therapist.send(f"{new}goal_change&goal={goal}", "/proposals", title="Walk by the river", **why)
    therapist.send(f"{new}goal", "/proposals", title="Sleep before midnight", **why)
    therapist.send(f"{new}step&goal={goal}", "/proposals", text="Ask Sam along", **why)
    world.phone.run("sync")
    waiting = world.phone.run("proposal", "list")["proposals"]
    by_what = {each["what"]: each["id"] for each in waiting}

    world.phone.run("proposal", "accept", by_what["goal_change"], "--with-title", "River walks")
    world.phone.run("proposal", "decline", by_what["goal"])
    world.phone.run("proposal", "accept", by_what["step"])
    world.phone.run("sync")
    changed, reads = shown(world.phone, goal), therapist.reads(f"/goals/{goal}")

    assert {"goal_change", "goal", "step"} == set(by_what)
    assert "River walks" == changed["goal"]["title"]
    assert ["Buy shoes", "Ask Sam along"] == [each["text"] for each in changed["steps"]]
    assert [goal] == [each["id"] for each in world.phone.run("goal", "list")["goals"]]
    assert [] == world.phone.run("proposal", "list")["proposals"]
    for words in ("River walks", "Ask Sam along", "Walk by the river"):
        assert words in reads


def test_what_both_write_down_is_there_for_both(
    world: World, therapist: Therapist, goal: str
) -> None:
    phone = world.phone
    own = phone.run("expectation", "add", "We say when something does not help")["id"]
    phone.run("review", "plan", "in 6 weeks", "How it goes")
    phone.run("agenda", "add", "That week of panic")
    phone.run("sync")
    therapist.send("/plan", "/together", kind="expectation", text="Nothing has to be finished")
    therapist.send("/plan", "/together", kind="intervention", text="Say no once", often="weekly")
    therapist.send("/plan", "/together", kind="contact", name=NAME, hours="8 to 20")
    therapist.send("/plan", f"/{own}/answer", answer="agree")
    decided = {f"decision-{goal}": "kept"}
    therapist.send("/plan", "/end", kind="review", text="Slower, and it holds", **decided)
    therapist.send("/session", "/together", kind="agenda_item", text="The holidays")
    phone.run("sync")

    [tried] = cards(phone, "intervention")
    [review] = cards(phone, "review")
    panic, holidays = cards(phone, "agenda")
    phone.run("intervention", "agree", tried["id"], "--disagree")
    phone.run("review", "agree", review["id"])
    phone.run("agenda", "close", holidays["id"], "we stay at home")
    phone.run("sync")
    plan, session = therapist.reads("/plan"), therapist.reads("/session")

    mine, theirs = cards(phone, "expectation")
    assert (["agree"], NAME) == ([each["answer"] for each in mine["answers"]], theirs["by"])
    assert (NAME, "weekly") == (tried["by"], tried["said"]["often"])
    assert (NAME, "8 to 20") == tuple(cards(phone, "contact")[0]["said"][n] for n in _CARD)
    assert ("held", [(goal, "kept")]) == (
        review["status"],
        [(each["goal"], each["outcome"]) for each in review["outcome"]["decisions"]],
    )
    assert ["That week of panic", "The holidays"] == [panic["words"], holidays["words"]]
    for words in ("Nothing has to be finished", "Slower, and it holds", "Does not agree"):
        assert words.lower() in plan.lower()
    assert "That week of panic" in session
    assert "The holidays" not in session


_CARD = ("name", "hours")


def test_therapy_ends_and_everything_stays_with_the_person(
    world: World, therapist: Therapist, goal: str
) -> None:
    before = world.phone.run("timeline")["events"]
    assert "Two walks a week" in therapist.reads("/timeline")

    world.phone.run("therapy", "end", "It is my own now", "--yes")
    world.settle()
    ended = therapist.browser.get(f"{therapist.person}/timeline").status_code
    gone = therapist.browser.get(f"{therapist.person}/goals/{goal}").status_code

    kept = {each["event"] for each in world.laptop.run("timeline")["events"]}
    assert (410, 410) == (ended, gone)
    assert {each["event"] for each in before} <= kept
    assert [] == shown(world.laptop, goal)["goal"]["seen_by"]
    assert "therapy" in world.laptop.run("timeline")["events"][-1]["sentence"]
