"""The command line in this process: words in, what it printed and its exit code out."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.devices import connect_to, new_device, share
from tests.support.home import Home
from tests.support.person import THERAPIST, Person
from tests.support.two_sides import TwoSides
from trailmark_client.cli.program import main


class Ran(NamedTuple):
    """What a command did.

    Attributes:
        code: Its exit code.
        out: What it printed.
        err: What it printed beside the answer.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  (any document)
        return json.loads(self.out)

    @property
    def error(self) -> tuple[int, str]:
        """Exit code and error code of what was refused with ``--json``."""
        assert self.out == ""
        return self.code, json.loads(self.err)["error"]["code"]


class Cli:
    """``trailmark`` on a folder of its own, in Berlin."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Ran:
        code = main(words)
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def ok(self, *words: str) -> Any:  # noqa: ANN401  (any document)
        """Run with ``--json``, and return the document."""
        ran = self(*words, "--json")
        assert (ran.code, ran.err) == (0, "")
        return ran.json

    def goal(self, title: str = "Two walks a week", *options: str) -> str:
        """Write a goal down and return its id."""
        return self.ok("goal", "add", title, *options)["id"]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("NO_COLOR", "1")
    return Cli(capsys)


@pytest.fixture
def shared(cli: Cli, tmp_path: Path) -> Home:
    """A server in memory that has what this device shares: a grant and four goals."""
    assert cli
    with new_device(tmp_path / "home") as device:
        home = Home(device.identity.space)
        connect_to(device, home)
        asyncio.run(share(device, home))
    return home


@pytest.fixture
def agreed(cli: Cli, tmp_path: Path) -> str:
    """A therapist who is let in for every kind of thing; nothing was sent yet. Their name."""
    assert cli
    person = Person(tmp_path / "home")
    person.let_in()
    person.app.close()
    return THERAPIST.name


@pytest.fixture
async def sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> AsyncIterator[TwoSides]:
    """Two devices and a therapist; the command line runs on the phone."""
    assert cli
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "phone"))
    sides = await TwoSides(tmp_path).begin()
    yield sides
    sides.close()
