"""The lock of the store: the page where it is set, and the one in front of a store that is shut.

What a form of theirs does is done by whoever holds the store open, since it has to let it go.
"""

from __future__ import annotations

from trailmark_client.web.asking import LOCKED, NOT_POSSIBLE, Asked, Told
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.helplines import DIRECTORY
from trailmark_client.web.rendering import templates
from trailmark_shared import limits

PATH = "/lock"
"""The page where a passphrase is set, changed or taken off."""

HIDDEN_PATH = "/hidden"
"""What the quick-hide key shows, also in front of a store that is shut."""

UNLOCK_PATH = "/unlock"
"""Where a passphrase is sent to."""


def show(desk: Desk, asked: Asked) -> Told:
    """Show how the store is locked, and what can be done about it."""
    return page(
        desk,
        asked,
        "lock.html",
        "state",
        lock=desk.lock,
        least=limits.PASSPHRASE_CHARS_MIN,
        in_app=desk.server_address is not None,
    )


def awake(desk: Desk, asked: Asked) -> Told:
    """Note nothing: that it was asked says that somebody is there."""
    del desk, asked
    return Told()


def shut(asked: Asked) -> Told:
    """Return the page in front of a store that is shut; it shows nothing of it.

    Args:
        asked: What was asked; the browser goes on there afterwards.
    """
    if asked.path == HIDDEN_PATH:
        return Told(html=templates().render("hidden.html"))
    to = asked.typed("to") if asked.path == UNLOCK_PATH else asked.path
    html = templates().render(
        "shut.html",
        asked=asked,
        to=safe_path(to if asked.method == "GET" or asked.path == UNLOCK_PATH else "/"),
        directory=DIRECTORY,
        least=limits.PASSPHRASE_CHARS_MIN,
    )
    return Told(status=LOCKED if asked.problem is None else NOT_POSSIBLE, html=html)


def safe_path(path: str) -> str:
    """Return a path of these pages, the first one where it is none."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\", UNLOCK_PATH))
    return path if is_own else "/"
