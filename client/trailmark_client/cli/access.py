"""``trailmark access log``: who opened what you share, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.lanes import member_names
from trailmark_client.server_answers import AccessAnswer
from trailmark_shared.domain.looks import is_refused, look_words
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext


class AccessLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked, or was refused.

    Attributes:
        member: Id of who looked.
        name: Their name as it was shown when they were let in, else as the server has it, or null.
        at: The first time within a quarter of an hour, milliseconds UTC.
        page: A short stable name such as ``timeline``.
        refused: Nothing was shown to them.
        sentence: What they did.
    """

    member: str
    name: str | None
    at: int
    page: str
    refused: bool
    sentence: str


class AccessLog(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked, the newest first.

    Attributes:
        entries: Each look.
        asked_at: When the server told this, milliseconds UTC, or null where it was never asked.
        current: The server told it just now; else it could not be reached.
        more: The server has older entries.
    """

    entries: list[AccessLine]
    asked_at: int | None
    current: bool
    more: bool


def show_log(
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="")] = False,
    common: Common = PLAIN,
) -> Answer[AccessLog]:
    """Show who opened what you share, and when; without a network as it was told last.

    Args:
        everything: As far back as the server remembers, not only the newest.
        common: Options of every command.
    """
    with opened(common) as here:
        document = _log(here, everything=everything)
        zone = here.zone

    def draw(terminal: Terminal) -> None:
        if not document.current and document.asked_at is not None:
            told = time_words(document.asked_at, zone)
            terminal.say(
                gettext("The server cannot be reached now. As it was told on {told}:").format(
                    told=told
                ),
                "",
            )
        if not document.entries:
            terminal.say(gettext("Nobody else has opened anything of yours."))
            return
        for each in document.entries:
            who = each.name or gettext("somebody ({member})").format(member=each.member[:10])
            terminal.say(f"{time_words(each.at, zone)}  {who} {each.sentence}.")
        terminal.say("", gettext("A line stands for up to a quarter of an hour."))
        if document.more:
            terminal.say(gettext("The server has older ones: trailmark access log --all"))

    return Answer(document, draw)


def _log(here: Here, *, everything: bool) -> AccessLog:
    from trailmark_client.access_log import fetch_log, kept_log

    if here.app.identity.server is None:
        return AccessLog(entries=[], asked_at=None, current=True, more=False)
    try:
        log, is_current = fetch_log(here.app, everything=everything), True
    except RefusedError as refused:
        kept = here.read(kept_log)
        if refused.code != ErrorCode.UNREACHABLE or kept is None:
            raise
        log, is_current = kept, False
    names = here.read(member_names)
    return AccessLog(
        entries=[_line(each, names) for each in log.entries],
        asked_at=log.asked_at,
        current=is_current,
        more=log.more,
    )


def _line(entry: AccessAnswer, names: Mapping[str, str]) -> AccessLine:
    known = (names.get(f"{role}/{entry.member}") for role in ("member", "supporter"))
    return AccessLine(
        member=entry.member,
        name=next((each for each in known if each is not None), entry.name),
        at=entry.at,
        page=entry.page,
        refused=is_refused(entry.page),
        sentence=look_words(entry.page),
    )
