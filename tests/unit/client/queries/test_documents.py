"""Documents by kind, subject and goal; ids by their beginning."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.notes import note
from trailmark_client.queries.documents import (
    all_documents,
    children,
    children_at_home,
    day_reaching,
    documents,
    documents_among,
    entries_by_subject,
    entries_of,
    find,
    of_subject,
    parents,
    subjects_by_month,
)
from trailmark_client.storage.read_models import SUBJECTS_AT_ONCE
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

CARE = care_lane(bytes(15) + b"\x09")


def add_step(person: Person, goal: bytes, text: str, lane: str = SELF) -> bytes:
    step = person.app.recorder.new_subject()
    data = StepAdded(goal=text_from_id(goal), text=text)
    person.write(lambda c, r: r.record(c, SELF if lane == SELF else CARE, step, data))
    return step


def test_documents_of_a_kind_come_with_their_place(person: Person) -> None:
    goal = person.goal("Walk")

    [held] = person.read(lambda conn: documents(conn, "goal", GoalDocument))

    assert (held.lane, held.kind, held.subject, held.parent) == (SELF, "goal", goal, None)
    assert held.document.title.value == "Walk"


def test_every_document_is_listed(person: Person) -> None:
    goal = person.goal()
    step = add_step(person, goal, "x")

    found = person.read(all_documents)

    assert {(each.kind, each.subject, each.parent) for each in found} == {
        ("goal", goal, None),
        ("step", step, goal),
    }


def test_a_subject_is_found_in_each_lane_that_knows_it(person: Person) -> None:
    goal = person.goal()
    step = add_step(person, goal, "x")
    data = StepAdded(goal=text_from_id(goal), text="there")
    person.write(lambda c, r: r.record(c, CARE, step, data))

    found = person.read(lambda conn: of_subject(conn, "step", step, StepDocument))

    assert {lane: each.text.value for lane, each in found.items()} == {SELF: "x", CARE: "there"}


def test_children_come_in_the_order_of_writing(person: Person) -> None:
    goal, other = person.goal(), person.goal()
    first, second = add_step(person, goal, "first"), add_step(person, goal, "second")
    add_step(person, other, "elsewhere")

    found = person.read(lambda conn: children(conn, "step", SELF, goal, StepDocument))

    assert [each.subject for each in found] == [first, second]


def test_a_child_counts_once_as_the_goals_lane_knows_it(person: Person) -> None:
    goal = person.goal()
    shared, private = add_step(person, goal, "old words"), add_step(person, goal, "private")
    data = StepAdded(goal=text_from_id(goal), text="new words")
    person.write(lambda c, r: r.record(c, CARE, shared, data))

    found = person.read(lambda conn: children_at_home(conn, "step", goal, CARE, StepDocument))

    assert {each.subject: (each.lane, each.document.text.value) for each in found} == {
        shared: (CARE, "new words"),
        private: (SELF, "private"),
    }


def test_a_subject_is_found_by_the_beginning_of_its_id(person: Person) -> None:
    goal, _ = person.goal(), person.goal()
    text = text_from_id(goal)

    assert person.read(lambda conn: find(conn, "goal", text[:10].upper())) == goal


def test_a_subject_of_another_kind_is_not_found(person: Person) -> None:
    goal = person.goal()

    with pytest.raises(DomainError) as refused:
        person.read(lambda conn: find(conn, "check_in", text_from_id(goal)))

    assert refused.value.code == ErrorCode.NOT_FOUND
    assert "check-in" in refused.value.message


def test_entries_are_those_of_one_subject(person: Person) -> None:
    goal = person.goal()

    entries = person.read(lambda conn: entries_of(conn, SELF, goal))

    assert [each.body.type for each in entries] == ["goal_drafted", "goal_activated"]


def test_entries_of_many_subjects_are_read_in_parts(person: Person) -> None:
    count = SUBJECTS_AT_ONCE + 1
    win = WinNoted(text="x")
    person.write(lambda c, r: [note(c, r, win, r.now()) for _ in range(count)])
    subjects = [
        each.subject for each in person.read(lambda conn: documents(conn, "win", NoteDocument))
    ]

    found = person.read(lambda conn: entries_by_subject(conn, SELF, subjects))

    assert [len(found[each]) for each in subjects] == [1] * count


def test_documents_of_many_subjects_are_read_in_portions(person: Person) -> None:
    goal = person.goal()
    step, other = add_step(person, goal, "x"), add_step(person, goal, "y")
    many = [*(number.to_bytes(16) for number in range(SUBJECTS_AT_ONCE)), step]

    found = person.read(lambda conn: documents_among(conn, SELF, many, StepDocument))

    assert [(step, "x")] == [(each.subject, each.document.text.value) for each in found]
    assert [] == person.read(lambda conn: documents_among(conn, CARE, [step, other], StepDocument))


def test_subjects_are_known_by_the_month_of_the_date_meant(person: Person) -> None:
    goal = person.goal()
    person.clock.advance(40 * 24 * 3600 * 1000)
    step, there = add_step(person, goal, "x"), add_step(person, goal, "y", CARE)

    found = person.read(lambda conn: subjects_by_month(conn, None, None))
    since = person.read(lambda conn: subjects_by_month(conn, "2025-11-18", None))
    until = person.read(lambda conn: subjects_by_month(conn, None, "2025-10-09"))

    assert found == {"2025-10": {SELF: {goal}}, "2025-11": {SELF: {step}, CARE: {there}}}
    assert since == {"2025-11": found["2025-11"]}
    assert until == {"2025-10": found["2025-10"]}


def test_so_many_events_reach_back_to_a_day(person: Person) -> None:
    person.goal()
    person.clock.advance(40 * 24 * 3600 * 1000)
    person.goal()

    def reaching(count: int, until: str | None = None) -> str | None:
        return person.read(lambda conn: day_reaching(conn, count, until))

    assert ["2025-11-18", "2025-11-18", "2025-10-09", "2025-10-09", None] == [
        reaching(count) for count in range(1, 6)
    ]
    assert ["2025-10-09", None] == [reaching(1, "2025-11-17"), reaching(3, "2025-11-17")]


def test_what_something_belongs_to_is_known_wherever_it_is_at_home(person: Person) -> None:
    goal = person.goal()
    step, there = add_step(person, goal, "x"), add_step(person, goal, "y", CARE)
    many = [*(number.to_bytes(16) for number in range(SUBJECTS_AT_ONCE)), step, there, goal]

    assert {step: goal, there: goal} == person.read(lambda conn: parents(conn, many))
    assert {} == person.read(lambda conn: parents(conn, []))
