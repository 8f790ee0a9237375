"""An audit in cells."""

import csv
import io

from tests.support.full_person import write_everything
from tests.support.person import Person
from trailmark_client.cli.audit_table import COLUMNS, csv_pieces
from trailmark_client.queries.audit import Asked, audit_goal
from trailmark_shared.ids import id_from_text


def test_the_table_has_a_row_for_each_field_that_changed(person: Person) -> None:
    goal = id_from_text(write_everything(person, "words").shared)
    audit = person.read(lambda conn: audit_goal(conn, goal, Asked(at=person.clock.ms)))

    text = b"".join(csv_pieces(audit)).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))

    assert tuple(header) == COLUMNS
    assert {len(each) for each in rows} == {len(COLUMNS)}
    assert len(rows) == sum(len(each.changes) or 1 for each in audit.events)
