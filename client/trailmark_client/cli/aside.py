"""``trailmark set-aside …``: entries that the server did not take; nothing of them is lost."""

from __future__ import annotations

from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.standing import SetAside, set_aside
from trailmark_client.storage.event_log import retry_refused
from trailmark_shared.dates import day_text
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext


class SetAsides(msgspec.Struct, frozen=True, kw_only=True):
    """Entries that the server did not take.

    Attributes:
        events: Each with the person's words.
    """

    events: list[SetAside]


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that waits to be sent again.

    Attributes:
        event: Id of the event.
        lane: The lane.
        saved: Always true: said after the commit reached the disk.
    """

    event: str
    lane: str
    saved: bool


def list_all(*, common: Common = PLAIN) -> Answer[SetAsides]:
    """Show entries that the server did not take; ``--json`` exports them with their words."""
    with opened(common) as here:
        found = here.read(set_aside)

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("The server took everything that was sent."))
            return
        rows = [
            (each.event[:10], day_text(each.day or ""), each.code, " / ".join(each.words))
            for each in found
        ]
        terminal.table(
            (gettext("event"), gettext("day"), gettext("why"), gettext("your words")), rows
        )
        terminal.say(gettext("Offer one again: trailmark set-aside retry EVENT"))

    return Answer(SetAsides(events=found), draw)


def retry(
    event: Annotated[str, Parameter(help="Id of the event, or the beginning of it")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Retried]:
    """Offer an entry to the server again, word for word."""
    with opened(common) as here:
        identity = here.app.identity
        ids = [id_from_text(each.event) for each in here.read(set_aside)]
        wanted = by_prefix(ids, event, gettext("entry that was set aside"))
        again = here.app.write(lambda conn: retry_refused(conn, identity, wanted))
    document = Retried(event=text_from_id(again.id), lane=again.lane, saved=True)
    return Answer(document, (gettext("Saved on this device. It goes out with the next sync."),))
