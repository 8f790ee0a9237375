"""The vision, a goal out of it, and the end of therapy."""

import pytest

from tests.support import supporters as circle
from tests.support.person import Person
from trailmark_client.commands.vision import draw_goal, end_therapy, write_vision
from trailmark_client.queries.cards import latest_card, list_cards
from trailmark_client.queries.sharing import list_grants
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF


def test_there_is_one_vision_and_it_grows(person: Person) -> None:
    person.write(lambda c, r: write_vision(c, r, {"feelings": "calm"}, r.now()))
    person.write(lambda c, r: write_vision(c, r, {"overcome": "trains"}, r.now()))

    [vision] = person.read(lambda c: list_cards(c, "vision", person.now().day))

    assert {"feelings": "calm", "overcome": "trains"} == vision.said


def test_the_link_to_a_goal_stays_with_the_person(person: Person) -> None:
    person.let_in()
    person.write(lambda c, r: write_vision(c, r, {"feelings": "calm"}, r.now()))

    goal = person.write(lambda c, r: draw_goal(c, r, "feelings", None, None, r.now()))

    vision = person.read(lambda c: latest_card(c, "vision"))
    assert vision is not None
    assert ["vision_written", "vision_goal_drawn"] == person.types(vision, SELF)
    assert "vision" not in str([each.body.data for each in person.entries(goal.subject)])


def test_a_question_without_answer_gives_no_goal(person: Person) -> None:
    person.write(lambda c, r: write_vision(c, r, {"feelings": "calm"}, r.now()))

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: draw_goal(c, r, "overcome", None, None, r.now()))
    assert ErrorCode.NOT_FOUND == refused.value.code


def test_the_end_stops_therapists_and_leaves_supporters(person: Person) -> None:
    person.let_in()
    circle.let_in(person)

    ended = person.write(lambda c, r: end_therapy(c, r, None, r.now()))

    grants = person.read(lambda c: list_grants(c, person.now().day))
    assert ["Dr Demo"] == [each.name for each in ended.stopped]
    assert {("therapist", False), ("supporter", True)} == {
        (each.role, each.state == "live") for each in grants
    }
