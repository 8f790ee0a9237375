"""Every row of ``docs/rows.md`` names commands, events and tests that exist."""

import ast
import re
from functools import cache
from typing import NamedTuple

import pytest

from tests.architecture.sources import ROOT, tree
from trailmark_client.cli.catalogue import COMMANDS
from trailmark_shared.events.registry import EVENT_TYPES

_PAGE = ROOT / "docs" / "rows.md"
_ROW = re.compile(r"(?:G(?:0[1-9]|[1-5][0-9]|6[0-3])|T0[1-5])")
_COLUMNS = ("row", "for people", "command", "events", "tests")


class Row(NamedTuple):
    """A line of the table."""

    id: str
    words: str
    commands: list[str]
    events: list[str]
    tests: list[str]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _table() -> list[list[str]]:
    lines = _PAGE.read_text(encoding="utf-8").splitlines()
    return [_cells(line) for line in lines if line.startswith("|")]


def _row(cells: list[str]) -> Row:
    row, words, commands, events, tests = cells
    return Row(
        id=row,
        words=words,
        commands=[each.strip() for each in commands.split(";")],
        events=[] if events == "-" else events.split(),
        tests=[each.strip() for each in tests.split(";")],
    )


ROWS = [_row(cells) for cells in _table()[2:]]


@cache
def _tests_of(name: str) -> frozenset[str]:
    path = ROOT / "tests" / name
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in ast.walk(tree(path)) if isinstance(each, functions))


def test_the_table_reads_as_the_page_says() -> None:
    header, rule, *_ = _table()

    assert tuple(header) == _COLUMNS
    assert set("".join(rule)) == {"-"}


def test_rows_stand_once_and_in_order() -> None:
    ids = [row.id for row in ROWS]

    assert [each for each in ids if not _ROW.fullmatch(each)] == []
    assert ids == sorted(set(ids))


def test_every_row_of_the_product_works() -> None:
    goals = {f"G{number:02d}" for number in range(1, 64)}
    mission = {f"T{number:02d}" for number in range(1, 6)}

    assert goals | mission == {row.id for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_a_row_names_exists(row: Row) -> None:
    commands = {" ".join(each.words) for each in COMMANDS}
    missing = [test for test in row.tests if test.partition("::")[2] not in _tests_of(_file(test))]

    assert row.words
    assert [each for each in row.commands if each not in commands] == []
    assert [each for each in row.events if each not in EVENT_TYPES] == []
    assert missing == []


def _file(test: str) -> str:
    return test.partition("::")[0]
