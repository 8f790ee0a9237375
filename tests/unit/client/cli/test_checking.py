"""How a device stands, and raw events."""

import sqlite3
from pathlib import Path

from tests.support.devices import CARE
from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.imported_lanes import settle_imported
from trailmark_client.storage.emptying import ErasedThere, Erasure
from trailmark_shared.ids import text_from_id
from trailmark_shared.phrases import told_head


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
    assert "1 thing is to be shared as soon as you let somebody in." in out
    assert [each["lane"] for each in found["lanes"]] == ["self"]
    assert (found["server"], found["wishes"], found["warnings"]) == (None, 1, [])


def test_what_the_server_erased_on_its_own_is_told(cli: Cli, shared: Home, tmp_path: Path) -> None:
    assert shared
    with open_app(tmp_path / "home") as app:
        space = text_from_id(app.identity.space)
        there = ErasedThere(space=space, erased_at=1_700_000_000_000, learned_at=1_700_009_000_000)
        before = cli("status").out
        app.erasure_file.save(Erasure(there=there))

    out, found = cli("status").out, cli.ok("status")

    mark = f"{space[-6:-3]}-{space[-3:]}"
    assert f"Whoever runs the server knows you by the mark {mark}." in before
    assert mark == found["mark"]
    assert there.erased_at == found["erased_there"]["erased_at"]
    assert "erased its copy of everything on Tue 14 Nov 2023 23:13" in out
    assert "This device was told on Wed 15 Nov 2023 01:43." in out
    assert "Everything on this device is still here" in out
    assert "trailmark export FILE" in out
    assert "Connected to" in before
    assert "Connected to" not in out


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
    assert "self not sent yet" in out
    assert '"type":"goal_activated"' in out


def test_raw_events_without_body_say_so(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    altered(tmp_path, "UPDATE event SET key = x'0000000000000001' WHERE dseq = 1")
    altered(tmp_path, "UPDATE event SET body = NULL, salt = NULL, code = 'erased' WHERE dseq = 2")

    out = cli("log").out

    assert "(locked)" in out
    assert "erased (no body)" in out


def test_words_to_compare_are_shown_where_asked_for(cli: Cli, shared: Home) -> None:
    words = told_head(shared.lane(CARE).hash_at(5), 5)

    assert f"\n  {words}\n" in cli("status", "--words").out
    assert "as of entry" not in cli("status").out
    assert [words] == [each["words"] for each in cli.ok("status", "--words")["lanes"]]
    assert [None] == [each["words"] for each in cli.ok("status")["lanes"]]


def test_what_came_with_an_import_is_not_called_sent(
    cli: Cli, shared: Home, tmp_path: Path
) -> None:
    assert CARE in shared.lanes
    cli.ok("private-copy", "on")
    altered(tmp_path, f"INSERT INTO archived_lane VALUES ('{CARE}')")  # noqa: S608

    out = cli("status").out

    assert f"Shared before the import ({CARE}): 5 saved, on this device only" in out
    assert "neither your other devices nor your recovery code bring it" in out

    with open_app(tmp_path / "home", clock=FakeClock(), randomness=SeededRandomness(9)) as app:
        assert settle_imported(app)
    out = cli("status").out

    assert f"Shared before the import ({CARE}): 5 saved, sealed with your private entries" in out
    assert "neither your other devices nor your recovery code bring it" not in out
