"""Statements are read out of the lane of devices, each checked once, and never forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import Devices, devices, known
from trailmark_client.app import App
from trailmark_client.storage.statements import (
    begin_elsewhere,
    firm_of,
    holder_names,
    keep_firm,
    keep_removals,
    kept_removals,
    note_said,
    note_unsaid,
    statements_of,
)
from trailmark_shared.device_graph.resolution import Firm
from trailmark_shared.device_graph.statements import HolderId, StatementId
from trailmark_shared.events.control import StatementMade
from trailmark_shared.ids import DEVICES

FIRM = Firm().and_confirmed({StatementId(b"f" * 32)})


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        opened.add()
        yield opened


def count(app: App, *, keeps: bool = False) -> int:
    return len(app.write(lambda conn: statements_of(conn, app.vault, keeps=keeps)))


def test_no_index_makes_statements_about_any_lane_be_planned_anew(person: Devices) -> None:
    """One over ``lane = 'name'`` would, whenever a lane is bound; over ``IS`` it is found still."""
    indexes = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'"
    plan = "EXPLAIN QUERY PLAN SELECT hash FROM event WHERE lane IS 'devices'"
    made, ways = person.apps[0].read(
        lambda conn: (conn.execute(indexes).fetchall(), conn.execute(plan).fetchall())
    )

    assert [] == [sql for (sql,) in made if "lane = " in sql]
    assert ["SCAN event USING INDEX event_devices"] == [row[3] for row in ways]


def test_what_is_no_statement_is_passed_over(person: Devices) -> None:
    phone = person.apps[0]
    before = count(phone)
    forged = StatementMade(statement=b"forged" * 20)
    phone.write(lambda conn: phone.recorder.record(conn, DEVICES, b"s" * 16, forged))

    assert before == count(phone) == count(phone, keeps=True) == count(phone)


def test_a_log_that_goes_back_takes_none_away(person: Devices) -> None:
    phone = person.apps[0]
    before = count(phone, keeps=True)

    phone.write(lambda conn: conn.execute("DELETE FROM event WHERE lane = 'devices'"))

    assert before == count(phone)


def test_devices_have_names(person: Devices) -> None:
    phone = person.apps[0]

    names = phone.read(holder_names)

    assert {phone.identity.device_name, "another"} == set(names.values())


def test_what_is_firm_stays(person: Devices) -> None:
    phone = person.apps[0]
    assert Firm() == phone.read(firm_of)

    phone.write(lambda conn: keep_firm(conn, FIRM))

    assert FIRM == phone.read(firm_of)


def test_who_is_to_go_is_remembered(person: Devices) -> None:
    phone, gone = person.apps[0], {HolderId(bytes(16))}
    assert set() == phone.read(kept_removals)

    phone.write(lambda conn: keep_removals(conn, gone))

    assert gone == phone.read(kept_removals)


def test_another_space_begins_with_nothing_said(person: Devices) -> None:
    phone = person.apps[0]
    phone.write(lambda conn: keep_removals(conn, {HolderId(bytes(16))}))

    phone.write(lambda conn: begin_elsewhere(conn, FIRM))

    assert 0 == count(phone)
    assert set() == phone.read(kept_removals)
    assert FIRM == phone.read(firm_of)
    assert known(phone).is_empty


def test_what_waits_for_keys_is_noted_until_they_are_said(person: Devices) -> None:
    phone = person.apps[0]
    phone.write(note_unsaid)

    assert phone.write(note_said)
    assert not phone.write(note_said)
