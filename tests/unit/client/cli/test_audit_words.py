"""An audit in words."""

from tests.support.full_person import write_everything
from tests.support.person import Person
from trailmark_client.cli.audit_words import QUESTIONS, audit_lines
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
