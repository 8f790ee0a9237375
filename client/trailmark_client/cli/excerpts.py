"""``trailmark share``: a part of a reflection, shown first exactly as it will be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, names_words, opened
from trailmark_client.cli.options import PLAIN, Common, With, Words
from trailmark_client.commands import reflections
from trailmark_client.queries.documents import find
from trailmark_client.queries.lanes import lanes_meant
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id


class ExcerptPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be shared; nothing was.

    Attributes:
        reflection: Id of the reflection.
        text: The characters that would be seen.
        seen_by: Names of those who would see them; none where nobody is let in yet.
        saved: Always false.
    """

    reflection: str
    text: str
    seen_by: list[str]
    saved: bool


def share(
    reflection: Annotated[str, Parameter(help="Id of the reflection, or the beginning of it")],
    /,
    *,
    excerpt: Annotated[Words, Parameter(help="The characters to share, as they stand there")],
    preview: Annotated[
        bool, Parameter(negative="", help="Only show what they would see; share nothing")
    ] = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved] | Answer[ExcerptPreview]:
    """Share a part of a reflection, frozen as it reads now; the rest stays private."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "reflection", reflection))
        when = here.when()
        here.read(lambda conn: reflections.chosen_of(conn, subject, excerpt))
        lanes = here.read(lambda conn: lanes_meant(conn, when.day, with_, "excerpts"))
        names = [name for each in lanes for name in each.names]
        shown = ExcerptPreview(
            reflection=text_from_id(subject), text=excerpt, seen_by=names, saved=False
        )
        if preview:
            return Answer(shown, (*_preview_lines(excerpt, names), "Nothing was shared."))
        _ask(here, excerpt, names)
        written = here.app.write(
            lambda conn: reflections.share_excerpt(
                conn, here.app.recorder, subject, excerpt, when, with_
            )
        )
        undo = f"trailmark undo {text_from_id(written.subject)[:8]}"
        return here.saved(written, f"To undo, best before the next sync: {undo}")


def _ask(here: Here, excerpt: str, names: Sequence[str]) -> None:
    terminal = here.terminal
    if not terminal.may_ask:
        return
    terminal.say(*_preview_lines(excerpt, names))
    if not terminal.agrees("Share exactly this?"):
        raise DomainError(ErrorCode.INVALID_INPUT, "nothing was shared")


def _preview_lines(excerpt: str, names: Sequence[str]) -> list[str]:
    who = names_words(names) if names else "Whoever you let in next"
    shown = [f"  |   {line}" for line in excerpt.split("\n")]
    return [f"{who} will see:", "  | Part of a reflection", *shown]
