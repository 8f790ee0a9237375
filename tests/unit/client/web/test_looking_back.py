"""Looking back: where it began, what went well, and words found again."""

from tests.support.own_pages import Window
from trailmark_client.commands.steps import add_step, reach_step
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import text_from_id

MONTH_MS = 31 * 24 * 3_600_000


def test_nothing_yet_is_fine(window: Window) -> None:
    assert "Nothing to look back on yet" in window.get("/back")


def test_first_and_latest_entry_stand_side_by_side(window: Window) -> None:
    window.post("/journal", text="The first words")
    window.person.clock.advance(MONTH_MS)
    window.post("/journal", text="The latest words")
    page = window.get("/back")

    assert "Your first entry, 9 October" in page
    assert "Your latest, today" in page
    assert "On this day, before" in page


def test_wins_and_reached_steps_are_what_went_well(window: Window) -> None:
    goal = window.person.goal("Swim")
    step = StepAdded(goal=text_from_id(goal), text="Buy goggles")
    added = window.person.write(lambda c, r: add_step(c, r, step, r.now())).subject
    window.person.write(lambda c, r: reach_step(c, r, added, r.now()))
    window.post("/win", text="Said no")
    window.post("/hard", text="Stayed in bed")
    window.post(f"/goals/{text_from_id(goal)}/move", to="achieve")
    page = window.get("/back")

    for words in ("Buy goggles", "Said no", "Swim</a>"):
        assert words in page
    assert "Stayed in bed" not in page


def test_a_goal_that_was_let_go_can_be_read_again(window: Window) -> None:
    goal = window.begun("Swim")
    window.post(f"/goals/{goal}/let-go")
    page = window.get("/back")

    assert "Goals that you let go" in page
    assert f'href="/goals/{goal}">Swim</a>' in page
    assert "Nothing to look back on yet" not in page


def test_words_are_found_and_stand_in_no_address(window: Window) -> None:
    window.post("/journal", text="The river was bright")
    found = window.post("/back", words="riv")

    assert "[river]" in found.html
    assert found.location is None
    assert "Nothing on this device holds these words." in window.post("/back", words="sea").html
    assert 422 == window.post("/back", words="!").status
