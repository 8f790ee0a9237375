"""Fill the generated parts of the documentation from the code that they describe.

A part stands in a Markdown file between two comments::

    <!-- generated: NAME -->
    ...
    <!-- end generated -->

Run without arguments it rewrites what is stale; with ``--check`` it names what is stale and exits
with 1. A part is added by one function and one row of ``PARTS``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))  # run by path: the project's root is not known

from docs.parts import api, bodies, commands, protocol
from docs.parts.markdown import prose, table
from trailmark_shared.domain.reasons import REASON_WORDS
from trailmark_shared.domain.statuses import (
    ACHIEVEMENT_WORDS,
    ALLOWED_MOVES,
    LIFECYCLE_WORDS,
)
from trailmark_shared.events.registry import EVENT_TYPES, EventType

ROOT: Final = Path(__file__).parents[1]
MARKED: Final = re.compile(
    r"(?P<start><!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end generated -->)",
    re.DOTALL,
)


def events() -> str:
    """Return the catalogue of event types."""
    return table(
        ("type", "ver", "what happened", "subject", "lanes", "who", "why", "sets"),
        (_event_row(each) for each in EVENT_TYPES.values()),
    )


def _event_row(each: EventType) -> Sequence[str]:
    order = ("self", "devices", "care", "circle", "person", "member", "supporter")
    carries = f"carries over {len(each.carries)} fields" if each.carries else ""
    return (
        f"`{each.name}`",
        str(each.ver),
        prose(each.meaning),
        "control" if each.is_control else each.kind.replace("_", "-"),
        ", ".join(sorted(each.lanes, key=order.index)),
        ", ".join(sorted(each.writers, key=order.index)),
        "required" if each.reason_required else "",
        ", ".join(filter(None, (*(f"`{name}`" for name in each.sets), carries))),
    )


def reasons() -> str:
    """Return the reason codes with the clause that people read."""
    return table(("code", "reads"), ((f"`{code}`", words) for code, words in REASON_WORDS.items()))


def lifecycle() -> str:
    """Return the statuses of a goal with their words and the moves that need no review."""
    return table(
        ("code", "people read", "goes to"),
        (
            (f"`{code}`", words, ", ".join(f"`{each}`" for each in sorted(ALLOWED_MOVES[code])))
            for code, words in LIFECYCLE_WORDS.items()
        ),
    )


def achievement() -> str:
    """Return how a goal can go, with the words that people read."""
    return table(
        ("code", "people read"), ((f"`{code}`", words) for code, words in ACHIEVEMENT_WORDS.items())
    )


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "events": events,
    "reasons": reasons,
    "lifecycle": lifecycle,
    "achievement": achievement,
    **api.PARTS,
    **bodies.PARTS,
    **commands.PARTS,
    **protocol.PARTS,
}
"""Name of a part to what writes it."""


def filled(text: str) -> str:
    """Return ``text`` with every generated part written anew; an unknown name is a ``KeyError``."""
    return MARKED.sub(lambda found: found["start"] + PARTS[found["name"]]() + found["end"], text)


def stale(root: Path) -> dict[Path, str]:
    """Return the files whose parts are not what the code says, with what they should read."""
    pages = sorted({*(root / "docs").rglob("*.md"), *root.glob("*.md")})
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    return {page: new for page, text in texts.items() if (new := filled(text)) != text}


def main(arguments: Sequence[str]) -> int:
    """Rewrite or check; return the exit status."""
    pages = stale(ROOT)
    for page, text in pages.items():
        print(page.relative_to(ROOT))
        if "--check" not in arguments:
            page.write_text(text, encoding="utf-8")
    return int(bool(pages) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
