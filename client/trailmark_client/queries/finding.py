"""Ids as people type them: any beginning that names one thing only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import ALPHABET, TEXT_CHARS, id_from_text, text_from_id
from trailmark_shared.words import gettext

SHORT_CHARS_MIN: Final = 6
"""Ids are shown with at least this many characters."""

SHOWN_MAX: Final = 5
"""Of ids that begin alike so many are named."""

_FIRST_CHARACTER_MAX: Final = "7"
_FOLD: Final = str.maketrans({"i": "1", "l": "1", "o": "0"})


def folded(prefix: str) -> str:
    """Return a typed prefix in canonical characters.

    Returns:
        Lower case, look-alikes read as Crockford meant them.

    Raises:
        DomainError: ``invalid_input``: no id begins like that.
    """
    text = prefix.strip().lower().translate(_FOLD)
    if not text or len(text) > TEXT_CHARS or not set(text) <= set(ALPHABET):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("an id has up to 26 characters of 0-9 and a-z; lists show them"),
        )
    return text


def matches_prefix(text: str, prefix: str) -> bool:
    """Say whether an id begins with a typed prefix.

    Returns:
        Whether it does; look-alikes count as the same.

    Raises:
        DomainError: ``invalid_input``: no id begins like that.
    """
    return text.startswith(folded(prefix))


def span(prefix: str) -> tuple[bytes, bytes]:
    """Return the first and the last of all ids that begin with a typed prefix.

    Where no id does, for the first character of an id is at most 7, nothing lies between them.

    Raises:
        DomainError: ``invalid_input``: it holds what no id has.
    """
    text = folded(prefix)
    if text[0] > _FIRST_CHARACTER_MAX:
        return b"", b""
    first, last = (text.ljust(TEXT_CHARS, end) for end in (ALPHABET[0], ALPHABET[-1]))
    return id_from_text(first), id_from_text(last)


def by_prefix(ids: Iterable[bytes], prefix: str, what: str) -> bytes:
    """Return the one id that begins with ``prefix``.

    Args:
        ids: Ids to choose from; repeated ones count once.
        prefix: What the person typed.
        what: What is looked for, for the message: ``goal``, ``step``, …

    Returns:
        The id.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    wanted = folded(prefix)
    found = sorted({each for each in map(text_from_id, ids) if each.startswith(wanted)})
    if not found:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("no {what} on this device begins with {wanted}; lists show their ids").format(
                what=what, wanted=prefix.strip()
            ),
        )
    if len(found) > 1:
        several = ", ".join(list(shortest(found).values())[:SHOWN_MAX])
        several += ", …" if len(found) > SHOWN_MAX else ""
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext("more than one {what} begins with {wanted}; type more of it: {several}").format(
                what=what, wanted=wanted, several=several
            ),
        )
    return id_from_text(found[0])


def shortest(ids: Collection[str]) -> dict[str, str]:
    """Return for each id (text) the shortest beginning, of at least six, that names it alone."""
    ordered = sorted(set(ids))
    needed = dict.fromkeys(ordered, SHORT_CHARS_MIN)
    for one, other in pairwise(ordered):
        same = next((n for n in range(TEXT_CHARS) if one[n] != other[n]), TEXT_CHARS - 1)
        needed[one] = max(needed[one], same + 1)
        needed[other] = max(needed[other], same + 1)
    return {each: each[: needed[each]] for each in ordered}
