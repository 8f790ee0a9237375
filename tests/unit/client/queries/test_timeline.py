"""What happened, by the day it happened on, each thing once."""

from tests.support import supporters as circle
from tests.support.person import Person
from trailmark_client.commands import check_ins, goals, reflections, sharing, steps
from trailmark_client.commands.notes import note
from trailmark_client.commands.places import Choice
from trailmark_client.commands.supporters import take_back
from trailmark_client.commands.when import When
from trailmark_client.queries.timeline import TimelineLine, Window, by_day, latest_lines, timeline
from trailmark_shared.events.body import Reason
from trailmark_shared.events.notes import WinNoted
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


def test_the_same_comes_line_by_line_a_month_at_a_time(person: Person) -> None:
    goal = person.goal("Walk")
    check_in(person, goal, 30, When("2024-02-29T23:00:00-05:00", "America/New_York", "2024-02-29"))
    check_in(person, goal, 40, When("2025-08-31T23:30:00+02:00", "Europe/Berlin", "2025-09-01"))
    person.let_in()
    for _ in range(3):
        person.clock.advance(20 * 24 * 3600 * 1000)
        check_in(person, goal, 50)
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

    found = lines(person)

    days = [each.day for each in found]
    assert days == sorted(days)
    assert len({each[:7] for each in days}) == 5
    thirds = ((None, "2025-09-30"), ("2025-10-01", "2025-10-31"), ("2025-11-01", None))
    assert found == [
        each for since, until in thirds for each in lines(person, Window(since=since, until=until))
    ]


class TestLatest:
    def test_the_last_days_come_whole_and_say_where_to_read_on(self, person: Person) -> None:
        goal = person.goal("Walk")
        for day in range(8):
            person.clock.advance(24 * 3600 * 1000)
            for _ in range(day + 1):
                check_in(person, goal, 50)
        whole, read, until = lines(person), list[TimelineLine](), None
        days: list[set[str]] = []

        for _ in whole:
            window = Window(until=until)
            page = person.read(lambda conn, window=window: latest_lines(conn, window, 3))
            read = [*page.lines, *read]
            days.append({each.day[-2:] for each in page.lines})
            until = page.earlier
            if until is None:
                break

        assert read == whole
        assert days == [{"17"}, {"16"}, {"15"}, {"14"}, {"13"}, {"12"}, {"10", "11"}, {"09"}]

    def test_it_reads_on_where_the_latest_events_have_few_lines(self, person: Person) -> None:
        walk, sleep = person.goal("Walk"), person.goal("Sleep")
        check_in(person, walk, 50)
        person.clock.advance(24 * 3600 * 1000)
        for _ in range(50):
            check_in(person, sleep, 50)

        found = person.read(lambda conn: latest_lines(conn, Window(goal=walk), 1))

        assert (None, 3) == (found.earlier, len(found.lines))
        assert {"2025-10-09"} == {each.day for each in found.lines}

    def test_nothing_before_the_window_comes(self, person: Person) -> None:
        check_in(person, person.goal("Walk"), 50, EARLIER)

        found = person.read(lambda conn: latest_lines(conn, Window(since="2025-10-09"), 9))

        assert {"2025-10-09"} == {each.day for each in found.lines}
        assert found.earlier is None

    def test_only_what_the_person_did_themselves(self, person: Person) -> None:
        sam, goal = circle.let_in(person), person.goal("Walk")
        item = circle.send(person, sam, "win", circle.win(person, goal=goal)).item
        circle.back(person, sam, item, "Bravo")

        found = lines(person, Window(is_own=True))

        assert {"you"} == {each.by for each in found}
        assert len(found) == len(lines(person)) - 1

    def test_only_what_happened_to_one_thing(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.goal("Sleep")

        assert {text_from_id(goal)} == {
            each.subject for each in lines(person, Window(subject=goal))
        }


def test_nothing_yet_is_fine(person: Person) -> None:
    assert lines(person) == []


class TestSupporters:
    def test_each_sending_is_a_line_on_the_day_on_which_it_was_sent(self, person: Person) -> None:
        sam, kim = circle.let_in(person), circle.let_in(person, "Kim")
        data = WinNoted(text="I said no")
        won = person.write(lambda c, r: note(c, r, data, EARLIER, Choice(private=True))).subject
        for to in (sam, kim):
            circle.send(person, to, "win", won)

        found = [each for each in lines(person) if each.kind == "win"]

        assert [
            ("2025-10-02", "noted a win", None, True),
            ("2025-10-09", "sent a win", "Sam", False),
            ("2025-10-09", "sent a win", "Kim", False),
        ] == [(each.day, each.sentence, each.supporter, each.private) for each in found]

    def test_what_came_back_stands_with_what_it_answers(self, person: Person) -> None:
        sam, goal = circle.let_in(person), person.goal("Walk")
        item = circle.send(person, sam, "win", circle.win(person, goal=goal)).item
        circle.back(person, sam, item, "Bravo")

        last = lines(person)[-1]

        assert ("Sam", "encouraged", "Bravo", "I said no") == (
            last.by,
            last.sentence,
            last.text,
            last.about,
        )
        assert last in lines(person, Window(goal=goal))
        assert last not in lines(person, Window(goal=person.goal("Sleep")))

    def test_taking_back_is_a_line_and_leaves_no_words_to_answer(self, person: Person) -> None:
        sam = circle.let_in(person)
        item = circle.send(person, sam, "goal", person.goal("Walk")).item
        circle.back(person, sam, item, "Bravo")
        person.write(lambda c, r: take_back(c, r, sam, item))

        *_, said, gone = lines(person)

        assert ("Bravo", None) == (said.text, said.about)
        assert ("took a goal back", "Sam") == (gone.sentence, gone.supporter)
