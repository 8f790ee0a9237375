"""Tables of what was measured: nothing of it is left out."""

from tests.support.person import Person
from trailmark_client.commands import measures
from trailmark_client.queries.export_measures import MEASURES, OCCURRENCES, SCALES
from trailmark_client.queries.export_records import Source, Table
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.ids import text_from_id


def rows(person: Person, table: Table) -> list[dict[str, object]]:
    found = person.read(lambda c: list(table.rows(Source(conn=c, day="2025-10-09"))))
    return [dict(zip(table.columns, each, strict=True)) for each in found]


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
