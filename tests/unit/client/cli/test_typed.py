"""Words of a command line are kept as those of a form are; files keep the names that they have."""

from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.typed import as_kept


def test_words_are_kept_alike_and_files_as_they_are() -> None:
    def command(*words: str, tags: tuple[str, ...], file: Path) -> tuple[object, ...]:
        return words, tags, file

    told = as_kept(command)(" a\r\nb ", "c", tags=(" d", "e"), file=Path(" f"))

    assert (("a\nb", "c"), ("d", "e"), Path(" f")) == told


@pytest.mark.parametrize("more", [(), ("--why=air",)], ids=["plain", "cyclopts"])
def test_every_reading_of_a_command_line_keeps_words_alike(cli: Cli, more: tuple[str, ...]) -> None:
    cli.goal(" Go out\r\nmore ", *more)

    [goal] = cli.ok("goal", "list")["goals"]
    assert "Go out\nmore" == goal["title"]
