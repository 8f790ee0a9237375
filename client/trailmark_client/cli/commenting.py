"""``trailmark comment``: a word of the person's where others see what it is about."""

from __future__ import annotations

from typing import Annotated

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, With, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands import comments


def comment(
    entry: Annotated[
        str, Parameter(help="Id of what you answer, or the beginning of it; a comment counts too")
    ],
    text: Words,
    /,
    *,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Comment on something that you share, or answer a comment. Undo takes it back.

    Args:
        text: Your words; whoever sees what they are about sees them.
    """
    with opened(common) as here:
        when = here.when()
        meant = here.read(lambda conn: comments.answering(conn, entry, when.day, with_))
        here.tell_names(meant.names)
        return here.record(
            lambda conn, recorder: comments.comment(conn, recorder, meant, text, when)
        )
