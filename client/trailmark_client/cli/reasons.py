"""Why something changes: read from ``--reason``, or asked for."""

from __future__ import annotations

from trailmark_client.cli.terminal import Terminal
from trailmark_shared.domain.reasons import REASON_WORDS
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.words import gettext


def reason_from_text(text: str) -> Reason:
    """Return the reason that ``CODE`` or ``CODE:TEXT`` says.

    Raises:
        DomainError: ``invalid_input``: a code that nobody knows.
    """
    code, _, words = text.partition(":")
    code = code.strip().lower().replace("_", "-")
    if code not in REASON_WORDS:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("--reason knows these codes: {codes}").format(codes=_codes()),
        )
    return Reason(code=code, text=clean_words(words) or None)


def reason_for(given: str | None, terminal: Terminal) -> Reason:
    """Return the reason given, or the one that the person picks now.

    Raises:
        DomainError: ``reason_required``: none was given and nobody is there to ask;
            ``invalid_input``: a code that nobody knows.
    """
    if given is not None:
        return reason_from_text(given)
    if not terminal.may_ask:
        raise DomainError(
            ErrorCode.REASON_REQUIRED,
            gettext(
                "say why with --reason CODE or --reason CODE:TEXT; the codes are: {codes}"
            ).format(codes=_codes()),
        )
    code = terminal.chooses(gettext("What changed?"), tuple(REASON_WORDS.items()))
    words = terminal.ask(gettext("In your own words, if you like:"))
    return Reason(code=code, text=words or None)


def _codes() -> str:
    return ", ".join(REASON_WORDS)
