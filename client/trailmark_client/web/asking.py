"""What a browser asked, and what it is told: values without a framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import parse_qsl

import msgspec

from trailmark_shared import limits
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.words import gettext

Form = Mapping[str, tuple[str, ...]]
"""Fields of a form with all their values."""

NO_FIELDS: Final[Form] = MappingProxyType({})

_NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})

OK: Final = 200
SEE_OTHER: Final = 303
NOT_FOUND: Final = 404
NOT_POSSIBLE: Final = 422
LOCKED: Final = 423
"""The store is shut (RFC 4918): a window that shows something of it lets it go."""
FAILED: Final = 500
"""Nobody foresaw this."""


class WordsNeededError(DomainError):
    """Nothing was typed where words are the thing itself; nothing was recorded."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.INVALID_INPUT, gettext("a few words are needed; one is enough to begin with")
        )


class UnknownChoiceError(DomainError):
    """What was chosen is not on the list, or nothing was; nothing was recorded."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(ErrorCode.INVALID_INPUT, gettext("please choose one of the list"))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the browser.

    Attributes:
        method: ``GET`` shows, ``POST`` records.
        path: The path, decoded; it never holds a person's words.
        query: Words behind the path; never a person's own.
        form: What was typed; on a page that is shown again, or anew from a draft, that too.
        ids: Named parts of the path.
        problem: Why what was typed could not be recorded, in words; ``None`` at first.
    """

    method: Literal["GET", "POST"] = "GET"
    path: str = "/"
    query: Mapping[str, str] = _NO_WORDS
    form: Form = NO_FIELDS
    ids: Mapping[str, str] = _NO_WORDS
    problem: str | None = None

    def typed(self, name: str, otherwise: str = "") -> str:
        """Return what was typed into a field, or ``otherwise`` where the form has no such field."""
        values = self.form.get(name, ())
        return values[-1] if values else otherwise

    def words(self, name: str) -> str | None:
        """Return what was typed without blanks around it, or ``None`` for nothing."""
        return self.typed(name).strip() or None

    def needed(self, name: str) -> str:
        """Return what was typed without blanks around it.

        Raises:
            WordsNeededError: Nothing was.
        """
        words = self.words(name)
        if words is None:
            raise WordsNeededError
        return words

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that may be chosen several times."""
        return self.form.get(name, ())


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The answer.

    Attributes:
        status: Of HTTP.
        html: The page.
        location: Where to go on instead: an address of these pages.
        download: Name of the backup that the app makes now and hands to the person, or ``None``.
    """

    status: int = OK
    html: str = ""
    location: str | None = None
    download: str | None = None


def go_on(location: str) -> Told:
    """Return an answer that sends the browser to another page."""
    return Told(status=SEE_OTHER, location=location)


def form_from_body(body: bytes) -> Form:
    """Return the fields of a form that a browser sent.

    Args:
        body: ``application/x-www-form-urlencoded``, UTF-8.

    Returns:
        All fields; line ends read as one character each, as in the text that is kept.

    Raises:
        LimitExceededError: ``too_large``.
    """
    if len(body) > limits.PAGE_FORM_BYTES_MAX:
        raise LimitExceededError("PAGE_FORM_BYTES_MAX", len(body), limits.PAGE_FORM_BYTES_MAX)
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return fields_of(pairs)


def fields_of(pairs: Sequence[tuple[str, str]]) -> Form:
    """Return fields by name, from names and values in their order; blanks alone are no value."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        typed = value.replace("\r\n", "\n") if clean_words(value) else ""
        fields[name] = (*fields.get(name, ()), typed)
    return fields
