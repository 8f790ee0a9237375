"""How a device stands, raw events, and whether anything was altered."""

import sqlite3
from pathlib import Path

from tests.unit.client.cli.conftest import Cli


def altered(tmp_path: Path, sql: str) -> None:
    with sqlite3.connect(tmp_path / "home" / "trailmark.db") as conn:
        conn.execute(sql)
    conn.close()


def test_a_new_device_needs_no_server(cli: Cli) -> None:
    ran = cli("status")

    assert ran.code == 0
    assert "No server is connected, and none is needed." in ran.out
    assert "Private entries stay on this device." in ran.out
    assert "SQLite 3." in ran.out


def test_a_status_counts_lanes_and_wishes(cli: Cli) -> None:
    cli.goal("Walk", "--share")

    out, found = cli("status").out, cli.ok("status")

    assert "Private (self): 3 saved, 0 sent" in out
    assert "1 to be shared as soon as you let somebody in." in out
    assert [each["lane"] for each in found["lanes"]] == ["self"]
    assert (found["server"], found["wishes"], found["warnings"]) == (None, 1, [])


def test_what_the_server_did_not_take_is_told(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    altered(
        tmp_path,
        "UPDATE event SET seq = 1, received_at = 0, offset = 0, actor = 'person',"
        " code = 'too_large' WHERE dseq = 1",
    )

    assert "Please look: the server did not take 1 of your entries" in cli("status").out


def test_raw_events_are_shown_as_written(cli: Cli) -> None:
    cli.goal("Walk")

    out = cli("log", "--lane", "self", "--limit", "1").out

    assert out.count("\n") == 1
    assert "self unsent" in out
    assert '"type":"goal_activated"' in out


def test_raw_events_without_body_say_so(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    altered(tmp_path, "UPDATE event SET key = x'0000000000000001' WHERE dseq = 1")
    altered(tmp_path, "UPDATE event SET body = NULL, salt = NULL, code = 'erased' WHERE dseq = 2")

    out = cli("log").out

    assert "(locked)" in out
    assert "erased (no body)" in out


def test_what_was_not_altered_verifies(cli: Cli) -> None:
    cli.goal("Walk")

    assert cli("verify").out == "Everything verifies: 2 entries.\n"
    assert cli.ok("verify") == {
        "ok": True,
        "checked": 2,
        "flaws": [],
        "moved_aside": None,
    }


def test_a_flaw_is_named_by_its_place(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    altered(tmp_path, "UPDATE event SET day = '2020-01-01' WHERE dseq = 2")

    plain, found = cli("verify"), cli("verify", "--json")

    assert (plain.code, found.code) == (1, 1)
    assert "Does not verify (columns): self, not sent yet, event " in plain.out
    [flaw] = found.json["flaws"]
    assert (flaw["what"], flaw["lane"], flaw["seq"]) == ("columns", "self", None)


def test_a_damaged_file_is_told_and_verify_says_no(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    file = tmp_path / "home" / "trailmark.db"
    data = bytearray(file.read_bytes())
    for place in range(4096, len(data), 64):
        data[place] ^= 0xFF
    file.write_bytes(data)

    ran = cli("verify", "--json")

    assert ran.code == 1
    assert ran.json["moved_aside"] is not None
    assert '"code":"corrupt_log"' in ran.err
    assert not ran.json["ok"]
    assert "Everything verifies" in cli("verify").out
