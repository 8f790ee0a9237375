"""``trailmark supporter send`` and ``take-back``: one thing, shown exactly as it will be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Who, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import day_words
from trailmark_client.commands import supporters
from trailmark_client.commands.supporters import Sent, Wanted
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.sent import SentLine, item_meant, sent_line, sent_meant
from trailmark_client.queries.supporters import Supporter, supporter_meant
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.sent import SENT_LABELS, SentItem, sent_facts
from trailmark_shared.words import gettext


class SentThing(msgspec.Struct, frozen=True, kw_only=True):
    """Something was sent to a supporter, or taken back, or would be sent.

    Attributes:
        to: Name of the supporter.
        lane: Their lane.
        item: What they see of it, with what came back.
        preview: Nothing was recorded.
        events: Ids of the events recorded, in order.
        saved: It was recorded: said after the commit reached the disk; false for a preview.
        unsent: Events of this device that the server has not confirmed.
    """

    to: str
    lane: str
    item: SentLine
    preview: bool
    events: list[str]
    saved: bool
    unsent: int


def send(
    who: Who,
    item: Annotated[
        str,
        Parameter(help="Id of a goal, step, win, request, shared part or reflection"),
    ],
    /,
    *,
    excerpt: Annotated[
        Words | None, Parameter(help="Of a reflection: the characters to send, as they stand there")
    ] = None,
    with_why: Annotated[
        bool, Parameter(negative="", help="Of a goal: why it matters goes along")
    ] = False,
    preview: Annotated[
        bool, Parameter(negative="", help="Only show what they would see; record nothing")
    ] = False,
    common: Common = PLAIN,
) -> Answer[SentThing]:
    """Send one thing to a supporter, frozen as it reads now and exactly as it is shown to you."""
    with opened(common) as here:
        when = here.when()

        def work(conn: Connection) -> tuple[Supporter, Sent]:
            supporter = supporter_meant(conn, who, when.day)
            kind, subject = item_meant(conn, item)
            wanted = Wanted(kind=kind, subject=subject, excerpt=excerpt, with_why=with_why)
            return supporter, supporters.send(
                conn, here.app.recorder, supporter, wanted, when, is_preview=preview
            )

        supporter, sent = here.app.write(work)
        document = _document(here, supporter, sent, is_preview=preview)
    seen = gettext("{name} would see:") if preview else gettext("{name} will see:")
    lines = [seen.format(name=supporter.name), *_item_words(sent.item)]
    if preview:
        lines.append(gettext("Nothing was sent."))
    else:
        lines.append(
            gettext("Saved on this device. It goes out with the next sync: trailmark sync")
        )
        lines.append(
            gettext("Until then nobody sees it. To undo: {command}").format(
                command=_undo(supporter, sent.item)
            )
        )
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _undo(supporter: Supporter, item: SentItem) -> str:
    return f'trailmark supporter take-back "{supporter.name}" {item.subject[:8]}'


def take_back(
    who: Who,
    item: Annotated[str, Parameter(help="Id of what was sent, or the beginning of it")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[SentThing]:
    """Take back one thing that was sent: its words are shown to them no more."""
    with opened(common) as here:
        today = here.when().day

        def work(conn: Connection) -> tuple[Supporter, Sent]:
            supporter = supporter_meant(conn, who, today)
            shown = sent_meant(conn, supporter.lane, item)
            return supporter, supporters.take_back(conn, here.app.recorder, supporter, shown)

        supporter, left = here.app.write(work)
        document = _document(here, supporter, left, is_preview=False)
    lines = (
        gettext("Saved on this device."),
        gettext("From the next sync on {name} sees only that something was taken back.").format(
            name=supporter.name
        ),
        gettext("What they already read or kept cannot be taken back."),
    )
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _document(here: Here, supporter: Supporter, sent: Sent, *, is_preview: bool) -> SentThing:
    return SentThing(
        to=supporter.name,
        lane=supporter.lane,
        item=sent_line(sent.item),
        preview=is_preview,
        events=[text_from_id(each) for each in sent.events],
        saved=not is_preview,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
    )


def _item_words(item: SentItem) -> Iterator[str]:
    yield f"  | {SENT_LABELS[item.kind]}"
    for line in (item.words or "").split("\n"):
        yield f"  |   {line}"
    for name, value in sent_facts(item, day_words):
        yield f"  | {name}: {value}"
