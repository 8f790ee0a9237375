"""CSV: what was written is read again, and no cell is calculated by whoever opens it."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.exports.csv_rows import Cell, csv_row

FORMULAS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001


def read(data: bytes) -> list[list[str]]:
    """Read as another program does."""
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def neutral(text: str) -> str:
    """Return what a text reads like in a table."""
    first, *rest = re.split("([;\r\n])", text)
    shown = "'" + first if text[0] in FORMULAS else first
    for parting, part in zip(rest[::2], rest[1::2], strict=True):
        calls = part.lstrip('"')[:1] in tuple(FORMULAS) and set("(|!") & set(part)
        shown += parting + ("'" if calls and part.lstrip('"')[0] != "\t" else "") + part
    return shown


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, b""),
        ("", b""),
        ("plain", b"plain"),
        (0, b"0"),
        (-5, b"-5"),
        (2.5, b"2.5"),
        (True, b"true"),
        (False, b"false"),
        ("a,b", b'"a,b"'),
        ('so "it" is', b'"so ""it"" is"'),
        ("two\nlines", b'"two\nlines"'),
        ("=1+1", b"'=1+1"),
        ("-5", b"'-5"),
        ('=HYPERLINK("x","y")', b'"\'=HYPERLINK(""x"",""y"")"'),
        ("\tindented", b'"\'\tindented"'),
        ("a;b", b'"a;b"'),
        ("so; =1+1 or -5;-) stay", b'"so; =1+1 or -5;-) stay"'),
        ("well done;=cmd|' /C calc'!A0", b"\"well done;'=cmd|' /C calc'!A0\""),
        ('well done;"@SUM(A1)"', b'"well done;\'""@SUM(A1)"""'),
        ("today:\n- a walk\n-cmd|x!A0", b'"today:\n- a walk\n\'-cmd|x!A0"'),
        ("\r", b'"\'\r"'),
        ("Grüße", "Grüße".encode()),
        ("half \ud800", b"half ?"),
    ],
)
def test_a_cell_is_written_so(cell: Cell, written: bytes) -> None:
    assert written + b"\r\n" == csv_row([cell])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_texts_are_read_as_they_were_written(texts: list[str]) -> None:
    found = read(csv_row(texts))

    assert [[neutral(each) for each in texts]] == found


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_is_a_formula(text: str) -> None:
    [[cell, _]] = read(csv_row([text, "end"]))

    assert not cell or cell[0] not in FORMULAS


def test_rows_follow_each_other() -> None:
    data = csv_row(["day", "value"]) + csv_row(["2026-11-22", 3])

    assert [["day", "value"], ["2026-11-22", "3"]] == read(data)
