"""What a server's refusal means for the person, by its code.

A server may answer in its own language, or with words for programs. So what it says is used only
where its code is not known here, or means different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.errors import ErrorCode
from trailmark_shared.protocol.client_answers import ALTERED_WORDS, UNKNOWN_KEY_WORDS
from trailmark_shared.words import Texts, gettext, marked

_ODD_WORDS: Final = marked(
    "the server and this device do not understand each other; nothing is lost. Try again; if it "
    "stays so, update Trailmark, or ask whoever runs the server"
)

_WORDS: Final[Mapping[ErrorCode, str]] = Texts(
    {
        ErrorCode.ALTERED_HISTORY: ALTERED_WORDS,
        ErrorCode.UNKNOWN_SIGNING_KEY: UNKNOWN_KEY_WORDS,
        ErrorCode.MALFORMED_FRAME: _ODD_WORDS,
        ErrorCode.UNEXPECTED_MESSAGE: _ODD_WORDS,
        ErrorCode.BROKEN_PAGE: marked(
            "what the server sent does not verify; nothing of it was taken, nothing is lost. Try "
            "again; if it stays so, ask whoever runs the server"
        ),
        ErrorCode.NOT_SIGNED_IN: marked("the server does not know this device"),
        ErrorCode.SIGNED_OUT: marked("this device was signed out"),
        ErrorCode.SPACE_ERASED: marked("everything of this space was erased there"),
        ErrorCode.PROTOCOL_VERSION: marked("the server wants a newer Trailmark"),
        ErrorCode.RATE_LIMITED: marked("too many tries; wait a little"),
        ErrorCode.OVERLOADED: marked("the server is busy; try again"),
        ErrorCode.GOING_AWAY: marked("the server restarts; try again"),
        ErrorCode.STORAGE_UNAVAILABLE: marked("the server cannot store anything now; try again"),
        ErrorCode.DISK_FULL: marked("the server has no room left; tell whoever runs it"),
        ErrorCode.INTERNAL: marked(
            "something broke on the server; what was said to be saved is safe"
        ),
    }
)


def refusal_words(code: ErrorCode | None, said: str) -> str:
    """Return a refusal in the words of this program, in the language in force.

    Args:
        code: What the server, or the session with it, named; ``None`` for nothing.
        said: What it said beside the code. It becomes one line, so that it cannot look like words
            of this program.
    """
    if code is not None and (words := _WORDS.get(code)) is not None:
        return words
    line = " ".join(said.split())
    return gettext(line) if line else ""
