"""The frame around every page: where it stands, how it is saved and sent, what was just done."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.goals import list_goals
from trailmark_client.queries.outbox import unsent
from trailmark_client.storage.drafts import draft
from trailmark_client.web.asking import NOT_POSSIBLE, OK, Asked, Told
from trailmark_client.web.desk import Desk
from trailmark_client.web.preferences import Preferences, preferences
from trailmark_client.web.rendering import templates
from trailmark_client.web.said import Note, note_of
from trailmark_shared import limits
from trailmark_shared.words import gettext, marked, ngettext


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What the frame of a page shows.

    Attributes:
        here: Name of the part of the pages that this is in.
        begun: A goal was written down; until then the way through the pages is not shown.
        is_emptied: Another device had everything erased, and nothing was begun since.
        sync: How this device stands, in words.
        unsent: How many entries are to be sent and are not yet.
        preferences: How the person likes their pages.
        note: What was just done, or ``None``.
        today: The person's local date.
        idle_s: After how many seconds that nobody touches them the pages lock; 0 for never.
        idle_warning_s: How many seconds before that they say so.
        news: How often something had changed when the page was asked for.
    """

    here: str
    begun: bool
    is_emptied: bool
    sync: str
    unsent: int
    preferences: Preferences
    note: Note | None
    today: str
    idle_s: int = 0
    idle_warning_s: int = limits.IDLE_WARNING_MS // 1000
    news: int = 0


_PHASE_WORDS: Final = {
    "connecting": marked("Connecting"),
    "exchanging": marked("Exchanging"),
    "live": marked("In step"),
    "waiting": marked("No connection at present"),
    "stopped": marked("Not connected at present"),
}


def page(
    desk: Desk, asked: Asked, template: str, here: str, /, *, status: int = OK, **values: object
) -> Told:
    """Return a page in its frame.

    Args:
        desk: Where it is answered.
        asked: What was asked.
        template: Name of the template.
        here: Name of the part of the pages that it is in.
        status: Of HTTP; where something typed could not be recorded, that is said instead.
        values: What it shows.
    """
    frame = desk.read(lambda conn: _frame(conn, desk, asked, here))
    html = templates().render(template, frame=frame, asked=asked, **values)
    return Told(status=status if asked.problem is None else NOT_POSSIBLE, html=html)


def _frame(conn: Connection, desk: Desk, asked: Asked, here: str) -> Frame:
    identity = desk.identity()
    waiting = 0 if identity.server is None else unsent(conn, identity)
    begun = bool(list_goals(conn, desk.today))
    return Frame(
        here=here,
        begun=begun,
        is_emptied=desk.phase == "emptied" and not begun,
        sync=sync_words(desk, waiting),
        unsent=waiting,
        preferences=preferences(conn),
        note=note_of(conn, asked),
        today=desk.today,
        idle_s=limits.IDLE_LOCK_MS // 1000 if desk.lock in {"passphrase", "code"} else 0,
        news=desk.news,
    )


def sync_words(desk: Desk, waiting: int) -> str:
    """Return in words how everything is saved and sent.

    Args:
        desk: Where it is asked.
        waiting: How many entries are to be sent and are not yet.
    """
    if desk.identity().server is None:
        return gettext("Everything is saved on this device.")
    if desk.erased_there is not None:
        return gettext("Saved on this device. Your server erased its copy.")
    if desk.phase == "shut_out":
        return gettext("Saved on this device. Your server has to let it in again.")
    if waiting:
        return ngettext(
            "Saved on this device. {n} entry is not sent yet.",
            "Saved on this device. {n} entries are not sent yet.",
            waiting,
        ).format(n=waiting)
    if desk.phase == "live":
        return gettext("Saved on this device. All that you share is sent.")
    phase = gettext(_PHASE_WORDS.get(desk.phase, _PHASE_WORDS["waiting"]))
    return gettext("Saved on this device. {phase}.").format(phase=phase)


def drafted(desk: Desk, asked: Asked, name: str) -> Asked:
    """Return what was asked with what was typed before in a form that was not recorded.

    Args:
        desk: Where it is answered.
        asked: What was asked; a form that is shown again keeps what it brought.
        name: Which form.
    """
    if asked.form:
        return asked
    return msgspec.structs.replace(asked, form=desk.read(lambda conn: draft(conn, name)))
