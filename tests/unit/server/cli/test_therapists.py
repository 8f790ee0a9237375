"""Accounts and invitations from the command line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_server.settings import note_listening
from trailmark_server.storage.accounts import AccountRows, Passkey, Password
from trailmark_server.stores import write_accounts
from trailmark_shared.ids import id_from_text


class Terminal:
    """Runs commands on one data folder."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = str(data)
        self._capsys = capsys

    def json(self, *arguments: str) -> dict[str, Any]:
        assert ExitCode.OK == cli.run([*arguments, "--data", self._data, "--json"])
        return json.loads(self._capsys.readouterr().out)

    def words(self, *arguments: str) -> str:
        assert ExitCode.OK == cli.run([*arguments, "--data", self._data])
        return self._capsys.readouterr().out


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, capsys)


def test_adding_prints_a_link(terminal: Terminal, tmp_path: Path) -> None:
    note_listening(tmp_path, "http://127.0.0.1:1234")
    added = terminal.json("therapist", "add", "Dr Demo", "--email", "Demo@Example.org")
    again = terminal.words("therapist", "link", "--email", "demo@example.org")

    assert {"link", "email", "id"} == set(added)
    assert re.fullmatch(r"http://127\.0\.0\.1:1234/enter/[\w-]{43}", str(added["link"]))
    assert "demo@example.org" == added["email"]
    assert str(added["link"]) not in again


@pytest.mark.parametrize("command", ["add", "link", "invite"])
def test_nothing_is_made_where_the_address_of_a_link_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """The database is nowhere: it is not even asked."""
    words = {
        "add": ("therapist", "add", "Dr Demo", "--email", "demo@example.org"),
        "link": ("therapist", "link", "--email", "demo@example.org"),
        "invite": ("invite", "--therapist", "demo@example.org"),
    }[command]
    where = ("--database", "postgresql://127.0.0.1:1/none", "--data", str(tmp_path / "none"))

    assert ExitCode.OK != cli.run([*words, *where])
    assert "--public-url" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_link_may_name_another_address(terminal: Terminal) -> None:
    named = ("--public-url", "https://trail.example.org")
    added = terminal.json("therapist", "add", "Dr Demo", "--email", "demo@example.org", *named)
    invited = terminal.json("invite", "--therapist", "demo@example.org", *named)

    assert str(added["link"]).startswith("https://trail.example.org/enter/")
    assert ("https://trail.example.org", True) == (
        invited["url"],
        str(invited["link"]).startswith("trailmark://trail.example.org/"),
    )


def test_therapists_are_listed_disabled_and_enabled(terminal: Terminal) -> None:
    terminal.json("therapist", "add", "Dr Demo", "--email", "demo@example.org")
    disabled = terminal.json("therapist", "disable", "--email", "demo@example.org")
    shown = terminal.words("therapist", "list")
    enabled = terminal.words("therapist", "enable", "--email", "demo@example.org")
    listed = terminal.json("therapist", "list")["therapists"]

    assert {"email": "demo@example.org", "disabled": True} == disabled
    assert "demo@example.org  Dr Demo  links only  (disabled)" == shown.strip()
    assert "demo@example.org is enabled." == enabled.strip()
    assert [("Dr Demo", False)] == [(each["name"], each["disabled"]) for each in listed]


def test_inviting_prints_a_code_and_what_to_run(terminal: Terminal) -> None:
    terminal.json("therapist", "add", "Dr Demo", "--email", "demo@example.org")
    invited = terminal.json(
        "invite", "--therapist", "demo@example.org", "--label", "Somebody", "--confirmed"
    )
    words = terminal.words("invite", "--therapist", "demo@example.org")

    assert re.fullmatch(r"[B-Z]{5}-[B-Z]{5}", str(invited["code"]))
    assert invited["confirmed"] is True
    assert f"trailmark connect {invited['url']} {invited['code']}" == invited["command"]
    assert "trailmark connect http" in words


def test_the_list_says_how_therapists_sign_in_and_a_loss_is_mended(
    terminal: Terminal, tmp_path: Path
) -> None:
    added = terminal.json("therapist", "add", "Dr Demo", "--email", "demo@example.org")
    whose = id_from_text(added["id"])
    key = Passkey(
        credential=b"key",
        therapist=whose,
        public_key=b"",
        sign_count=0,
        name="Phone",
        created_at=0,
    )

    def fill(rows: AccountRows) -> None:
        rows.save_password(Password(therapist=whose, hash="x", changed_at=0))
        rows.save_passkey(key)

    write_accounts(tmp_path, fill)
    before = terminal.words("therapist", "list")
    kept = terminal.json("therapist", "link", "--email", "demo@example.org")
    [listed] = terminal.json("therapist", "list")["therapists"]
    terminal.json("therapist", "link", "--email", "demo@example.org", "--forget-credentials")
    [after] = terminal.json("therapist", "list")["therapists"]

    assert "demo@example.org  Dr Demo  1 passkey, password" == before.strip()
    assert kept["link"] != added["link"]
    assert (True, 1) == (listed["password"], listed["passkeys"])
    assert (False, 0) == (after["password"], after["passkeys"])
