"""The access log, read backwards in pages: whoever looked at a person, and what a member did."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from trailmark_server.storage.accounts import AccessEntry, AccessPlace
from trailmark_shared import limits
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext


class Looks(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the access log.

    Attributes:
        entries: The newest first.
        next: Where the next page begins, or ``None`` where there is nothing older.
    """

    entries: Sequence[AccessEntry]
    next: str | None


def read_looks(
    read: Callable[[int, AccessPlace | None], Sequence[AccessEntry]],
    place_of: Callable[[AccessEntry], AccessPlace],
    before: str | None,
) -> Looks:
    """Return one page of an access log.

    Args:
        read: Reads at most so many rows before a place, the newest first.
        place_of: Where a row stands in this log.
        before: ``Looks.next`` of the page before, or ``None`` for the newest.

    Raises:
        DomainError: ``invalid_input``: ``before`` is no such place.
    """
    place = None if before is None else place_from_text(before)
    found = read(limits.ACCESS_LOG_ENTRIES_MAX + 1, place)
    shown = found[: limits.ACCESS_LOG_ENTRIES_MAX]
    is_more = len(found) > len(shown)
    return Looks(entries=shown, next=text_from_place(place_of(shown[-1])) if is_more else None)


def place_by_member(entry: AccessEntry) -> AccessPlace:
    """Return where a row stands in a person's log."""
    return AccessPlace(entry.first_at, entry.member, entry.page)


def place_by_space(entry: AccessEntry) -> AccessPlace:
    """Return where a row stands in a member's own log."""
    return AccessPlace(entry.first_at, entry.space, entry.page)


def text_from_place(place: AccessPlace) -> str:
    """Return a place as it is named in an address."""
    return f"{place.first_at}-{text_from_id(place.who)}-{place.page}"


def place_from_text(text: str) -> AccessPlace:
    """Return the place that an address names.

    Raises:
        DomainError: ``invalid_input``: it names none.
    """
    first_at, _, rest = text.partition("-")
    who, _, page = rest.partition("-")
    try:
        at = typed_number(first_at)
        if at is not None and len(page) <= limits.LOOK_CHARS_MAX:
            return AccessPlace(at, id_from_text(who), page)
    except EventDataError:
        pass
    raise DomainError(ErrorCode.INVALID_INPUT, gettext("this is no place in the access log"))
