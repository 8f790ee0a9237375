"""What takes long and nobody waits for comes behind the answer."""

from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, open_app
from trailmark_client.storage.structure import doubt_of
from trailmark_shared import limits


@pytest.fixture
def large(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that counts as large; its path."""
    for number in range(30):
        cli("win", f"{number} " + "x" * 300)
    path = tmp_path / "home" / DATABASE_NAME
    with open_app(path.parent) as app:
        app.file.checkpoint()
    monkeypatch.setattr(limits, "CHECKED_AT_EVERY_START_BYTES_MAX", 0)
    return path


def is_due(path: Path) -> bool:
    with open_app(path.parent) as app:
        return app.structure_check() is not None


def test_a_large_store_is_looked_through_behind_the_first_answer_of_a_day(
    cli: Cli, large: Path
) -> None:
    assert is_due(large)

    ran = cli("status")

    assert (ran.code, ran.err) == (0, "")
    assert not is_due(large)
    assert not doubt_of(large).exists()


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_damage_is_told_beside_the_answer_and_looked_for_at_the_next_start(
    cli: Cli, large: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    def damaged(_conn: Connection) -> bool:
        return False

    monkeypatch.setattr("trailmark_client.storage.structure.is_whole", damaged)

    ran = cli("status", *options)

    assert ran.code == 0
    assert ran.out
    assert "the database file is damaged" in ran.err
    assert ran.err.startswith("{" if options else "the")
    assert doubt_of(large).exists()
    assert is_due(large)


def test_an_interrupt_ends_the_look_and_it_stays_due(
    cli: Cli, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_conn: Connection) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("trailmark_client.storage.structure.is_whole", interrupted)

    ran = cli("status")

    assert (ran.code, ran.err) == (0, "")
    assert is_due(large)


def test_nothing_is_left_by_a_command_that_failed(cli: Cli, large: Path) -> None:
    assert cli("goal", "show", "0").code != 0

    assert is_due(large)
