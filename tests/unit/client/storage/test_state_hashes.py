"""What the documents of a lane come to: of what the log holds, and of nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import (
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    reword_goal,
    same_person,
    sync,
)
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.storage.read_models import entries_of
from trailmark_client.storage.state_hashes import state_hash
from trailmark_shared.ids import SELF


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


async def test_the_state_hash_is_of_confirmed_rows_only(app: App, tmp_path: Path) -> None:
    home = Home(app.identity.space)
    connect_to(app, home)
    goal = add_goal(app, "Walk")
    await sync(app, home)
    before = app.read(lambda conn: state_hash(conn, SELF))

    reword_goal(app, goal, "Walk more")
    add_reflection(app, "unsent")

    assert app.read(lambda conn: state_hash(conn, SELF)) == before
    with new_device(tmp_path / "second", 2) as second:
        same_person(second, app)
        connect_to(second, home)
        await sync(second, home)
        assert second.read(lambda conn: state_hash(conn, SELF)) == before


async def test_the_state_hash_ignores_times_that_only_held_rows_prove(app: App) -> None:
    home = Home(app.identity.space)
    connect_to(app, home)
    goal = add_goal(app, "Walk")
    await sync(app, home)
    before = app.read(lambda conn: state_hash(conn, SELF))
    log = home.lane(SELF)
    log.put(log.rows[0].event, 5, 0, "person", "duplicate")
    await sync(app, home)

    app.write(lambda conn: conn.execute("UPDATE event SET held = -1 WHERE seq = 2"))

    assert app.read(lambda conn: entries_of(conn, SELF, goal))[0].received_at == 5
    assert app.read(lambda conn: state_hash(conn, SELF)) == before
