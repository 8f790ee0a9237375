"""What the documentation generates from the code is what the code says."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.sources import ROOT
from tests.support.scripts import load_script


@pytest.fixture(name="generate", scope="module")
def loaded() -> ModuleType:
    return load_script(ROOT / "docs" / "generate.py")


def test_no_page_is_stale(generate: ModuleType) -> None:
    """Where this fails, run ``make docs`` and look at what changed."""
    assert list(generate.stale(ROOT)) == []


def test_every_part_stands_somewhere(generate: ModuleType) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))

    assert [part for part in generate.PARTS if f"<!-- generated: {part} -->" not in pages] == []


def test_a_key_that_may_be_left_out_is_told(generate: ModuleType) -> None:
    rows = generate.PARTS["documents"]().splitlines()
    (told,) = [each for each in rows if each.startswith("| `is_scored` |")]

    assert "Left out where it is `true`." in told


def test_a_stale_part_is_found_and_filled(generate: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("a\n<!-- generated: reasons -->\nold\n<!-- end generated -->\nb\n")
    [(stale, text)] = generate.stale(tmp_path).items()

    assert stale == page
    assert "`new-insight`" in text
    assert "old" not in text
    assert (text[:2], text[-3:]) == ("a\n", "\nb\n")
