"""A copy of everything on the machine of whoever has it: no folder of Trailmark is needed."""

from pathlib import Path

import pytest

from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli


@pytest.fixture
def copy(cli: Cli, shared: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a copy of a device with a server, and go to a machine without one."""
    assert shared
    file = tmp_path / "copy.json"
    cli.ok("export", str(file))
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "nothing"))
    return file


@pytest.mark.parametrize("name", ["copy.json", "copy.zip"])
def test_a_whole_copy_fits(cli: Cli, shared: Home, tmp_path: Path, name: str) -> None:
    assert shared
    events = cli.ok("export", str(tmp_path / name))["events"]
    found = cli.ok("verify", str(tmp_path / name))

    assert (True, events, None) == (found["ok"], found["events"], found["compared"])
    assert f"{events} entries, and all of them fit." in cli("verify", str(tmp_path / name)).out


def test_it_is_compared_with_the_persons_device(cli: Cli, copy: Path, tmp_path: Path) -> None:
    words = cli.ok("verify", str(copy))["lanes"][0]["words"]

    match = cli("verify", str(copy), "--head", words)
    differs = cli("verify", str(copy), "--head", f"as of entry 1: {' '.join(['babab'] * 6)}")

    assert (0, True) == (match.code, "The words match" in match.out)
    assert (1, True) == (differs.code, "do NOT match" in differs.out)
    assert not (tmp_path / "nothing").exists()


def test_what_was_changed_or_cut_off_is_refused(cli: Cli, copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    copy.write_bytes(data.replace(b'"seq":', b'"sec":', 1))
    assert (1, "altered_export") == cli("verify", str(copy), "--json").error

    copy.write_bytes(data[:-10])
    assert (1, "truncated_export") == cli("verify", str(copy), "--json").error

    assert (2, "invalid_input") == cli("verify", str(tmp_path / "none"), "--json").error
