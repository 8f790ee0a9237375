"""What documents name, a file or a place in one, is there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_TEST = re.compile(r"`(tests/[\w./-]+)`")
_PLACE = re.compile(r"\[([^\]]*)\]\(([^)#:]*)#([^)]+)\)")
_UNREAD = re.compile(r"^(`{3,}).*?^\1|^ {4}.*?$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_what_it_names_is_there(name: str) -> None:
    path = ROOT / name
    text = path.read_text()
    named = [ROOT / each for each in _TEST.findall(text)]
    linked = [path.parent / each for each in _LINK.findall(text)]

    assert [] == [str(each) for each in (*named, *linked) if not each.exists()]


def headings(path: Path) -> dict[str, str]:
    """Return the headings of a page by their anchors, which are numbered where words repeat."""
    found: dict[str, str] = {}
    seen = Counter[str]()
    for words in _HEADING.findall(_UNREAD.sub("", path.read_text())):
        anchor = re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")
        found[f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor] = words
        seen[anchor] += 1
    return found


def links(path: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield the words of each link to a place, the page that it is on, and its anchor."""
    for words, page, anchor in _PLACE.findall(_UNREAD.sub("", path.read_text())):
        yield words, path.parent / page if page else path, anchor


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_what_it_links_to_has_that_place(name: str) -> None:
    path = ROOT / name

    assert [] == [
        (words, anchor) for words, page, anchor in links(path) if anchor not in headings(page)
    ]


def test_a_document_of_a_command_is_linked_to_by_its_own_name() -> None:
    """Some are called as a command is, and the command comes first on the page."""
    path = ROOT / "docs" / "cli.md"
    there = headings(path)
    named = [(words.strip("`"), anchor) for words, page, anchor in links(path) if page == path]

    assert [] == [(words, there[anchor]) for words, anchor in named if words != there[anchor]]
    assert {"audit", "audit-1"} <= there.keys()
