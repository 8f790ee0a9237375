"""A way, written into a page to keep."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli


@pytest.fixture
def way(cli: Cli) -> str:
    """A goal with what was said and done about it; its id."""
    hard = cli.ok("challenge", "add", "Trains <always>")["id"]
    cli.ok("vision", "write", "--overcome", "the fear of trains")
    goal = cli.goal("Ride five stops", "--why", "to see the sea", "--challenge", hard)
    cli.ok("goal", "reword", goal, "Ride two stops", "--reason", "too-ambitious")
    cli.ok("step", "reach", cli.ok("step", "add", goal, "one stop")["id"])
    cli.ok("win", "Bought a ticket", "--goal", goal)
    cli.ok("insight", "add", "It is worst before I leave")
    cli.ok("coping", "add", "breathe", "--if", "the doors close")
    cli.ok("support", "add", "Mira")
    cli.ok("afterwards", "write", "--exercise", "two walks")
    cli.ok("goal", "keep-up", goal)
    cli.ok("goal", "look-back", goal, "--learnt", "slow is fine")
    cli.ok("therapy", "end", "It is my own now", "--yes")
    return goal


def test_the_whole_way_is_in_it_and_it_loads_nothing(cli: Cli, tmp_path: Path, way: str) -> None:
    file = tmp_path / "way.html"

    written = cli.ok("journey", str(file))

    page = file.read_text(encoding="utf-8")
    told = written["journey"]["goals"]
    assert [("Ride two stops", "Ride five stops")] == [
        (each["title"], each["first_words"]) for each in told
    ]
    for words in (
        *("Trains &lt;always&gt;", "the fear of trains", "to see the sea", "one stop"),
        *("Bought a ticket", "It is worst before I leave", "breathe", "Mira", "two walks"),
        *("slow is fine", "It is my own now", "Ride five stops"),
    ):
        assert words in page
    assert way not in page
    assert "default-src 'none'" in page
    assert "@media print" in page
    assert "http" not in page.replace("http-equiv", "")
    HTMLParser().feed(page)


def test_an_empty_way_is_a_page_too(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "way.html"

    said = cli("journey", str(file))

    assert "It is yours to keep." in said.out
    assert "<h2>" not in file.read_text(encoding="utf-8")
    assert (2, "invalid_input") == cli("journey", str(file), "--json").error
