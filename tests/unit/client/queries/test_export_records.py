"""Things one by one, each from the lane of its home, in the order in which they were written."""

import pytest

from tests.support.full_person import CARE, write_everything
from tests.support.person import Person
from trailmark_client.commands import notes, steps
from trailmark_client.queries import export_records
from trailmark_client.queries.export_records import number, records, titles, utc
from trailmark_shared import limits
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument


def test_what_several_lanes_know_comes_once_and_from_its_home(person: Person) -> None:
    step = write_everything(person, "thistlevane").step

    [found] = person.read(lambda conn: list(records(conn, "step", StepDocument)))

    assert (step, CARE, "step thistlevane") == (
        found.id,
        found.held.lane,
        found.document.text.value,
    )
    assert ("2025-10-09", "2025-10-09T12:00:04+02:00", "Europe/Berlin") == found.said[:3]


def test_what_no_goal_has_is_at_home_with_the_person(person: Person) -> None:
    write_everything(person, "thistlevane")

    [own] = person.read(lambda conn: list(records(conn, "excerpt", ExcerptDocument)))
    [shared] = person.read(lambda conn: list(records(conn, "excerpt", ExcerptDocument, "c*")))

    assert (SELF, None) == (own.held.lane, own.document.text)
    assert (CARE, "thistlevane and") == (shared.held.lane, shared.document.text)


def test_they_come_in_the_order_of_writing_across_portions(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_records, "_AT_ONCE", 2)
    goal = text_from_id(person.goal())
    for text in "edcba":
        step = StepAdded(goal=goal, text=text)
        person.write(lambda c, r, step=step: steps.add_step(c, r, step, r.now()))

    found = person.read(lambda conn: list(records(conn, "step", StepDocument)))

    assert list("edcba") == [each.document.text.value for each in found]


def test_a_kind_of_which_there_is_nothing_is_empty(person: Person) -> None:
    person.write(lambda c, r: notes.note(c, r, WinNoted(text="won"), r.now()))

    assert [] == person.read(lambda conn: list(records(conn, "setback", NoteDocument)))


def test_titles_are_known_by_goal(person: Person) -> None:
    goal = person.goal("Walk")

    assert {text_from_id(goal): "Walk"} == person.read(titles)


def test_moments_and_numbers_are_what_other_programs_read() -> None:
    assert ("2025-10-09T10:00:00.007Z", None) == (utc(1_760_004_000_007), utc(None))
    assert (6.5, 7, None) == (number(65), number(70), number(None))


def test_an_absurd_time_keeps_nobody_from_their_copy() -> None:
    assert "9999-12-30T23:59:59.999Z" == utc(limits.INTEGER_MAX)
    assert "0001-01-02T00:00:00.000Z" == utc(-limits.INTEGER_MAX)
