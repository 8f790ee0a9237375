"""What went wrong, in the words of a page: what to do next, and nothing of a command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.words import capital, gettext, marked

_WORDS: Final[Mapping[ErrorCode, str]] = {
    ErrorCode.NOTHING_CHANGED: marked("It says exactly that already, so nothing was changed."),
    ErrorCode.REASON_REQUIRED: marked(
        "Please choose what changed. It is for you to remember later."
    ),
    ErrorCode.TOO_LARGE: marked(
        "That is more than fits in one place. Shorten it, or make two of it."
    ),
    ErrorCode.MALFORMED_BODY: marked(
        "Something is missing or too long. Please look at the form again."
    ),
    ErrorCode.NOT_FOUND: marked(
        "This is not on this device any more. Your words are still in the form."
    ),
    ErrorCode.NOT_AGREED: marked(
        "You did not agree to share this kind of thing with them, so nothing was shared."
    ),
    ErrorCode.AMBIGUOUS_ID: marked("More than one person is meant. Please choose with whom."),
    ErrorCode.NOT_CONNECTED: marked(
        "For this you need a server, which an invitation of your therapist brings."
    ),
    ErrorCode.UNREACHABLE: marked(
        "The server cannot be reached now. Everything is saved on this device; try again later."
    ),
    ErrorCode.WRONG_CODE: marked(
        "This code does not work, or not any more. Please ask for a new invitation."
    ),
    ErrorCode.WRONG_PASSPHRASE: marked(
        "This is not the passphrase. Nothing was changed; please try again."
    ),
    ErrorCode.EXCERPT_NOT_FOUND: marked(
        "These words do not stand in the entry. Please choose them exactly as they read there."
    ),
    ErrorCode.DISK_FULL: marked(
        "There is no room left on this device, so this is not saved. Make some room, then try again"
        "; your words are still in the form."
    ),
    ErrorCode.STORAGE_UNAVAILABLE: marked(
        "The store on this device cannot be used now, so this is not saved. Please try again; your "
        "words are still in the form."
    ),
    ErrorCode.ILLEGAL_MOVE: marked(
        "This cannot be done with the goal as it stands now. Load the page again to see what can."
    ),
    ErrorCode.INSECURE_ADDRESS: marked(
        "This address is not safe to use. Please ask for another one."
    ),
}

_COMMAND: Final = re.compile(r"\btrailmark [a-z]")


def problem_words(error: TrailmarkError) -> str:
    """Return what a page says of an error; one without words of its own speaks for itself."""
    words = _WORDS.get(error.code)
    if words is not None:
        return gettext(words)
    return own_words(error)


def own_words(error: TrailmarkError) -> str:
    """Return what an error says of itself, as a sentence, without the commands that it names.

    They are for whoever typed a command; who has pages alone would find no place to type them.
    """
    clauses = re.split(r"(?<=[.;])\s", error.message)
    said = " ".join(each for each in clauses if not _COMMAND.search(each))
    if not said:  # one clause alone: what to do stands before its colon, the command behind it
        said = _COMMAND.split(error.message)[0].rpartition(":")[0]
    if not said:
        return gettext(_WORDS[ErrorCode.MALFORMED_BODY])
    return f"{capital(said.rstrip('.;'))}."
