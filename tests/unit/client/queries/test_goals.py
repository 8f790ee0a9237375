"""Goals as they stand: a line each, or one with everything under it."""

import pytest

from tests.support import supporters as circle
from tests.support.person import Person
from trailmark_client.commands import check_ins, goals, notes, sharing, steps
from trailmark_client.commands.when import When
from trailmark_client.queries.goals import GoalView, list_goals, show_goal
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.goals import GoalEnteredInError, GoalReworded
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
DAY = "2025-10-09"
WHY = Reason(code="new-insight")
EARLIER = When("2025-10-02T18:00:00+02:00", "Europe/Berlin", "2025-10-02")


def view(person: Person, goal: bytes) -> GoalView:
    return person.read(lambda conn: show_goal(conn, goal, DAY))


def reworded_apart(person: Person, goal: bytes, *titles: str) -> None:
    base = tuple(each.id for each in person.entries(goal))
    for title in titles:
        data = GoalReworded(title=title)
        person.write(lambda c, r, data=data: r.record(c, SELF, goal, data, reason=WHY, base=base))


class TestList:
    def test_a_line_says_what_stands(self, person: Person) -> None:
        goal = person.goal(
            "Walk", area="self-care", due="2026-01-01", target=parse_target("reach 7")
        )

        [line] = person.read(lambda conn: list_goals(conn, DAY))

        assert (line.id, line.title, line.area) == (text_from_id(goal), "Walk", "self-care")
        assert (line.status, line.status_words) == ("active", "Working on it")
        assert (line.target, line.due) == ("reach 7", "2026-01-01")
        assert (line.lane, line.seen_by, line.wished) == (SELF, [], False)
        assert (line.conflicts, line.left_behind) == ([], 0)

    def test_a_wish_and_a_conflict_are_told(self, person: Person) -> None:
        goal = person.goal("Walk")
        reworded_apart(person, goal, "Run", "Swim")
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

        [line] = person.read(lambda conn: list_goals(conn, DAY))

        assert (line.wished, line.conflicts) == (True, ["title"])

    def test_a_shared_goal_names_who_sees_it(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
        reworded_apart(person, goal, "Swim")

        [line] = person.read(lambda conn: list_goals(conn, DAY))

        assert (line.lane, line.seen_by, line.left_behind) == (CARE, ["Dr Demo"], 0)

    def test_what_was_entered_by_mistake_is_hidden(self, person: Person) -> None:
        goal = person.goal("Walk")
        data = GoalEnteredInError()
        base = (person.entries(goal)[-1].id,)
        person.write(lambda c, r: r.record(c, SELF, goal, data, reason=WHY, base=base))

        assert person.read(lambda conn: list_goals(conn, DAY)) == []


class TestShow:
    def test_the_hour_that_comes_twice_is_in_order(self, person: Person) -> None:
        goal = person.goal("Walk")
        for value, at in ((20, "02:10:00+01:00"), (10, "02:50:00+02:00")):
            when = When(f"2025-10-26T{at}", "Europe/Berlin", "2025-10-26")
            said = check_ins.CheckIn(value_tenths=value)
            person.write(lambda c, r, s=said, w=when: check_ins.check_in(c, r, goal, s, w))

        assert [1, 2] == [each.value for each in view(person, goal).check_ins]

    def test_everything_under_a_goal_is_shown_in_order(self, person: Person) -> None:
        goal = person.goal("Walk", why="it calms me", baseline_tenths=25)
        about = text_from_id(goal)
        for text in ("first", "second"):
            step = StepAdded(goal=about, text=text)
            person.write(lambda c, r, step=step: steps.add_step(c, r, step, r.now()))
        for value, when in ((70, None), (35, EARLIER), (None, EARLIER)):
            said = check_ins.CheckIn(value_tenths=value)
            person.write(
                lambda c, r, said=said, when=when: check_ins.check_in(
                    c, r, goal, said, when or r.now()
                )
            )
        win = WinNoted(text="I went", goal=about)
        person.write(lambda c, r: notes.note(c, r, win, r.now()))
        setback = SetbackNoted(text="I stayed", helped="tea", goal=about)
        person.write(lambda c, r: notes.note(c, r, setback, EARLIER))

        found = view(person, goal)

        assert (found.why, found.baseline, found.achievement) == ("it calms me", 2.5, None)
        assert [(each.text, each.status) for each in found.steps] == [
            ("first", "open"),
            ("second", "open"),
        ]
        assert [each.day for each in found.check_ins] == ["2025-10-02", "2025-10-02", DAY]
        assert {each.value for each in found.check_ins} == {7, 3.5, None}
        assert [(each.kind, each.text, each.helped) for each in found.notes] == [
            ("setback", "I stayed", "tea"),
            ("win", "I went", None),
        ]

    def test_a_comment_is_shown_with_its_writer(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
        comment = CommentAdded(text="thank you", about=text_from_id(goal), goal=text_from_id(goal))
        person.write(lambda c, r: r.record(c, CARE, r.new_subject(), comment))

        [note] = view(person, goal).notes

        assert (note.kind, note.by, note.text, note.lane) == ("comment", "you", "thank you", CARE)

    def test_both_values_of_a_conflict_are_shown_with_authors_and_times(
        self, person: Person
    ) -> None:
        goal = person.goal("Walk")
        reworded_apart(person, goal, "Run", "Swim")

        [conflict] = view(person, goal).conflicts

        assert conflict.field == "title"
        assert [(each.value, each.by) for each in conflict.values] == [
            ("Swim", "you"),
            ("Run", "you"),
        ]
        assert conflict.values[0].at > conflict.values[1].at
        assert {each.device for each in conflict.values} == {
            text_from_id(person.app.identity.device)
        }

    def test_what_was_written_before_the_sharing_was_known_is_shown(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in()
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
        base = (person.entries(goal)[0].id,)
        late = GoalReworded(title="Swim")
        person.write(lambda c, r: r.record(c, SELF, goal, late, reason=WHY, base=base))

        found = view(person, goal)

        assert found.goal.title == "Walk"
        assert [(each.field, each.value) for each in found.left_behind] == [("title", "Swim")]
        assert found.goal.left_behind == 1

    def test_a_move_that_the_rules_do_not_know_needs_review(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.write(lambda c, r: goals.move_goal(c, r, goal, "cancelled", WHY))
        base = (person.entries(goal)[-1].id,)
        data = goals.LIFECYCLE_EVENTS["on-hold"]
        event = person.write(lambda c, r: r.record(c, SELF, goal, data, reason=WHY, base=base))

        assert view(person, goal).needs_review == [text_from_id(event.id)]

    def test_an_unknown_goal_is_not_found(self, person: Person) -> None:
        with pytest.raises(DomainError) as refused:
            view(person, bytes(16))

        assert refused.value.code == ErrorCode.NOT_FOUND


def test_what_was_sent_of_a_goal_stands_with_it(person: Person) -> None:
    sam, goal = circle.let_in(person), person.goal("Walk")
    won = circle.win(person, goal=goal)
    circle.send(person, sam, "goal", goal)
    item = circle.send(person, sam, "win", won).item
    circle.back(person, sam, item, "Bravo")
    circle.send(person, sam, "goal", person.goal("Sleep"))

    sent = view(person, goal).sent

    assert [("Sam", "I said no", ["Bravo"]), ("Sam", "Walk", [])] == [
        (each.to, each.item.words, [said.text for said in each.item.encouragements])
        for each in sent
    ]
    assert [] == view(person, goal).goal.seen_by
    assert ["I said no"] == [each.text for each in view(person, goal).notes]


def test_what_was_said_on_one_day_stands_in_the_order_of_saying(person: Person) -> None:
    goal = person.goal("Walk")
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    about = text_from_id(goal)
    words = [f"word {n}" for n in range(6)]
    for each in words:
        data = CommentAdded(text=each, about=about, goal=about)
        person.write(lambda c, r, data=data: r.record(c, CARE, r.new_subject(), data))

    assert words == [each.text for each in view(person, goal).notes]
