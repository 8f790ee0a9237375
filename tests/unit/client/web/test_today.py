"""Today: what matters now, one tap to check in, wins and hard days."""

import pytest

from tests.support.own_pages import Window
from trailmark_client.commands.steps import add_step
from trailmark_client.queries.documents import all_documents, documents
from trailmark_client.queries.goals import show_goal
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.note import NoteDocument


def with_step(window: Window, text: str = "Put on shoes") -> bytes:
    goal = window.person.goal("Walk more", why="For the air")
    step = StepAdded(goal=text_from_id(goal), text=text)
    window.person.write(lambda c, r: add_step(c, r, step, r.now()))
    return goal


def test_without_a_goal_the_first_question_is_asked(window: Window) -> None:
    assert "/begin" == window.ask("GET", "/").location


def test_one_line_says_what_matters_now_and_why(window: Window) -> None:
    with_step(window)
    page = window.get("/")

    assert "What matters now" in page
    assert "Put on shoes" in page
    assert "Because: For the air" in page


def test_one_tap_checks_in(window: Window) -> None:
    goal = window.person.goal(target=parse_target("reach 7"))
    told = window.post(f"/check-in/{text_from_id(goal)}", value="4")
    view = window.person.read(lambda conn: show_goal(conn, goal, window.desk.today))

    assert [4] == [each.value for each in view.check_ins]
    assert "Today: 4 of 10" in window.get(told.location or "")


def test_skipping_is_an_answer(window: Window) -> None:
    goal = window.person.goal()
    told = window.post(f"/check-in/{text_from_id(goal)}")

    assert "Skipping is an answer, too." in window.get(told.location or "")


def test_what_is_counted_has_one_button(window: Window) -> None:
    window.person.goal(target=parse_target("at-least 2 per week"))

    assert "I did it once" in window.get("/")


def test_three_goals_are_in_view_and_the_others_wait(window: Window) -> None:
    for name in ("One", "Two", "Three", "Four"):
        window.person.goal(name)

    assert 3 == window.get("/").count('class="card goal-card"')
    assert "1 more goal, resting or later" in window.get("/")


def test_reached_step_is_a_quiet_joy(window: Window) -> None:
    goal = with_step(window)
    view = window.person.read(lambda conn: show_goal(conn, goal, window.desk.today))
    told = window.post(f"/steps/{view.steps[0].id}/reached")

    assert "You reached a step." in window.get(told.location or "")
    assert "What matters now" not in window.get("/")


def test_wins_and_hard_days_are_kept_and_can_be_taken_back(window: Window) -> None:
    window.person.goal()
    window.post("/win", text="Said no")
    told = window.post("/hard", text="Stayed in bed", helped="Tea")
    (entry,) = (told.location or "").split("id=")[1:]
    told = window.post(f"/undo/{entry}")
    kept = window.person.read(all_documents)

    assert "Taken back." in window.get(told.location or "")
    assert ["win"] == [each.kind for each in kept if each.kind in {"win", "setback"}]


def test_a_hard_day_needs_no_words(window: Window) -> None:
    window.person.goal()
    assert "One word is enough, and so is none." in window.get("/hard")
    told = window.post("/hard", text=" ", helped="Tea")
    (held,) = window.person.read(lambda c: documents(c, "setback", NoteDocument))

    assert "Nothing is lost." in window.get(told.location or "")
    assert ("A hard day", "Tea") == (held.document.text, held.document.helped)


def test_a_hard_day_is_near_on_today_however_many_goals_there_are(window: Window) -> None:
    window.person.goal()
    page = window.get("/")

    assert page.index('href="/hard"') < page.index('class="card goal-card"')


def test_taking_back_says_what_others_still_read(window: Window) -> None:
    window.person.goal()
    window.person.let_in()
    told = window.post("/hard", text="You never listen")
    (entry,) = (told.location or "").split("id=")[1:]
    page = window.get(window.post(f"/undo/{entry}").location or "")

    assert "Others can still read its words, marked as taken back." in page
    assert f'href="/erase/{entry}"' in page
    assert f'action="/undo/{entry}"' not in page
    assert "You never listen" in window.get(f"/erase/{entry}")


def test_a_shared_part_that_is_taken_back_is_shown_no_more(window: Window) -> None:
    window.person.goal()
    window.person.let_in()
    window.post("/journal", text="You never listen")
    entry = window.get("/journal").split('href="/journal/')[1].split('"')[0]
    told = window.post(f"/journal/{entry}/share", part="listen")
    (part,) = (told.location or "").split("id=")[1:]
    page = window.get(window.post(f"/undo/{part}").location or "")

    assert "From the next connection on its words are shown no more;" in page
    assert "/erase/" not in page


def test_nothing_typed_is_asked_for_again(window: Window) -> None:
    assert 422 == window.post("/win", text=" ").status


def test_number_that_is_none_is_named_on_the_page(window: Window) -> None:
    goal = window.person.goal()
    told = window.post(f"/check-in/{text_from_id(goal)}", value="eleven")

    assert 422 == told.status
    assert "A number reads like 7 or 6.5, with at most one decimal place." in told.html


@pytest.mark.parametrize(("address", "kind"), [("/win", "win"), ("/hard", "setback")])
def test_who_will_see_it_is_said_before_and_can_be_nobody(
    window: Window, address: str, kind: Kind
) -> None:
    assert "Only you see this." in window.get(address)
    window.person.let_in()
    assert "This is for Dr Demo to see." in window.get(address)

    window.post(address, text="For both")
    window.post(address, **{"text": "Mine", "for": "only-me"})

    held = window.person.read(lambda c: documents(c, kind, NoteDocument))
    lanes = {each.document.text: each.lane for each in held}
    assert "self" == lanes["Mine"]
    assert lanes["For both"].startswith("care/")
