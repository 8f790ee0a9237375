"""What happened, by the day it happened on, each thing once."""

from tests.support.person import Person
from trailmark_client.commands import check_ins, goals, reflections, sharing, steps
from trailmark_client.commands.when import When
from trailmark_client.queries.timeline import TimelineLine, Window, by_day, timeline
from trailmark_shared.events.body import Reason
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
EARLIER = When("2025-10-02T18:00:00+02:00", "Europe/Berlin", "2025-10-02")


def lines(person: Person, window: Window | None = None) -> list[TimelineLine]:
    return person.read(lambda conn: timeline(conn, window or Window()))


def check_in(person: Person, goal: bytes, tenths: int, when: When | None = None) -> None:
    said = check_ins.CheckIn(value_tenths=tenths)
    person.write(lambda c, r: check_ins.check_in(c, r, goal, said, when or r.now()))


def test_what_happened_earlier_stands_on_its_own_day(person: Person) -> None:
    goal = person.goal("Walk")
    check_in(person, goal, 30, EARLIER)

    found = lines(person)

    assert [(each.day, each.sentence) for each in found] == [
        ("2025-10-02", "checked in: 3 of 10"),
        ("2025-10-09", "wrote down a goal"),
        ("2025-10-09", "began to work on the goal"),
    ]
    assert {each.by for each in found} == {"you"}
    assert {each.goal for each in found} == {"Walk"}
    assert {each.private for each in found} == {True}


def test_a_change_says_from_what_to_what(person: Person) -> None:
    goal = person.goal("Walk")
    words, why = goals.Words(title="Run"), Reason(code="new-insight")
    person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

    assert lines(person)[-1].sentence == (
        "changed the wording from “Walk” to “Run”, because of a new insight"
    )


def test_what_was_carried_into_another_lane_counts_once(person: Person) -> None:
    goal = person.goal("Walk")
    step = StepAdded(goal=text_from_id(goal), text="shoes")
    person.write(lambda c, r: steps.add_step(c, r, step, r.now()))
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

    found = [each for each in lines(person) if each.kind == "step"]

    assert [(each.text, each.lane, each.private) for each in found] == [("shoes", CARE, False)]


def test_one_goal_or_one_stretch_of_time_can_be_chosen(person: Person) -> None:
    goal, other = person.goal("Walk"), person.goal("Sleep")
    check_in(person, goal, 30, EARLIER)
    check_in(person, other, 40)
    text = ReflectionWritten(text="so it was")
    person.write(lambda c, r: reflections.reflect(c, r, text, r.now()))

    of_goal = lines(person, Window(goal=goal))
    recent = lines(person, Window(since="2025-10-09"))

    assert {each.goal for each in of_goal} == {"Walk"}
    assert {each.day for each in recent} == {"2025-10-09"}
    assert recent[-1].text == "so it was"
    assert recent[-1].lane == SELF


def test_lines_are_grouped_by_day_in_their_order(person: Person) -> None:
    goal = person.goal("Walk")
    check_in(person, goal, 30, EARLIER)
    found = lines(person)

    assert by_day(found) == {"2025-10-02": found[:1], "2025-10-09": found[1:]}


def test_nothing_yet_is_fine(person: Person) -> None:
    assert lines(person) == []
