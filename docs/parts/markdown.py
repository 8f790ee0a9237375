"""How the generated parts of the documentation are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def prose(text: str, *, none: str = "null") -> str:
    """Return the words of a docstring as Markdown on one line.

    Args:
        text: The words.
        none: What the page calls Python's ``None``.
    """
    plain = " ".join(text.split()).replace("``", "`").replace("|", "\\|")
    return plain.replace("`None`", f"`{none}`")
