"""An audit in words and cells."""

import csv
import io

from tests.support.full_person import write_everything
from tests.support.person import Person
from trailmark_client.cli.audit_words import COLUMNS, QUESTIONS, audit_lines, csv_pieces
from trailmark_client.queries.audit import Asked, audit_goal
from trailmark_shared.ids import id_from_text

NEVER = ("failed", "missed", "overdue", "streak", "non-compliant", "violation")


def test_every_question_is_answered_without_blame(person: Person) -> None:
    goal = id_from_text(write_everything(person, "words").shared)
    audit = person.read(lambda conn: audit_goal(conn, goal, Asked(at=person.clock.ms, span=(0, 1))))

    lines = list(audit_lines(audit, "Europe/Berlin", QUESTIONS))
    said = "\n".join(lines).lower()

    assert len(QUESTIONS) == 14
    assert [f"{number}. {words}" in lines for number, words in QUESTIONS.items()] == [True] * 14
    assert [word for word in NEVER if word in said] == []


def test_the_table_has_a_row_for_each_field_that_changed(person: Person) -> None:
    goal = id_from_text(write_everything(person, "words").shared)
    audit = person.read(lambda conn: audit_goal(conn, goal, Asked(at=person.clock.ms)))

    text = b"".join(csv_pieces(audit)).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))

    assert tuple(header) == COLUMNS
    assert {len(each) for each in rows} == {len(COLUMNS)}
    assert len(rows) == sum(len(each.changes) or 1 for each in audit.events)
