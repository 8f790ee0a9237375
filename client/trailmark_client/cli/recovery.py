"""``trailmark recovery …`` and ``trailmark recover``: the way back when all devices are lost."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.connecting import exchange_all
from trailmark_client.cli.files import refuse_taken
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.recovery_page import write_page
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.outbox import unsent
from trailmark_shared.codes import folded
from trailmark_shared.errors import DomainError, ErrorCode, StorageError, TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

LOSS_WORDS = (
    marked("With this code you get everything back if all your devices are lost or broken."),
    marked("Losing all devices and the code loses your private texts: nobody else can open them."),
    marked("Whoever has the code can read everything of yours. Keep it on paper, not on a device."),
)
NO_COPY_WORDS = (
    marked(
        "No sealed copy of private entries is on the server, so it brings back only what you share."
    ),
    marked("Private entries live on your devices alone. trailmark private-copy on changes that."),
)
_TRIES = 3
_GROUPS_ASKED = 2


class RecoveryMade(msgspec.Struct, frozen=True, kw_only=True):
    """A recovery code counts from now on.

    Attributes:
        code: The code, shown this once.
        page: The page that was written for printing; null without one, or where it failed.
        replaced: There was one before; it works no more.
        private_copy: It brings private entries back too.
        synced: Your other devices know of it.
    """

    code: str
    page: str | None
    replaced: bool
    private_copy: bool
    synced: bool


class RecoveryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with the recovery code.

    Attributes:
        exists: There is one that works.
        made_at: When it was made, milliseconds UTC, or null.
        made_by: Id of the device that made it, or null.
        used_at: When it last let a device in, milliseconds UTC, or null.
        used_by: Id of that device, or null.
        up_to_date: It is handed every new vault key; else make it anew.
        private_copy: It brings private entries back too.
    """

    exists: bool
    made_at: int | None
    made_by: str | None
    used_at: int | None
    used_by: str | None
    up_to_date: bool
    private_copy: bool


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """This device belongs to the person's space again.

    Attributes:
        device: Id of this device.
        space: Id of everything of this person.
        private_copy: Private entries come back too; else only what was shared.
        synced: Everything was exchanged with the server.
        unsent: Events saved on this device and not sent yet.
    """

    device: str
    space: str
    private_copy: bool
    synced: bool
    unsent: int


def new(
    *,
    page: Annotated[
        Path | None,
        Parameter(name="--page", help="Write a page for printing: a new file, .html or .txt"),
    ] = None,
    yes: Annotated[Yes, Parameter(help="Make it without asking")] = False,
    confirm: Annotated[
        bool,
        Parameter(name="--confirm", negative="", help="It is kept: ask for no part of it again"),
    ] = False,
    common: Common = PLAIN,
) -> Answer[RecoveryMade]:
    """Make a recovery code; the one before stops to work at once."""
    from trailmark_client import recovery
    from trailmark_client.cli.syncing import exchange

    if page is not None:
        refuse_taken(page)
    with opened(common) as here:
        before = recovery.standing(here.app)
        has_copy = here.app.identity.private_copy
        _agree(here, replaces=before.made_at is not None, yes=yes, confirm=confirm)
        exchange(here.app)
        code = recovery.new_code(here.app)
        words = ("", gettext("Your recovery code, shown this once:"), "", f"    {code}", "")
        with here.terminal.showing(code, *words) as begun:
            if not confirm:
                ask_again(here, code)
            recovery.keep_code(here.app, code)
            # A page of a code that never counted would be kept in place of one that does.
            is_printed = page is not None and _printed(here, page, code)
            ended = exchange(here.app)
        document = RecoveryMade(
            code=code,
            page=str(page) if is_printed else None,
            replaced=before.made_at is not None,
            private_copy=has_copy,
            synced=ended.is_done,
        )
    lines = [gettext("The code counts from now on.")]
    if document.replaced:
        lines.append(gettext("The one before works no more."))
    if document.page is not None:
        lines.append(gettext("Print {page}, then delete the file.").format(page=document.page))
    return Answer(document, lines, begun=begun)


def _printed(here: Here, page: Path, code: str) -> bool:
    """Write the page; where that fails the code counts all the same, and is to be told."""
    identity = here.app.identity
    url = "" if identity.server is None else identity.server.url
    try:
        write_page(page, code, url, has_copy=identity.private_copy)
    except (DomainError, StorageError) as failed:
        here.terminal.warn_of(
            failed.code, gettext("the page could not be written; write the code down from here")
        )
        return False
    return True


def _agree(here: Here, *, replaces: bool, yes: bool, confirm: bool) -> None:
    terminal = here.terminal
    if not terminal.may_ask and not (yes and confirm):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a recovery code is made on a terminal, or with --yes --confirm"),
        )
    if not terminal.is_quiet:
        terminal.say(*map(gettext, LOSS_WORDS))
        if not here.app.identity.private_copy:
            terminal.say(*map(gettext, NO_COPY_WORDS))
    question = (
        gettext("Make a new one? The present code stops to work.")
        if replaces
        else gettext("Make one?")
    )
    if not (yes or terminal.agrees(question)):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("no code was made"))


def ask_again(here: Here, code: str) -> None:
    """Ask for two groups: a code that nobody wrote down must not take the place of one that is."""
    from trailmark_adapters.randomness import below

    groups = code.split("-")
    left = list(range(len(groups)))
    for _ in range(_GROUPS_ASKED):
        at = left.pop(below(here.app.randomness, len(left)))
        for _ in range(_TRIES):
            asked = gettext("Group {number} of what you wrote down:").format(number=at + 1)
            if folded(here.terminal.ask(asked)) == groups[at]:
                break
        else:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext(
                    "that is not what the code says, so it does not count; nothing was changed"
                ),
            )


def status(*, common: Common = PLAIN) -> Answer[RecoveryStatus]:
    """Show whether there is a recovery code, and whether it was used."""
    from trailmark_client import recovery

    with opened(common) as here:
        found, zone = recovery.standing(here.app), here.zone
        document = RecoveryStatus(
            exists=found.made_at is not None,
            made_at=found.made_at,
            made_by=found.made_by,
            used_at=found.used_at,
            used_by=found.used_by,
            up_to_date=found.has_keys,
            private_copy=here.app.identity.private_copy,
        )
    if found.made_at is None:
        return Answer(
            document,
            (
                gettext("There is no recovery code: trailmark recovery new"),
                *map(gettext, LOSS_WORDS),
            ),
        )
    lines = [gettext("Made {time}.").format(time=time_words(found.made_at, zone))]
    if found.used_at is not None:
        lines.append(
            gettext(
                "It let a device in {time}. Was that you? If not: trailmark device list, "
                "then trailmark device remove; make a new code afterwards."
            ).format(time=time_words(found.used_at, zone))
        )
    if not document.up_to_date:
        lines.append(gettext("It does not open your newest entries: make a new one."))
    if not document.private_copy:
        lines += map(gettext, NO_COPY_WORDS)
    return Answer(document, lines)


def warn_of_code(here: Here) -> None:
    """Say so where the server has a recovery code that is none of the person's, or one was used."""
    from trailmark_client import recovery

    with suppress(TrailmarkError):  # asked again with the next exchange
        made = recovery.made_code(here.app)
        if made is None:
            return
        if recovery.is_foreign(here.app, made):
            here.terminal.warn(
                gettext(
                    "The server has a recovery code that your devices know nothing of, made "
                    "{time} by device {made_by}. If you made it just now, sync that device. If "
                    "not, the one on your paper works no more: trailmark device remove "
                    "{made_by}, then trailmark recovery new"
                ).format(time=time_words(made.made_at, here.zone), made_by=made.made_by[:10])
            )
        if made.used_at is not None and recovery.is_use_to_tell(here.app, made):
            here.terminal.warn(
                gettext(
                    "Your recovery code let a device in {time}. If that was not you: trailmark "
                    "device remove {device}, then trailmark recovery new"
                ).format(time=time_words(made.used_at, here.zone), device=(made.used_by or "")[:10])
            )
            recovery.note_use_told(here.app, made)


def recover(url: str, /, *, common: Common = PLAIN) -> Answer[Recovered]:
    """Get everything back on this device, with your recovery code.

    It is asked for, or read from the input: it stands in no history of a shell.

    Args:
        url: Address of the home server.
    """
    from trailmark_client import recovery

    with opened(common) as here:
        typed = here.terminal.typed(gettext("Your recovery code:"))
        former = here.app.identity.device
        brought = recovery.recover(here.app, url, typed)
        ended, _ = exchange_all(here)
        identity = here.app.identity
        document = Recovered(
            device=text_from_id(identity.device),
            space=text_from_id(identity.space),
            private_copy=brought.has_private,
            synced=ended.is_done,
            unsent=here.read(lambda conn: unsent(conn, identity)),
        )
    lines = [gettext("This is a device of yours now.")]
    if identity.device != former:
        lines.append(
            gettext(
                "It has a new id. Whoever was signed in under the one before is signed out; so "
                "that it gets no keys, either: trailmark device remove {device}"
            ).format(device=text_from_id(former)[:10])
        )
    lines.append(
        gettext("Everything is here.")
        if ended.is_done
        else gettext("trailmark sync fetches the rest.")
    )
    if not brought.has_private:
        lines.append(
            gettext(
                "Only what you shared came back: private entries were never copied to the "
                "server. They are on the devices that you had."
            )
        )
    lines += _older_words() if brought.is_older else _next_words()
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _older_words() -> tuple[str, ...]:
    return (
        gettext("An older Trailmark made this code: no device of yours knows this one."),
        gettext(
            "To go on: trailmark export FILE, then let TRAILMARK_HOME name an empty folder and "
            "trailmark import FILE"
        ),
    )


def _next_words() -> tuple[str, ...]:
    return (
        gettext("Is a device lost? trailmark device list, then trailmark device remove."),
        gettext("Then make a new code: trailmark recovery new"),
    )
