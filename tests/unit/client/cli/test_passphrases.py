"""Commands for the passphrase; each takes the time that a guess takes, so they are told as one."""

import io
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.backup import keep_backup_code
from trailmark_client.cli.unlocking import FILE_VARIABLE
from trailmark_shared.codes import text_from_recovery_code

CODE = text_from_recovery_code(bytes(range(16)))
FIRST = "a lamp, three stairs"
SECOND = "the other side of rain"


def test_set_used_forgotten_changed_and_taken_off(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passphrase"

    def typing(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    def known(passphrase: str) -> None:
        file.write_text(passphrase)
        file.chmod(0o600)
        monkeypatch.setenv(FILE_VARIABLE, str(file))

    cli.goal("Two walks a week")
    with open_app() as app:
        keep_backup_code(app, CODE)
    assert {"locked": False, "by_code": False} == cli.ok("passphrase")

    typing(FIRST)
    ran = cli("passphrase", "set")
    assert 0 == ran.code
    assert "Nobody can tell you the passphrase again." in ran.out
    assert {"locked": True, "by_code": True} == cli.ok("passphrase")
    assert (6, "locked") == cli("goal", "list", "--json").error

    known(SECOND)
    assert (3, "wrong_passphrase") == cli("goal", "list", "--json").error
    typing(CODE, SECOND)
    assert cli.ok("passphrase", "forgot")["locked"]
    assert "Two walks a week" == cli.ok("goal", "list")["goals"][0]["title"]

    typing(FIRST)
    assert cli.ok("passphrase", "change")["locked"]
    assert (3, "wrong_passphrase") == cli("passphrase", "remove", "--json").error
    known(FIRST)
    assert not cli.ok("passphrase", "remove")["locked"]
    assert not cli.ok("passphrase", "forgot")["locked"]
    assert "There is no passphrase" in cli("passphrase").out
    assert "Two walks a week" == cli.ok("goal", "list")["goals"][0]["title"]
