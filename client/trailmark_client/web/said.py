"""What a page says after something was recorded: a code in its address, never words of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.web.asking import Asked
from trailmark_shared.ids import id_from_text, is_canonical_id
from trailmark_shared.words import gettext, marked


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was just done.

    Attributes:
        words: In words.
        undo: Id of what can be taken back again, or ``None``.
        erase: Id of what others still read and only erasing takes from them, or ``None``.
        is_joy: Something was reached.
    """

    words: str
    undo: str | None = None
    erase: str | None = None
    is_joy: bool = False


_WORDS: Final[Mapping[str, str]] = {
    "began": marked("Your goal is written down. It is saved on this device."),
    "checked-in": marked("Saved on this device. Thank you for looking."),
    "skipped": marked("Saved. Skipping is an answer, too."),
    "win": marked("Saved on this device. You did a hard thing."),
    "hard": marked("Saved on this device. Setbacks are part of this. Nothing is lost."),
    "step": marked("The step is written down."),
    "reached": marked("You reached a step. You did a hard thing."),
    "changed": marked("Saved on this device. Your goal grew with you."),
    "grew": marked("Your goal grew with you. Nothing of the one before is lost."),
    "rests": marked("It rests. It will be here when you are ready."),
    "resumed": marked("Welcome back to it."),
    "achieved": marked("You reached it. You did a hard thing."),
    "let-go": marked("You let it go. What you learnt stays yours."),
    "settled": marked("Settled. The other value stays in the history."),
    "written": marked("Saved on this device. Only you can read it."),
    "revised": marked("Saved on this device. What it said before stays in the history."),
    "shared": marked("Shared. You can take it back at any time."),
    "said": marked("Saved on this device, and on its way. You can take it back at any time."),
    "private": marked("It is yours alone again. What they saw stays as it was then."),
    "wished": marked("It will be shared as soon as you let somebody in."),
    "undone": marked("Taken back. It counts no more."),
    "undone-read": marked(
        "Taken back, and it counts no more. Others can still read its words, marked as taken back."
    ),
    "undone-shared": marked(
        "Taken back. From the next connection on its words are shown no more; what was read before "
        "stays read."
    ),
    "erased": marked("Erased for good. Not a word of it is on this device any more."),
    "all-erased": marked("Everything is erased, here and on the server. This device is as new."),
    "all-none": marked("Everything is erased. This device is as new."),
    "all-waiting": marked(
        "Everything is erased here, and this device is as new. The server cannot be reached now: "
        "leave the app open until it can, and it is told."
    ),
    "all-refused": marked(
        "Everything is erased here, but not on the server: ask whoever runs it to erase "
        "your entries, too."
    ),
    "stopped": marked("You stopped it. They see nothing new from now on."),
    "let-in": marked("They are let in. You can stop at any time."),
    "already-in": marked("They are let in already, and nothing of that changed."),
    "agreed": marked("Kept. They are let in as soon as they confirm the four words on their side."),
    "accepted": marked("Saved on this device. It is yours now."),
    "declined-it": marked("Saved on this device. Your goal stays as it is."),
    "declined": marked("Nobody was let in."),
    "locked": marked("Done. Everything on this device is sealed."),
    "relocked": marked("Done. The old passphrase opens nothing any more."),
    "unlocked": marked("Done. This device asks for no passphrase any more."),
    "happened": marked("Saved on this device. Thank you for looking."),
    "measured": marked("Saved on this device. Some of these answers are heavy to carry alone."),
    "sent": marked("Saved on this device. It goes out with the next connection."),
    "taken-back": marked("Taken back. From the next connection on they see it no more."),
    "kept": marked("Saved on this device."),
    "device-in": marked("It is a device of yours now. Everything goes there as it connects."),
    "device-away": marked("Nobody was let in. The code works no more."),
    "removed": marked("It is signed out. It cannot open what you write from now on."),
    "removed-only": marked(
        "It is signed out. Your other devices do not know this one: let it in again from another "
        "one, then remove that device once more."
    ),
    "code-counts": marked("The code counts from now on. One before it works no more."),
    "backed-up": marked("The backup is made. Look where this device keeps what it was handed."),
    "backup-code": marked("The code opens your backups from now on."),
    "copied": marked("Saved on this device. The sealed copy goes out with the next connection."),
    "not-copied": marked("Saved on this device. From now on what is private stays here."),
    "recovered": marked("This is a device of yours again. Everything comes back now."),
    "recovered-shared": marked(
        "This is a device of yours again. What you shared comes back; what was private was never "
        "copied to the server."
    ),
    "recovered-older": marked(
        "What the server has comes back now, to be read. An older Trailmark made this code, and no "
        "device of yours knows this one. To go on, make a copy of everything (trailmark export), "
        "and read it into an empty folder (trailmark import)."
    ),
    "helped": marked("Noted. It is good to know what helps."),
}
"""What was done, and what a page says of it."""

_STILL_READ: Final = "undone-read"

_JOYS: Final = frozenset({"win", "reached", "achieved", "began"})


def note_of(conn: Connection, asked: Asked) -> Note | None:
    """Return what was just done, as the address says; ``None`` where it says nothing known."""
    words = _WORDS.get(asked.query.get("done", ""))
    if words is None:
        return None
    done = asked.query["done"]
    wanted = asked.query.get("id", "")
    return Note(
        words=gettext(words),
        undo=None if done == _STILL_READ else _undoable(conn, wanted),
        erase=wanted if done == _STILL_READ and is_canonical_id(wanted) else None,
        is_joy=done in _JOYS,
    )


def _undoable(conn: Connection, wanted: str) -> str | None:
    """Return the id where something of that id is there to be taken back."""
    if not wanted:
        return None
    found = (
        is_canonical_id(wanted)
        and conn.execute(
            "SELECT 1 FROM document WHERE subject = ? AND kind <> 'mark'", (id_from_text(wanted),)
        ).fetchone()
    )
    return wanted if found else None
