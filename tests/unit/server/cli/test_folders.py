"""A folder without a server's data is named and left as it is by all that makes no server."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.postgres import PostgresServer
from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_server.settings import Databases
from trailmark_server.storage.postgres.peeking import PostgresPeek
from trailmark_server.stores import open_stores

COMMANDS = (
    "verify",
    "backup log keys",
    "rebuild",
    "rotate-signing-key",
    "doctor",
    "person list",
    "person erase 00000000000000000000000000 --yes",
    "therapist list",
    "therapist link --email a@example.org --public-url https://a.example",
    "therapist disable --email a@example.org",
    "therapist enable --email a@example.org",
    "therapist hand-over --from a@example.org --to b@example.org",
    "invite --therapist a@example.org --public-url https://a.example",
    "migrate-to postgresql://127.0.0.1:9/none",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_folder_is_named_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    wrong = tmp_path / "wrong"

    assert ExitCode.STORAGE == cli.run([*command.split(), "--data", str(wrong), "--json"])
    error = json.loads(capsys.readouterr().err)["error"]
    assert "storage_unavailable" == error["code"]
    assert str(wrong) in error["message"]
    assert not wrong.exists()


def test_an_empty_database_is_named_and_nothing_is_made(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    main, keys = (asyncio.run(postgres.create_empty()) for _ in range(2))
    where = ["--database", main, "--keys-database", keys, "--json"]
    told = list[str]()
    for command in COMMANDS:
        if command not in {"doctor", COMMANDS[-1]}:
            assert ExitCode.STORAGE == cli.run([*command.split(), *where])
            told.append(json.loads(capsys.readouterr().err)["error"]["message"])
    facts = [asyncio.run(PostgresPeek(url).facts()) for url in (main, keys)]

    assert [0, 0] == [each.applied for each in facts]
    assert {f"there is no server in the database {urlsplit(main).path[1:]}"} == {
        each.partition(":")[0] for each in told
    }
    assert ExitCode.FINDINGS == cli.run(["doctor", *where])
    assert {"database_log", "schema_log"} <= {
        each["name"] for each in json.loads(capsys.readouterr().out)["checks"]
    }


def test_keys_that_a_database_lacks_are_not_made_by_looking(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where a move was interrupted behind its first step."""
    main, keys = asyncio.run(postgres.create("main")), asyncio.run(postgres.create("keys"))
    words = ["verify", "--database", main, "--keys-database", keys]
    before = cli.run(words), capsys.readouterr().err
    asyncio.run(_make_keys(Databases(main=main, keys=keys)))
    after = cli.run(words)
    asyncio.run(postgres.give_back(main, "main"))
    asyncio.run(postgres.give_back(keys, "keys"))

    assert (ExitCode.STORAGE, ExitCode.OK) == (before[0], after)
    assert urlsplit(keys).path[1:] in before[1]


async def _make_keys(databases: Databases) -> None:
    async with open_stores(Path(), FakeClock(), SeededRandomness(), databases):
        pass


def test_keys_that_are_lost_are_not_made_anew(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (begun / "keys.db").unlink()

    assert ExitCode.STORAGE == cli.run(["verify", "--data", str(begun)])
    assert "keys.db" in capsys.readouterr().err
    assert not (begun / "keys.db").exists()


def test_an_interrupted_restore_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "restoring").touch()

    assert ExitCode.STORAGE == cli.run(["verify", "--data", str(tmp_path)])
    assert "restore" in capsys.readouterr().err


def test_accounts_are_made_before_the_first_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        "therapist add Demo --email a@example.org",
        "therapist list",
        "invite --therapist a@example.org --public-url https://a.example",
    ):
        assert ExitCode.OK == cli.run([*command.split(), "--data", str(tmp_path / "new")])
    assert "trailmark connect" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve --port 0", "therapist add Demo --email a@example.org"])
def test_a_file_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert ExitCode.STORAGE == cli.run([*command.split(), "--data", str(place)])
        assert str(place) in capsys.readouterr().err


def test_an_operators_command_loads_neither_the_web_framework_nor_passkeys() -> None:
    script = (
        "import sys, trailmark_server.cli; "
        "print([each for each in ('litestar', 'uvicorn', 'webauthn') if each in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=30
    )

    assert done.stdout.strip() == "[]"
