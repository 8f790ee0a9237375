"""A contradiction stays noted, and is over once a session went through without one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, new_device
from trailmark_client.app import App
from trailmark_client.storage.doubts import (
    Doubt,
    close_doubts,
    doubts,
    has_open_doubt,
    note_doubts,
)
from trailmark_shared.ids import SELF


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


def test_nothing_is_doubted_at_first(app: App) -> None:
    app.write(close_doubts)

    assert {} == app.read(doubts)
    assert not app.read(has_open_doubt)


def test_the_last_contradiction_of_a_lane_counts(app: App) -> None:
    app.write(lambda conn: note_doubts(conn, [SELF, CARE], 1))
    app.write(close_doubts)
    app.write(lambda conn: note_doubts(conn, [CARE], 2))

    assert {SELF: Doubt(1, is_open=False), CARE: Doubt(2, is_open=True)} == app.read(doubts)
    assert app.read(has_open_doubt)
