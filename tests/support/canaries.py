"""Words that nothing else contains, and the search for them in whatever form bytes may hold them.

Long words, and the search looks for their beginnings and their ends: an index keeps of a word only
what differs from the one before, and a page of a file may end within one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

PIECE: Final = 7
"""Letters that cannot follow each other by chance."""


class Canary:
    """A text that is looked for word by word.

    Attributes:
        text: The text: long words, lower case.
        forms: What to look for, by a name for it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.forms: dict[str, bytes] = {}
        for word in text.split():
            assert len(word) >= 2 * PIECE, "an index or a page must not hide the whole of it"
            for piece in (word[:PIECE], word[-PIECE:]):
                self.forms |= {f"{piece} {name}": form for name, form in _forms(piece)}

    def found_in(self, data: bytes) -> list[str]:
        """Return the names of the forms that are somewhere in these bytes."""
        lower = data.lower()
        return [name for name, form in self.forms.items() if form in data or form in lower]


def _forms(word: str) -> Iterator[tuple[str, bytes]]:
    plain = word.encode()
    yield "plain", plain
    yield "hex", plain.hex().encode()
    yield "UTF-16", word.encode("utf-16-le")
    yield "UTF-16, the other way", word.encode("utf-16-be")
    yield "backwards", plain[::-1]
    for before in range(3):
        whole = base64.b64encode(bytes(before) + plain)
        begin, end = -(-8 * before // 6), 8 * (before + len(plain)) // 6
        yield f"base64, {before}", whole[begin:end]


def files_below(*folders: Path, at: str = "") -> dict[str, bytes]:
    """Return every file below some folders, as its bytes are on the disk now, by ``at`` and name.

    Args:
        folders: Where to look.
        at: Tells these files from those of another moment.
    """
    return {
        f"{at} {path.relative_to(folder)}".strip(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def found(places: Mapping[str, bytes], *canaries: Canary) -> dict[str, list[str]]:
    """Return where canaries are, with the forms in which they are there; empty for nowhere."""
    where = {
        place: [name for each in canaries for name in each.found_in(data)]
        for place, data in places.items()
    }
    return {place: names for place, names in where.items() if names}
