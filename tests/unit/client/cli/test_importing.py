"""``trailmark import``, as typed."""

import os
from pathlib import Path

import pytest

from tests.support.older_stores import make_older
from tests.unit.client.cli.conftest import Cli


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "elsewhere"))


@pytest.mark.parametrize("name", ["mine.json", "mine.zip"])
def test_a_copy_is_read_back_on_another_machine(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    goal = cli.goal("Walk")
    cli.ok("reflect", "marrowglint")
    timeline = cli.ok("timeline")
    file = tmp_path / name
    made = cli.ok("export", str(file))
    elsewhere(monkeypatch, tmp_path)

    found = cli.ok("import", str(file))

    assert cli.ok("timeline") == timeline
    assert cli.ok("goal", "show", goal)["goal"]["title"] == "Walk"
    assert cli.ok("search", "marrowglint")["found"]
    assert cli.ok("verify")["ok"]
    assert (found["events"], found["stopped"]) == (made["events"], [])


def test_the_folder_of_an_older_release_is_read(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.ok("reflect", "marrowglint")
    timeline, older = cli.ok("timeline"), Path(os.environ["TRAILMARK_HOME"])
    make_older(older)
    assert cli("status", "--json").error[1] == "corrupt_identity"
    elsewhere(monkeypatch, tmp_path)

    found = cli.ok("import", str(older))

    assert cli.ok("timeline") == timeline
    assert found["events"] == 1


def test_people_are_told_what_it_is(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal("Walk")
    cli.ok("export", str(tmp_path / "mine.json"))
    elsewhere(monkeypatch, tmp_path)

    assert "2 events are here, as of" in cli("import", str(tmp_path / "mine.json")).out


def test_one_who_was_let_in_is_told_as_one(
    cli: Cli, agreed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal("Walk")
    cli.ok("export", str(tmp_path / "mine.json"))
    elsewhere(monkeypatch, tmp_path)

    out = cli("import", str(tmp_path / "mine.json")).out

    assert f"{agreed} was let in where this copy was made, and is not here" in out


def test_what_cannot_be_imported_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal("Walk")
    file, other, cut = (tmp_path / name for name in ("mine.json", "fhir.json", "cut.json"))
    cli.ok("export", str(file))
    cli.ok("export", str(other), "--format", "fhir")
    cut.write_bytes(file.read_bytes()[:-300])
    used = cli("import", str(file), "--json").error
    altered = tmp_path / "altered.json"
    altered.write_bytes(file.read_bytes().replace(b"Walk", b"Talk"))
    elsewhere(monkeypatch, tmp_path)

    assert used == (2, "invalid_input")
    assert cli("import", str(other), "--json").error == (1, "malformed_export")
    assert cli("import", str(cut), "--json").error == (1, "truncated_export")
    assert cli("import", str(altered), "--json").error == (1, "altered_export")
    assert cli("import", str(tmp_path / "none"), "--json").error == (3, "not_found")
    assert cli.ok("goal", "list") == {"goals": []}
