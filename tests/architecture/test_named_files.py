"""Documents that name a file of this project name one that exists."""

import re

import pytest

from tests.architecture.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_TEST = re.compile(r"`(tests/[\w./-]+)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_what_it_names_is_there(name: str) -> None:
    path = ROOT / name
    text = path.read_text()
    named = [ROOT / each for each in _TEST.findall(text)]
    linked = [path.parent / each for each in _LINK.findall(text)]

    assert [] == [str(each) for each in (*named, *linked) if not each.exists()]
