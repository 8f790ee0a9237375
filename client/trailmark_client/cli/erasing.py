"""``trailmark erase``: words that go for good, after a question and an offer to keep a copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.emptying import EverythingErased, erase_all
from trailmark_client.cli.exporting import offer_export
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import counted_kind
from trailmark_client.commands.erasing import erase
from trailmark_client.queries.erasing import Going, what_goes
from trailmark_client.queries.outbox import unsent
from trailmark_client.storage.cleaning import damaged_files
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.words import gettext, listed, marked

_GONE: Final = (
    marked(
        "Its words go from this device now; the server and your other devices follow with the sync."
    ),
    marked("That something was erased, when and by whom stays in the history."),
    marked("What others already read, printed or saved cannot be taken back."),
    marked("Older backups of the server lose it as they age out."),
)
_DAMAGED: Final = marked(
    "A damaged database that was moved aside goes too: its words cannot be "
    "erased one by one. Everything in it that could be read is in the present "
    "one."
)


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """Words were erased on this device; the server and other devices obey at the next sync.

    Attributes:
        id: Id of what was erased.
        kind: What it was.
        along: What went with it, by kind: how many.
        erased: How many events lost their words.
        events: Ids of the events that say so, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    id: str
    kind: str
    along: dict[str, int]
    erased: int
    events: list[str]
    saved: bool
    unsent: int


def erase_entry(
    entry: Annotated[
        str | None,
        Parameter(
            help="Id of a goal, step, check-in, reflection, shared part, win, setback or comment "
            "of yours, or of an entry that was set aside; or the beginning of it"
        ),
    ] = None,
    /,
    *,
    everything: Annotated[
        bool, Parameter(negative="", help="Instead of an entry: all there is, everywhere")
    ] = False,
    yes: Annotated[Yes, Parameter(help="Erase without asking")] = False,
    common: Common = PLAIN,
) -> Answer[Erased] | Answer[EverythingErased]:
    """Erase the words of an entry, or of everything, for good and everywhere."""
    if everything == (entry is not None):
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("name what to erase, or say --everything")
        )
    with opened(common) as here:
        return erase_all(here, yes=yes) if entry is None else _erase_one(here, entry, yes=yes)


def _erase_one(here: Here, entry: str, *, yes: bool) -> Answer[Erased]:
    going = here.read(lambda conn: what_goes(conn, entry))
    if not yes:
        _ask(here, going)
    wanted, when = text_from_id(going.named), here.when()

    def work(conn: Connection) -> tuple[Going, tuple[bytes, ...]]:
        # Asked again: another process may have written to it since the question.
        present = what_goes(conn, wanted)
        return present, erase(conn, here.app.recorder, present, when, here.app.key_sharing)

    going, events = here.app.write(work)
    is_clean = here.app.clean()
    document = Erased(
        id=text_from_id(going.subject),
        kind=going.kind,
        along=dict(going.along),
        erased=sum(map(len, going.events.values())),
        events=[text_from_id(each) for each in events],
        saved=True,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
    )
    lines = [
        gettext("Erased on this device: {what}.").format(what=_what(going)),
        *_remaining(here, going),
    ]
    if not is_clean:
        lines.append(
            gettext("Its files are in use; the next command removes what is left in them.")
        )
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _ask(here: Here, going: Going) -> None:
    terminal = here.terminal
    if not terminal.may_ask:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "erasing is asked on a terminal; --yes erases without asking. A copy of "
                "everything first: trailmark export FILE"
            ),
        )
    terminal.say(
        gettext("This erases for good: {what}.").format(what=_what(going)), *map(gettext, _GONE)
    )
    if damaged_files(here.app.home):
        terminal.say(gettext(_DAMAGED))
    offer_export(here)
    if not terminal.agrees(gettext("Erase it for good?")):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nothing was erased"))


def _what(going: Going) -> str:
    also = (counted_kind(kind, count) for kind, count in going.along.items())
    return listed([counted_kind(going.kind, 1), *also])


def _remaining(here: Here, going: Going) -> Iterator[str]:
    identity = here.app.identity
    if identity.server is None:
        return
    if SELF in going.events and not identity.private_copy and here.read(_has_private_rows):
        yield (
            gettext(
                "A sealed copy from before is still on the server: trailmark private-copy "
                "on, then trailmark sync"
            )
        )
    yield gettext("The server and your other devices follow with the next sync.")


def _has_private_rows(conn: Connection) -> bool:
    found = conn.execute("SELECT 1 FROM event WHERE lane = ? AND seq IS NOT NULL LIMIT 1", (SELF,))
    return found.fetchone() is not None
