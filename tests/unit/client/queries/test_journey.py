"""A way, told from what was written."""

from msgspec import structs

from tests.support.person import Person
from trailmark_client.commands import check_ins, goals, notes
from trailmark_client.commands.check_ins import CheckIn
from trailmark_client.queries.journey import journey
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.notes import WinNoted

DAY = "2025-10-09"


def test_the_first_words_of_a_goal_are_kept(person: Person) -> None:
    goal = person.goal("Ride five stops")
    words, why = goals.Words(title="Ride two stops"), Reason(code="too-ambitious")
    person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

    told = person.read(lambda c: journey(c, DAY))

    assert [("Ride two stops", "Ride five stops")] == [
        (each.title, each.first_words) for each in told.goals
    ]
    assert (DAY, DAY) == (told.first_day, told.last_day)


def check_in(person: Person, goal: bytes, tenths: int) -> None:
    when = structs.replace(person.now(), occurred_at="2025-10-14T12:00:00Z", day="2025-10-14")
    said = CheckIn(value_tenths=tenths)
    person.write(lambda c, r: check_ins.check_in(c, r, goal, said, when))


def test_how_it_went_says_against_what_and_names_no_shortfall(person: Person) -> None:
    target = parse_target("at-least 2 walks per week")
    enough, _, less = (person.goal(title, target=target) for title in "abc")
    rated = person.goal("d")
    for goal, tenths in ((enough, 20), (less, 10), (rated, 60)):
        check_in(person, goal, tenths)

    told = person.read(lambda c: journey(c, "2025-11-09")).goals

    assert [
        ("a", "at least 2 walks per week: as hoped for in 1 of 1 week"),
        ("b", None),
        ("c", None),
        ("d", "the latest number is 6"),
    ] == [(each.title, each.progress) for each in told]


def test_what_went_well_stands_in_the_order_of_its_days(person: Person) -> None:
    earlier = structs.replace(person.now(), occurred_at="2025-09-20T12:00:00Z", day="2025-09-20")
    for text, when in (("Said no", person.now()), ("Got up", earlier)):
        person.write(lambda c, r, t=text, w=when: notes.note(c, r, WinNoted(text=t), w))

    told = person.read(lambda c: journey(c, DAY))

    assert ["20 Sep 2025: Got up", "9 Oct 2025: Said no"] == told.wins


def test_nothing_written_is_no_way_yet(person: Person) -> None:
    told = person.read(lambda c: journey(c, DAY))

    assert (None, None, [], []) == (told.first_day, told.last_day, told.goals, told.wins)
