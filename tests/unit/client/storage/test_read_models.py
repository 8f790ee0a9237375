"""Documents: bit by bit equals all at once, whatever order things happen in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    connect_to,
    new_device,
    reword_goal,
    sync,
)
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage import read_models
from trailmark_client.storage.read_models import (
    body_from_bytes,
    entries_of,
    is_projection_current,
    refold,
    refold_all,
)
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_shared.ids import SELF


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


def test_bit_by_bit_equals_all_at_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    goals = [add_goal(app, f"goal {number}") for number in range(5)]
    for goal in goals:
        reword_goal(app, goal, "other words")
    add_goal(app, "shared", CARE)
    before = {lane: app.read(lambda c, n=lane: documents_of_lane(c, n)) for lane in (SELF, CARE)}

    monkeypatch.setattr(read_models, "SUBJECTS_AT_ONCE", 2)
    app.write(lambda conn: refold_all(conn, app.vault.opener()))

    after = {lane: app.read(lambda c, n=lane: documents_of_lane(c, n)) for lane in (SELF, CARE)}
    assert {lane: sorted(each, key=str) for lane, each in after.items()} == {
        lane: sorted(each, key=str) for lane, each in before.items()
    }
    assert app.read(is_projection_current)


def test_folding_all_at_once_mends_what_is_stored_otherwise(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    goals = sorted(add_goal(app, f"goal {number}") for number in range(5))
    before = app.read(lambda conn: documents_of_lane(conn, SELF))
    strays = [(SELF, bytes(16)), (SELF, goals[2][:-1] + b"?"), (SELF, b"\xff" * 16), (CARE, b"s")]

    def spoil(conn: Connection) -> None:
        conn.execute("UPDATE document SET json = x'' WHERE subject = ?", (goals[0],))
        conn.execute("UPDATE document SET kind = 'step' WHERE subject = ?", (goals[1],))
        conn.execute("UPDATE document SET parent = x'' WHERE subject = ?", (goals[2],))
        conn.execute("DELETE FROM document WHERE subject = ?", (goals[3],))
        conn.executemany(
            "INSERT INTO document (lane, subject, kind, json) VALUES (?, ?, 'goal', x'')", strays
        )

    app.write(spoil)
    monkeypatch.setattr(read_models, "SUBJECTS_AT_ONCE", 2)
    app.write(lambda conn: refold_all(conn, app.vault.opener()))

    after = app.read(lambda conn: documents_of_lane(conn, SELF))
    assert sorted(after, key=str) == sorted(before, key=str)
    assert app.read(lambda conn: documents_of_lane(conn, CARE)) == []


def test_a_subject_without_entries_has_no_document(app: App) -> None:
    goal = add_goal(app, "Walk")
    app.write(lambda conn: conn.execute("DELETE FROM event"))

    app.write(lambda conn: refold(conn, SELF, [goal]))

    assert app.read(lambda conn: documents_of_lane(conn, SELF)) == []


async def test_an_id_that_comes_twice_shows_once_with_its_earliest_times(app: App) -> None:
    home = Home(app.identity.space)
    connect_to(app, home)
    goal = add_goal(app, "Walk")
    await sync(app, home)
    log = home.lane(SELF)
    log.put(log.rows[0].event, 5, 0, "person", "duplicate")

    await sync(app, home)

    [entry] = app.read(lambda conn: entries_of(conn, SELF, goal))
    assert (entry.seq, entry.received_at) == (1, 5)


def test_what_is_no_body_is_none() -> None:
    assert body_from_bytes(None) is None
    assert body_from_bytes(b"no json") is None
