"""What both sides say to a goal, on the person's own pages."""

import re
from html import unescape

from tests.support.own_pages import Window
from tests.support.two_sides import CARE, TwoSides
from trailmark_client.queries.goals import show_goal
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.ids import text_from_id


def stands(page: str) -> str:
    found = re.search(r'name="stands" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


async def test_what_a_therapist_says_is_read_and_answered(sides: TwoSides) -> None:
    window, address = Window(sides.phone), f"/goals/{text_from_id(sides.goal)}"
    sides.says(sides.goal, AgreementRecorded(answer="agree"))
    sides.says(sides.goal, GoalAssessedByMember(achievement="improving", note="You go out"))
    await sides.meet(sides.phone)
    page = window.get(address)
    assert "agreed with it" in page
    assert "You go out" in page

    told = window.post(f"{address}/agree", stands=stands(page), answer="pending", why="A week")

    assert 303 == told.status
    assert "you asked for time to think about it" in window.get(address)
    last = sides.phone.entries(sides.goal, CARE)[-1].body
    assert ("agreement_recorded", "A week") == (last.type, last.reason and last.reason.text)


async def test_another_wording_is_not_agreed_to_unseen(sides: TwoSides) -> None:
    window, address = Window(sides.phone), f"/goals/{text_from_id(sides.goal)}"
    before = stands(window.get(address))
    window.post(f"{address}/change", title="One walk a week", reason="too-ambitious")

    told = window.post(f"{address}/agree", stands=f"{before} and more", answer="agree")
    unknown = window.post(f"{address}/agree", stands=before, answer="perhaps")

    assert (422, 422) == (told.status, unknown.status)
    assert "agreement_recorded" not in sides.phone.types(sides.goal, CARE)


def test_a_private_goal_is_agreed_to_with_nobody(window: Window) -> None:
    goal = window.begun()

    assert 'name="stands"' not in window.get(f"/goals/{goal}")


async def test_a_step_says_who_will_see_it_and_can_be_for_the_person_alone(
    sides: TwoSides,
) -> None:
    window, goal = Window(sides.phone), text_from_id(sides.goal)
    assert 'name="for" value="only-me"' in window.get(f"/goals/{goal}")

    window.post(f"/goals/{goal}/add", step="Seen")
    window.post(f"/goals/{goal}/add", **{"step": "Unseen", "for": "only-me"})

    view = sides.phone.read(lambda c: show_goal(c, sides.goal, sides.phone.now().day))
    lanes = {each.text: each.lane for each in view.steps}
    assert (CARE, "self") == (lanes["Seen"], lanes["Unseen"])
    page = window.get(f"/goals/{goal}")
    assert re.search(r"Unseen<span[^>]*> · Only you see this</span>", page)
    assert not re.search(r"Seen<span[^>]*> · Only you see this</span>", page.replace("Unseen", ""))


async def test_a_comment_is_answered_where_it_is_read(sides: TwoSides) -> None:
    window, address = Window(sides.phone), f"/goals/{text_from_id(sides.goal)}"
    assert f'href="{address}/say"' in window.get(address)
    assert 422 == window.post(f"{address}/say", text=" ").status

    told = window.post(f"{address}/say", draft="", text="It was windy")

    assert 303 == told.status
    assert "It was windy" in window.get(address)
    assert "It was windy" in window.get(f"{address}/say")


def test_where_nobody_sees_the_goal_there_is_nobody_to_say_it_to(window: Window) -> None:
    goal = window.begun()

    assert "Only you can see this goal." in window.get(f"/goals/{goal}/say")
    assert 422 == window.post(f"/goals/{goal}/say", text="Hello").status


async def test_own_words_can_be_taken_back_at_once_and_later(sides: TwoSides) -> None:
    window, address = Window(sides.phone), f"/goals/{text_from_id(sides.goal)}"
    sides.says(bytes([7]) * 16, CommentAdded(text="Theirs", about=text_from_id(sides.goal)))
    await sides.meet(sides.phone)
    told = window.post(f"{address}/say", text="You never listen").location or ""
    (entry,) = told.split("id=")[1:]

    assert f'action="/undo/{entry}"' in window.get(told)
    assert "Theirs" in window.get(f"{address}/say")
    assert [entry] == re.findall('action="/undo/([^"]+)"', window.get(f"{address}/say"))
    told = window.post(f"/undo/{entry}").location or ""
    assert "its words are shown no more; what was read before stays read." in window.get(told)
    assert "You never listen" not in window.get(f"{address}/say")
