"""``trailmark share``: a part of a reflection, shown first as it will be seen, or an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, names_words, opened
from trailmark_client.cli.options import PLAIN, Common, EntryId, With, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands import reflections, undoing
from trailmark_client.commands.entry_sharing import SHAREABLE, class_of, share_entry
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import find_among
from trailmark_client.queries.lanes import lanes_meant
from trailmark_client.queries.taken_back import what_to_unshare
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext


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
    entry: EntryId,
    /,
    *,
    excerpt: Annotated[
        Words | None,
        Parameter(help="Of a reflection: the characters to share, as they stand"),
    ] = None,
    preview: Annotated[
        bool, Parameter(negative="", help="Only show what they would see; share nothing")
    ] = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved] | Answer[ExcerptPreview]:
    """Share a part of a reflection, or one other entry whole, as it reads now.

    Besides parts of reflections: a barrier, what helps, what is hard, your vision, your answers to
    a questionnaire, what you plan together. Sharing it again brings it up to date.
    """
    with opened(common) as here:
        kind, subject = here.read(lambda conn: find_among(conn, (*SHAREABLE, "goal"), entry))
        if kind == "goal":
            way = gettext("a goal is shared with what belongs to it: trailmark goal share {id}")
            raise DomainError(ErrorCode.INVALID_INPUT, way.format(id=text_from_id(subject)[:8]))
        if kind != "reflection":
            if excerpt is not None or preview:
                raise DomainError(
                    ErrorCode.INVALID_INPUT, gettext("only a reflection is shared in parts")
                )
            return _share_whole(here, kind, subject, with_)
        if excerpt is None:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext('a reflection is shared in parts only: trailmark share ID --excerpt "…"'),
            )
        return _share_part(here, subject, excerpt, with_, preview=preview)


def unshare(
    entry: EntryId,
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Share one entry no longer: others see that it was taken back, you keep it."""
    with opened(common) as here:
        when = here.when()

        def work(conn: Connection) -> Written:
            meant = what_to_unshare(conn, entry, when.day)
            return undoing.undo(conn, here.app.recorder, meant, when)

        written = here.app.write(work)
        here.app.clean()
        return here.saved(written, gettext("Taken back. What they read before cannot be."))


def _share_whole(here: Here, kind: Kind, subject: bytes, names: tuple[str, ...]) -> Answer[Saved]:
    when = here.when()
    here.tell_readers(lambda conn: lanes_meant(conn, when.day, names, class_of(kind)))
    written = here.app.write(
        lambda conn: share_entry(conn, here.app.recorder, kind, subject, when, names)
    )
    back = gettext("To take it back: trailmark unshare {id}").format(id=text_from_id(subject)[:8])
    return here.saved(written, back)


def _share_part(
    here: Here, subject: bytes, excerpt: str, with_: tuple[str, ...], *, preview: bool
) -> Answer[Saved] | Answer[ExcerptPreview]:
    when = here.when()
    here.read(lambda conn: reflections.chosen_of(conn, subject, excerpt))
    lanes = here.read(lambda conn: lanes_meant(conn, when.day, with_, "excerpts"))
    names = [name for each in lanes for name in each.names]
    shown = ExcerptPreview(
        reflection=text_from_id(subject), text=excerpt, seen_by=names, saved=False
    )
    if preview:
        return Answer(shown, (*_preview_lines(excerpt, names), gettext("Nothing was shared.")))
    _ask(here, excerpt, names)
    written = here.app.write(
        lambda conn: reflections.share_excerpt(
            conn, here.app.recorder, subject, excerpt, when, with_
        )
    )
    undo = f"trailmark undo {text_from_id(written.subject)[:8]}"
    return here.saved(
        written, gettext("To undo, best before the next sync: {undo}").format(undo=undo)
    )


def _ask(here: Here, excerpt: str, names: Sequence[str]) -> None:
    terminal = here.terminal
    if not terminal.may_ask:
        return
    terminal.say(*_preview_lines(excerpt, names))
    if not terminal.agrees(gettext("Share exactly this?")):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nothing was shared"))


def _preview_lines(excerpt: str, names: Sequence[str]) -> list[str]:
    who = names_words(names) if names else gettext("Whoever you let in next")
    shown = [f"  |   {line}" for line in excerpt.split("\n")]
    return [gettext("{who} will see:").format(who=who), gettext("  | Part of a reflection"), *shown]
