"""Tables kind by kind: nothing that was written is left out."""

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import measures
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.queries.export_kinds import CARDS, MEASURES, OCCURRENCES, SCALES, USES
from trailmark_client.queries.export_records import Source, Table
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.events.coping import CopingAdded, CopingUsed
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.events.support import SupportPersonNamed
from trailmark_shared.exports.csv_rows import Cell
from trailmark_shared.ids import text_from_id


def rows(person: Person, table: Table) -> list[dict[str, Cell]]:
    day = person.now().day

    def read(conn: Connection) -> list[dict[str, Cell]]:
        found = table.rows(Source(conn=conn, day=day))
        return [dict(zip(table.columns, row, strict=True)) for row in found]

    return person.read(read)


def test_a_card_has_a_row_and_each_use_of_it_another(person: Person) -> None:
    goal = text_from_id(person.goal("Sleep"))
    added = CopingAdded(then="read", when="awake", goal=goal)
    card = person.write(lambda c, r: write_card(c, r, added, r.now())).subject
    person.write(lambda c, r: log_card(c, r, card, CopingUsed(helped=3, note="well"), r.now()))

    [told] = rows(person, CARDS)
    [used] = rows(person, USES)

    assert ["coping", "awake: read", "Sleep", 1] == [
        told[each] for each in ("kind", "words", "goal_title", "uses")
    ]
    assert f"then: read; when: awake; goal: {goal}" == told["parts"]
    assert [text_from_id(card), 3, "well"] == [used[each] for each in ("entry", "helped", "note")]


def test_several_ways_stand_in_one_cell(person: Person) -> None:
    named = SupportPersonNamed(name="Mira", ways=("practical", "emotional"))
    person.write(lambda c, r: write_card(c, r, named, r.now()))

    [told] = rows(person, CARDS)

    assert "name: Mira; ways: practical, emotional" == told["parts"]


def test_what_happened(person: Person) -> None:
    goal = person.goal("Calm")
    data = OccurrenceRecorded(
        what="Panic", intensity_tenths=65, note="bus", goal=text_from_id(goal)
    )
    person.write(lambda c, r: measures.record_occurrence(c, r, data, r.now()))

    [row] = rows(person, OCCURRENCES)

    assert (row["what"], row["intensity"], row["note"]) == ("Panic", 6.5, "bus")
    assert (row["goal_title"], row["for_day"], row["day"]) == ("Calm", "2025-10-09", "2025-10-09")


def test_questionnaires(person: Person) -> None:
    answers = [1, 0, 2, 1, 0, 0, 1, None]
    person.write(lambda c, r: measures.answer_measure(c, r, GAD_7, answers, r.now()))

    [row] = rows(person, MEASURES)

    assert (row["instrument"], row["version"], row["sum"]) == ("gad-7", "2006-en", 5)
    assert row["answers"] == "1; 0; 2; 1; 0; 0; 1; -"


def test_levels_with_and_without_a_rating(person: Person) -> None:
    goal = person.goal("Calm")
    data = ScaleSet(goal=text_from_id(goal), levels=("a", "b", "c", "d", "e"), weight=2)
    person.write(lambda c, r: measures.set_scale(c, r, goal, data, r.now()))

    [bare] = rows(person, SCALES)
    said = AttainmentRated(level=-1, note="hard")
    person.write(lambda c, r: measures.rate_attainment(c, r, goal, said, r.now()))
    [rated] = rows(person, SCALES)

    assert (bare["levels"], bare["weight"], bare["level"]) == ("a; b; c; d; e", 2, None)
    assert (rated["level"], rated["level_words"], rated["note"]) == (-1, "b", "hard")
