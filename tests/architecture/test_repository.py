"""What the repository holds besides code: no trace of a machine, and papers that are in order."""

import os
import re
from collections import Counter

import pytest

from tests.architecture.sources import ROOT, place, project_texts

# Written with character classes, so that these patterns do not find themselves.
_REGISTRY = re.compile(
    r"pyp[i]\.org|pythonhoste[d]\.org|registr[y]\.npmjs|--?(extra-)?index-ur[l]|find-link[s]"
    r"|/simpl[e]/|registr[y] = "
)
_MACHINE_PATH = re.compile(r"(?<![\w.~}>*-])/(wor[k]|roo[t]|tm[p]|opt|home/\w+|User[s]/\w+)/\w")
_DECISION = re.compile(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md")
_PIN = re.compile(r"[a-z0-9-]+==[^ ]+( ; [^\\]+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def findings(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{place(path, number)} {match.group()}"
        for path, text in project_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in pattern.finditer(line)
    ]


def test_no_registry_address() -> None:
    """An index is a choice of whoever installs; an address in a file would make it for them."""
    assert [] == findings(_REGISTRY)


def test_no_path_of_a_machine() -> None:
    assert [] == findings(_MACHINE_PATH)


def test_decision_pages_are_numbered_once_each() -> None:
    names = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    pages = [name for name in names if name.lower() != "readme.md"]
    numbers = Counter(name[:4] for name in pages)

    assert [] == [name for name in pages if not _DECISION.fullmatch(name)]
    assert [] == [number for number, count in numbers.items() if count > 1]


def test_license_is_the_one_that_the_metadata_name() -> None:
    text = (ROOT / "LICENSE").read_text()

    assert "Apache License\n                           Version 2.0" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-server.lock"])
def test_lock_holds_pins_and_hashes_only(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()

    assert lines
    assert [] == [line for line in lines if not (_PIN.fullmatch(line) or _HASH.fullmatch(line))]


def test_gate_is_executable() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
