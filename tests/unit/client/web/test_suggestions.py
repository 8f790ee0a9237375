"""Suggestions: their words beside the person's own, an answer whenever one likes."""

from tests.support.own_pages import Window
from tests.support.two_sides import TwoSides
from trailmark_shared.ids import text_from_id


async def proposed(sides: TwoSides) -> tuple[Window, str]:
    proposal = sides.proposes_change(title="Three walks a week")
    await sides.meet(sides.phone)
    return Window(sides.phone), text_from_id(proposal)


async def test_both_wordings_stand_beside_each_other(sides: TwoSides) -> None:
    window, _ = await proposed(sides)
    page = window.get("/suggestions")

    assert "1 suggestion from your therapist" in window.get("/")
    assert "Two walks a week" in page
    assert "Three walks a week" in page


async def test_yes_changes_the_goal_and_no_leaves_it(sides: TwoSides) -> None:
    window, proposal = await proposed(sides)
    told = window.post(f"/suggestions/{proposal}", answer="accept")

    assert "It is yours now." in window.get(told.location or "")
    assert "Three walks a week" == sides.goal_on(sides.phone).title.value
    assert "Nothing waits for you." in window.get("/suggestions")
    assert 422 == window.post(f"/suggestions/{proposal}", answer="accept").status


async def test_no_needs_no_reason(sides: TwoSides) -> None:
    window, proposal = await proposed(sides)
    told = window.post(f"/suggestions/{proposal}", answer="decline")

    assert "Your goal stays as it is." in window.get(told.location or "")
    assert "Two walks a week" == sides.goal_on(sides.phone).title.value


async def test_it_can_be_taken_with_changes(sides: TwoSides) -> None:
    window, proposal = await proposed(sides)
    page = window.get(f"/suggestions/{proposal}")
    assert 'name="value-title"' in page
    told = window.post(
        f"/suggestions/{proposal}",
        **{"answer": "change", "take": "title", "value-title": "Two long walks", "reason": "Knees"},
    )

    assert "It is yours now." in window.get(told.location or "")
    assert "Two long walks" == sides.goal_on(sides.phone).title.value
    assert "This waits for nothing any more." in window.get(f"/suggestions/{proposal}")


async def test_with_nothing_of_it_taken_it_is_shown_again(sides: TwoSides) -> None:
    window, proposal = await proposed(sides)
    address = f"/suggestions/{proposal}"

    empty = window.post(address, **{"answer": "change", "take": "title", "value-title": " "})
    assert 422 == window.post(address, answer="change").status
    assert 422 == empty.status
    assert "Two walks a week" == sides.goal_on(sides.phone).title.value


async def test_a_reason_may_be_given_with_a_no(sides: TwoSides) -> None:
    window, proposal = await proposed(sides)
    told = window.post(f"/suggestions/{proposal}", answer="decline", reason="Not just now")

    assert "/suggestions?done=declined-it" == told.location
