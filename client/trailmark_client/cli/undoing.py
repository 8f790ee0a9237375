"""``trailmark undo`` and ``put-back``: one step back, and forth again."""

from __future__ import annotations

from typing import Annotated

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands import undoing
from trailmark_client.commands.written import Written
from trailmark_client.queries.taken_back import what_to_put_back, what_to_undo
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card_kinds import CHOSEN_ONE_BY_ONE
from trailmark_shared.words import gettext


def undo(
    entry: Annotated[
        str, Parameter(help="Id of an entry, or of one use of it; or the beginning of that")
    ],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Take an entry back that was a mistake. It counts no more, and can be put back."""
    with opened(common) as here:
        when = here.when()

        def work(conn: Connection) -> Written:
            return undoing.undo(conn, here.app.recorder, what_to_undo(conn, entry, when.day), when)

        written = here.app.write(work)
        here.app.clean()
        return here.saved(written, *_words(written))


def _words(written: Written) -> list[str]:
    if written.kind in {"excerpt", "wish"}:
        return [
            gettext(
                "Taken back. If it had not left this device, it never will; if it had, its words "
                "are shown no more."
            )
        ]
    name = text_from_id(written.subject)[:8]
    if written.kind == "goal":
        return [
            gettext(
                "Marked as entered by mistake. It is hidden, not gone. To put it back: {command}"
            ).format(command=f"put-back {name}")
        ]
    lines = [
        gettext("Taken back; its words stay in your history. To put it back: {command}").format(
            command=f"put-back {name}"
        )
    ]
    if written.seen_by and written.kind not in {"comment", *CHOSEN_ONE_BY_ONE}:
        lines.append(
            gettext(
                "Others go on reading its words, marked as taken back. To take those away for "
                "good: trailmark erase {id}"
            ).format(id=name)
        )
    return lines


def put_back(
    entry: Annotated[str, Parameter(help="Id of what was taken back, or the beginning of it")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put an entry back that was taken back."""
    with opened(common) as here:
        when = here.when()
        return here.record(
            lambda conn, recorder: undoing.put_back(
                conn, recorder, what_to_put_back(conn, entry), when
            ),
            gettext("It is there again."),
        )
