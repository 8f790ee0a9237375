"""What the server's log may carry, as the operator is told: a table of ``docs/operating.md``."""

import re
from pathlib import Path
from typing import Final

ALWAYS: Final = frozenset({"at_ms", "level", "what"})
"""Fields of every line."""

_PAGE: Final = Path(__file__).parents[2] / "docs" / "operating.md"
_TABLE: Final = re.compile(r"<!-- logged facts -->\n(.*?)<!-- end logged facts -->", re.DOTALL)
_NAME: Final = re.compile(r"`(\w+)`")


def documented_facts() -> dict[str, frozenset[str]]:
    """Return every documented fact with the names of its own fields."""
    found = _TABLE.search(_PAGE.read_text(encoding="utf-8"))
    assert found is not None, "the table is marked"
    facts: dict[str, frozenset[str]] = {}
    for line in found[1].splitlines()[2:]:
        names, fields, _ = line.removeprefix("|").split("|", 2)
        for name in _NAME.findall(names):
            facts[name] = frozenset(_NAME.findall(fields))
    return facts
