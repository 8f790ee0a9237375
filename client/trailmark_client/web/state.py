"""How everything is saved and sent, item by item and in words; and how the person likes it here."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.standing import Standing, device_standing
from trailmark_client.queries.timeline import TimelineLine, Window, latest_lines
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.calling import NOUNS, can_be_called
from trailmark_client.web.dating import dated_words, moment_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.preferences import keep_preferences, preferences
from trailmark_shared.events.registry import KEPT_TYPES
from trailmark_shared.words import gettext, language, listed

SHOWN: Final = 12
"""Items that are in view at once."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the person recorded.

    Attributes:
        day: The local date it belongs to.
        did: What it was.
        text: Its words, or ``None``.
        state: Where it is: saved, sent, visible to whom.
        erasable: Id under which it can be erased for good, or ``None``.
    """

    day: str
    did: str
    text: str | None
    state: str
    erasable: str | None


def show(desk: Desk, asked: Asked) -> Told:
    """Show what is saved, what is sent, what waits."""

    def look(conn: Connection) -> tuple[Standing, list[TimelineLine]]:
        standing = device_standing(conn, desk.identity(), desk.today)
        own = latest_lines(conn, Window(is_own=True), SHOWN).lines
        return standing, own[-SHOWN:][::-1]

    standing, lines = desk.read(look)
    there = desk.erased_there
    seen_by = {each.lane: each.seen_by for each in standing.lanes}
    return page(
        desk,
        asked,
        "state.html",
        "state",
        standing=standing,
        erased_there=there and dated_words(there.erased_at, desk.zone, desk.today),
        erased_told=there and dated_words(there.learned_at, desk.zone, desk.today),
        lock=desk.lock,
        is_shut_out=desk.phase == "shut_out",
        in_app=desk.server_address is not None,
        nouns=NOUNS if can_be_called(language()) else {},
        items=[
            Item(
                day=each.day,
                did=each.sentence,
                text=each.text,
                state=item_words(desk, each, seen_by.get(each.lane, [])),
                erasable=each.subject if each.type not in KEPT_TYPES and each.text else None,
            )
            for each in lines
        ],
    )


def item_words(desk: Desk, line: TimelineLine, seen_by: list[str]) -> str:
    """Return in words where one item is.

    Args:
        desk: Where it is asked.
        line: The item.
        seen_by: Names of those who see the lane that it is in.
    """
    if line.private and line.received_at is None:
        return gettext("Saved on this device. Only you see it.")
    if line.received_at is None:
        return gettext("Saved on this device. Not sent yet.")
    sent = moment_words(line.received_at, desk.zone, desk.today)
    if line.private:
        return gettext("A sealed copy was sent at {time}. Only you can read it.").format(time=sent)
    if not seen_by:
        return gettext("Sent at {time}. Nobody sees it at present.").format(time=sent)
    return gettext("Sent at {time}. Visible to {names}.").format(time=sent, names=listed(seen_by))


def prefer(desk: Desk, asked: Asked) -> Told:
    """Keep how the person likes their pages."""

    def keep(conn: Connection) -> None:
        kept = preferences(conn)
        chosen = msgspec.structs.replace(
            kept,
            is_neutral="neutral" in asked.chosen("like"),
            is_quiet="quiet" in asked.chosen("like"),
            hides_charts="no-charts" in asked.chosen("like"),
            noun=asked.typed("noun", kept.noun),
        )
        keep_preferences(conn, chosen)

    desk.store.write(keep)
    return go_on("/state?done=kept")
