"""``trailmark erase --everything``: this device as new, the server next, then the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here
from trailmark_client.cli.wording import COUNTED_KINDS, time_words
from trailmark_client.queries.documents import counts_by_kind
from trailmark_client.queries.log import words_count
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import counted, gettext, marked, ngettext

if TYPE_CHECKING:
    from trailmark_client.erasing_everything import Told

WORD: Final = "erase"
"""What has to be typed."""

_WHAT_HAPPENS: Final = (
    marked("It goes from this device now, from the server with the next contact."),
    marked("Your other devices follow when they next sync, with what they have not sent yet."),
    marked("Everybody whom you let in is out."),
    marked(
        "The server still shows that there were entries, how many, when they came, and "
        "that you erased them; not a word of them."
    ),
    marked("What others already read, printed or saved cannot be taken back."),
    marked(
        "Backups of the server can be read until backups of its keys are thrown away: whoever runs "
        "it says how many days that takes."
    ),
    marked("Afterwards this device is as new."),
)


class EverythingErased(msgspec.Struct, frozen=True, kw_only=True):
    """Everything was erased; this device is as new.

    Attributes:
        entries: How many entries this device held words of.
        space: Id of what is over; whoever runs the server knows it by that.
        server: ``none``: no server had anything; ``erased``; ``waiting``: it could not be reached
            and is asked at the next sync; ``refused``: only whoever runs it can do it.
        saved: Always true: said after it reached the disk.
    """

    entries: int
    space: str
    server: Literal["none", "erased", "waiting", "refused"]
    saved: bool


def erase_all(here: Here, *, yes: bool) -> Answer[EverythingErased]:
    """Erase everything, here and on the server; asked for by typing a word unless ``yes``."""
    from trailmark_client.erasing_everything import ask_servers, erase_everything

    entries, space = here.read(words_count), text_from_id(here.app.identity.space)
    if not yes:
        _ask(here, entries)
    erase_everything(here.app)
    told = ask_servers(here.app)
    server: Literal["none", "erased", "waiting", "refused"] = "none"
    for each in told:
        if each.space == space:
            server = each.answered
    document = EverythingErased(entries=entries, space=space, server=server, saved=True)
    return Answer(document, (gettext("Erased. This device is as new."), *told_words(told)))


def _ask(here: Here, entries: int) -> None:
    from trailmark_client.cli.exporting import offer_export

    terminal = here.terminal
    if not terminal.may_ask:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "erasing everything is asked on a terminal; --yes erases without asking. A "
                "copy of everything first: trailmark export FILE"
            ),
        )
    terminal.say(
        gettext("This erases everything, for good: {what}.").format(what=_what(here, entries)),
        *map(gettext, _WHAT_HAPPENS),
    )
    offer_export(here)
    if (
        terminal.ask(gettext('Type the word "{word}" to do it:').format(word=WORD)).casefold()
        != WORD
    ):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nothing was erased"))


def _what(here: Here, entries: int) -> str:
    counts = here.read(counts_by_kind)
    words = [
        counted(text, count)
        for kind, text in COUNTED_KINDS.items()
        if (count := counts.get(kind, 0))
    ]
    whole = ngettext(
        "{n} entry of your history in all", "{n} entries of your history in all", entries
    )
    return ", ".join((*words, whole.format(n=entries)))


def told_words(told: Sequence[Told]) -> Iterator[str]:
    """Return what servers said to being asked to erase everything."""
    for each in told:
        yield {
            "erased": gettext("Everything of yours is erased on {url} too.").format(url=each.url),
            "waiting": gettext(
                "{url} cannot be reached now. It is asked first with the next sync."
            ).format(url=each.url),
            "refused": gettext(
                "{url} did not take it ({code}). Ask whoever runs it to erase {space}."
            ).format(url=each.url, code=each.code, space=each.space),
        }[each.answered]


def tell_servers(here: Here) -> list[Told]:
    """Ask the servers that still have to erase what was erased here, before anything else."""
    if not here.app.erasure_file.read().waiting:
        return []
    from trailmark_client.erasing_everything import ask_servers

    return ask_servers(here.app)


def obeyed_words(here: Here) -> str:
    """Empty this device where another one proves that everything was erased; say when that was.

    Raises:
        RefusedError: ``space_erased``: none of the person's devices asked for it.
    """
    from trailmark_client.erasing_everything import obey_erasure

    zone = here.zone
    when = time_words(obey_erasure(here.app), zone)
    return gettext(
        "One of your devices erased everything on {time}. This device is as new."
    ).format(time=when)


def require_told(told: Sequence[Told]) -> None:
    """Go on unless a server still has to be told.

    Raises:
        RefusedError: ``unreachable``: nothing is lost, it is asked again.
    """
    if any(each.answered == "waiting" for each in told):
        raise RefusedError(
            ErrorCode.UNREACHABLE,
            gettext(
                "everything is erased here; the server cannot be reached and still has to be told"
            ),
            "later",
        )


def erasure_warnings(here: Here) -> list[str]:
    """Return what ``status`` says about servers that have not erased everything yet."""
    return [
        gettext(
            "the server at {url} still has to be told that everything was erased: trailmark sync"
        ).format(url=each.url)
        if each.refused is None
        else gettext(
            "the server at {url} did not erase ({refused}); ask whoever runs it to erase {space}"
        ).format(url=each.url, refused=each.refused, space=text_from_id(each.space))
        for each in here.app.erasure_file.read().waiting
    ]
