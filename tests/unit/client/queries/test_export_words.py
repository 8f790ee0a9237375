"""What was written in words: by the person, and to the person."""

from tests.support import supporters as circle
from tests.support.full_person import CARE, CIRCLE, write_everything
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.export_kinds import COMMENTS, NOTES, REFLECTIONS
from trailmark_client.queries.export_records import Source, Table
from trailmark_client.queries.export_words import (
    EXCERPTS,
    PROPOSALS,
    SENT,
)
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.events.sharing import ExcerptWithdrawn
from trailmark_shared.exports.csv_rows import Cell
from trailmark_shared.ids import SubjectId, id_from_text


def rows(person: Person, table: Table) -> list[dict[str, Cell]]:
    day = person.now().day

    def read(conn: Connection) -> list[dict[str, Cell]]:
        found = table.rows(Source(conn=conn, day=day))
        return [dict(zip(table.columns, row, strict=True)) for row in found]

    return person.read(read)


def values(row: dict[str, Cell], *names: str) -> tuple[Cell, ...]:
    return tuple(row[each] for each in names)


def test_a_reflection_comes_with_feelings_mood_and_goal(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    [found] = rows(person, REFLECTIONS)

    assert (things.reflection, "heading thistlevane", "hopeful; tired", "", 7, 0) == values(
        found, "id", "title", "feelings", "tags", "mood", "revisions"
    )
    assert (things.shared, "renamed thistlevane") == values(found, "goal", "goal_title")


def test_wins_stand_before_setbacks(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    won, fell = rows(person, NOTES)

    assert (things.win, "win", None, things.shared) == values(won, "id", "kind", "helped", "goal")
    assert (things.setback, "setback", "helped thistlevane", None, None) == values(
        fell, "id", "kind", "helped", "goal", "goal_title"
    )


def test_an_excerpt_says_where_it_was_taken_from_and_who_sees_it(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    [found] = rows(person, EXCERPTS)

    assert (things.excerpt, things.reflection, "thistlevane and", "Dr Demo", None) == values(
        found, "id", "reflection", "text", "seen_by", "withdrawn"
    )


def test_a_withdrawn_excerpt_has_neither_words_nor_readers(person: Person) -> None:
    things = write_everything(person, "thistlevane")
    gone = ExcerptWithdrawn()
    subject = SubjectId(id_from_text(things.excerpt))
    [shared] = person.entries(subject, CARE)
    person.write(lambda c, r: r.record(c, CARE, subject, gone, cause=shared.id))

    [found] = rows(person, EXCERPTS)

    assert (None, "", True) == (found["text"], found["seen_by"], found["withdrawn"] is not None)


def test_comments_and_encouragement_stand_together(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    comment, sent = rows(person, COMMENTS)

    assert (things.comment, "comment", "you", things.step, things.shared, CARE) == values(
        comment, "id", "kind", "by", "about", "goal", "lane"
    )
    assert (things.encouragement, "encouragement", things.shared, None, CIRCLE) == values(
        sent, "id", "kind", "about", "goal", "lane"
    )


def test_a_proposal_says_what_was_answered(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    [found] = rows(person, PROPOSALS)

    assert {
        "id": things.proposal,
        "what": "goal_change",
        "goal": things.shared,
        "proposed": "title: proposed thistlevane",
        "reason": "because thistlevane",
        "status": "declined",
        "answer_words": "declined thistlevane",
    }.items() <= found.items()


def test_a_proposal_that_was_taken_back_has_no_words(person: Person) -> None:
    made = ProposalMade(what="goal", values=ProposedValues(title="thistlevane"))
    subject, why = person.app.recorder.new_subject(), Reason(code="other", text="because")
    event = person.write(lambda c, r: r.record(c, CARE, subject, made, reason=why))
    back = ProposalWithdrawn()
    person.write(lambda c, r: r.record(c, CARE, subject, back, cause=event.id))

    [found] = rows(person, PROPOSALS)

    assert ("withdrawn", None, None, None, None) == values(
        found, "status", "proposed", "reason", "answered", "answer_words"
    )


def test_what_a_supporter_sees_is_a_table_with_what_came_back(person: Person) -> None:
    sam = circle.let_in(person)
    item = circle.send(person, sam, "win", circle.win(person)).item
    circle.back(person, sam, item, "Bravo")

    [found] = rows(person, SENT)

    assert ("Sam", "win", "I said no", None, "Bravo") == values(
        found, "to", "kind", "words", "taken_back", "encouragement"
    )
