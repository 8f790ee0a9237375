"""Cards as tables."""

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.queries.export_cards import CARDS, USES
from trailmark_client.queries.export_records import Source, Table
from trailmark_shared.events.coping import CopingAdded, CopingUsed
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
