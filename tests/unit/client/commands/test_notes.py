"""Wins and setbacks are written as they are said, where they belong."""

from tests.support.person import Person
from trailmark_client.commands.notes import note
from trailmark_client.commands.places import Choice
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def test_a_win_needs_no_goal(person: Person) -> None:
    win = WinNoted(text="I said no")

    written = person.write(lambda c, r: note(c, r, win, r.now()))

    assert (written.kind, written.lane, written.seen_by) == ("win", SELF, ())
    assert person.entries(written.subject)[0].body.data == win


def test_a_setback_stands_beside_its_goal(person: Person) -> None:
    person.let_in()
    goal = person.goal()
    setback = SetbackNoted(text="stayed in bed", helped="a call", goal=text_from_id(goal))

    written = person.write(lambda c, r: note(c, r, setback, r.now()))

    assert (written.kind, written.lane) == ("setback", SELF)


def test_what_was_agreed_to_goes_there_unless_kept_private(person: Person) -> None:
    person.let_in()
    win = WinNoted(text="I said no")

    there = person.write(lambda c, r: note(c, r, win, r.now()))
    here = person.write(lambda c, r: note(c, r, win, r.now(), Choice(private=True)))

    assert (there.lane, there.seen_by, here.lane) == (CARE, ("Dr Demo",), SELF)
