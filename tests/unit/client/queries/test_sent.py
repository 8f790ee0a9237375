"""What was sent, to whom, and what came back."""

import pytest

from tests.support import supporters as circle
from tests.support.person import NOON, Person
from trailmark_client.commands import supporters
from trailmark_client.commands.notes import note
from trailmark_client.commands.when import parse_when
from trailmark_client.queries.sent import (
    item_meant,
    sent_everywhere,
    sent_line,
    sent_meant,
    sent_on,
)
from trailmark_client.queries.supporters import Supporter
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.ids import text_from_id

BERLIN = "Europe/Berlin"


@pytest.fixture
def sam(person: Person) -> Supporter:
    return circle.let_in(person)


def test_a_thing_is_told_with_what_came_back(person: Person, sam: Supporter) -> None:
    item = circle.send(person, sam, "win", circle.win(person)).item
    answer = circle.back(person, sam, item, "Bravo")

    [shown] = circle.items(person, sam)
    line = sent_line(shown)

    assert ("win", "I said no", [(text_from_id(answer), "Bravo")]) == (
        line.kind,
        line.words,
        [(each.id, each.text) for each in line.encouragements],
    )
    assert shown.is_answered


def test_what_was_sent_everywhere_is_told_by_supporter(person: Person, sam: Supporter) -> None:
    kim = circle.let_in(person, "Kim")
    goal, other = person.goal("Walk"), person.goal("Sleep")
    won = circle.win(person, goal=goal)
    for to, kind, subject in ((kim, "goal", goal), (sam, "win", won), (sam, "goal", other)):
        circle.send(person, to, kind, subject)
    person.let_in()

    found = person.read(lambda conn: sent_everywhere(conn, [goal, won]))

    assert [("Sam", "I said no"), ("Kim", "Walk")] == [(e.to, e.item.words) for e in found]


def test_things_are_counted_by_the_day_on_which_they_were_sent(
    person: Person, sam: Supporter
) -> None:
    """A win of last week that is sent today counts today."""
    when = parse_when("7 days ago", now_ms=NOON, zone=BERLIN)
    won = person.write(lambda c, r: note(c, r, WinNoted(text="x"), when)).subject
    sent = circle.send(person, sam, "win", won)
    circle.back(person, sam, sent.item, "Bravo")
    person.write(lambda c, r: supporters.take_back(c, r, sam, sent.item))
    circle.send(person, sam, "win", won)

    assert [2, 0] == [
        person.read(lambda conn, day=day: sent_on(conn, sam.lane, day, BERLIN))
        for day in ("2025-10-09", "2025-10-02")
    ]


def test_an_id_means_one_thing_that_can_be_sent(person: Person) -> None:
    won, goal = circle.win(person), person.goal()
    hard = person.write(lambda c, r: note(c, r, SetbackNoted(text="x"), r.now())).subject

    assert [("win", won), ("goal", goal)] == [
        person.read(lambda conn, each=each: item_meant(conn, text_from_id(each)[:8]))
        for each in (won, goal)
    ]
    with pytest.raises(DomainError) as refused:
        person.read(lambda conn: item_meant(conn, text_from_id(hard)))
    assert ErrorCode.NOT_FOUND == refused.value.code


def test_only_what_they_can_see_can_be_taken_back(person: Person, sam: Supporter) -> None:
    sent = circle.send(person, sam, "win", circle.win(person))
    prefix = sent.item.subject[:8]
    assert sent.item == person.read(lambda conn: sent_meant(conn, sam.lane, prefix))

    person.write(lambda c, r: supporters.take_back(c, r, sam, sent.item))

    with pytest.raises(DomainError) as refused:
        person.read(lambda conn: sent_meant(conn, sam.lane, prefix))
    assert ErrorCode.NOT_FOUND == refused.value.code
