"""``trailmark sharing …``: who is let in, what they see, changing it, and stopping in one step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import names_words, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Who
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import (
    action_names,
    day_words,
    kinds_words,
    labelled,
    role_words,
    seen_words,
    until_words,
)
from trailmark_client.commands.stopping import Stopped, stop_member
from trailmark_client.commands.when import When
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.pending import forget_pending
from trailmark_client.queries.sharing import (
    GrantLine,
    ToStop,
    WaitingLine,
    list_grants,
    list_waiting,
    to_stop,
)
from trailmark_client.recorder import Recorder
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed, marked

NOT_RECALLED: Final = marked("What they already read, printed or saved cannot be taken back.")


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let in, who was, and who waits to be.

    Attributes:
        grants: Each grant, those of a member together.
        waiting: Invitations that were redeemed on this device and are not completed.
    """

    grants: list[GrantLine]
    waiting: list[WaitingLine]


class SharingStopped(msgspec.Struct, frozen=True, kw_only=True):
    """Sharing with somebody was stopped on this device; the server obeys at the next sync.

    Attributes:
        name: With whom.
        grants: Ids of the grants that are over.
        lanes: The lanes that they read.
        came_back: Goals that are private again, by id.
        still_seen_by: Names of others who go on seeing the same.
        forgotten: An invitation of theirs that waited on this device is forgotten.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    name: str
    grants: list[str]
    lanes: list[str]
    came_back: list[str]
    still_seen_by: list[str]
    forgotten: bool
    events: list[str]
    saved: bool
    unsent: int


def list_all(
    *,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", help="Earlier terms of the same sharing, too")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Sharing]:
    """Show who is let in, since when and until when, what they can see, and who waits to be."""
    with opened(common) as here:
        today = here.when().day
        grants = here.read(lambda conn: list_grants(conn, today))
        waiting = here.read(list_waiting)
        found = [each for each in grants if all_ or each.state != "replaced"]
        days = {
            ms: here.local_day(ms)
            for each in found
            for ms in (each.since, each.stopped_at)
            if ms is not None
        }

    def draw(terminal: Terminal) -> None:
        if not (found or waiting):
            terminal.say(
                gettext("Only you can see this. You can let somebody in: trailmark connect")
            )
        for each in found:
            terminal.say(*_grant_words(each, days), "")
        for each in waiting:
            terminal.say(*_waiting_words(each), "")

    return Answer(Sharing(grants=found, waiting=waiting), draw)


def _grant_words(line: GrantLine, days: dict[int, str]) -> Iterator[str]:
    last = "" if line.until is None else day_words(line.until)
    stopped = "" if line.stopped_at is None else day_words(days[line.stopped_at])
    yield {
        "live": gettext("{name} is let in ({role})."),
        "over": gettext("{name}: over; the last day was {last}."),
        "replaced": gettext("{name}: earlier terms, until {stopped}."),
        "stopping": gettext("{name}: you stopped sharing on {stopped}; it stops at the next sync."),
        "stopped": gettext("{name}: sharing stopped on {stopped}."),
        "elsewhere": gettext(
            "{name}: let in where your import was made, and not here; what they see there stays "
            "until you stop it there."
        ),
    }[line.state].format(name=line.name, role=role_words(line.role), last=last, stopped=stopped)
    if line.since is not None:
        yield labelled(gettext("since"), day_words(days[line.since]))
    if line.state == "stopping":
        yield labelled(gettext("until then"), gettext("they can still open what was shared"))
    if line.state == "live":
        yield labelled(gettext("until"), until_words(line.until))
        yield labelled(gettext("agreed to"), kinds_words(line.classes))
        yield labelled(gettext("they may"), listed(action_names(line.actions)))
        yield labelled(gettext("can see"), seen_words(line.sees))
    yield labelled(gettext("lane"), line.lane)
    yield labelled(gettext("grant"), line.grant)


def _waiting_words(line: WaitingLine) -> Iterator[str]:
    yield gettext("{name} invited you and is not let in yet. Four words: {phrase}").format(
        name=line.name, phrase=line.phrase
    )
    if not line.agreed:
        waits = gettext("you have not answered yet what they may see: trailmark connect")
        yield f"  {waits}"
        return
    yield labelled(gettext("agreed to"), kinds_words(line.classes))
    yield labelled(gettext("they may"), listed(action_names(line.actions)))
    word = gettext("their word; trailmark sync asks for it")
    code = gettext("another code of theirs: the server does not know this invitation any more")
    yield labelled(gettext("waits for"), code if line.unknown else word)


def stop(who: Who, /, *, common: Common = PLAIN) -> Answer[SharingStopped]:
    """Stop sharing with somebody: one step, no reason, with or without a network."""
    return stop_with(who, None, common)


def stop_with(who: str, role: str | None, common: Common) -> Answer[SharingStopped]:
    """Stop sharing with the one whom ``who`` means, in ``role`` where one is named."""
    with opened(common) as here:
        when = here.when()
        meant = here.read(lambda conn: to_stop(conn, who, role))
        stopped = here.app.write(lambda conn: _stop(conn, here.app.recorder, meant, when))
        document = SharingStopped(
            name=meant.name,
            grants=[text_from_id(each.grant) for each in stopped],
            lanes=[each.lane for each in stopped],
            came_back=[text_from_id(goal) for each in stopped for goal in each.came_back],
            still_seen_by=list(dict.fromkeys(n for each in stopped for n in each.still_seen_by)),
            forgotten=meant.waiting is not None,
            events=[text_from_id(event) for each in stopped for event in each.events],
            saved=True,
            unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
        )
    return Answer(document, (*_stopped_words(document), *waiting_words(document.unsent)))


def _stop(conn: Connection, recorder: Recorder, meant: ToStop, when: When) -> list[Stopped]:
    """Do it in one transaction: a kill leaves no half of it."""
    if meant.waiting is not None:
        forget_pending(conn, meant.waiting.member)
    return [] if meant.member is None else stop_member(conn, recorder, meant.member, when)


def _stopped_words(stopped: SharingStopped) -> Iterator[str]:
    if stopped.forgotten:
        yield gettext("Their invitation is forgotten: {name} will not be let in.").format(
            name=stopped.name
        )
    if not stopped.grants:
        return
    yield gettext("Saved on this device. Sharing with {name} stops at the next sync.").format(
        name=stopped.name
    )
    yield gettext("That goes first, before anything else that waits: trailmark sync")
    if len(stopped.lanes) > 1:
        yield gettext("It stops in each place that they read: {lanes}.").format(
            lanes=listed(stopped.lanes)
        )
    if stopped.came_back:
        yield gettext("Goals that are private again: {n}.").format(n=len(stopped.came_back))
    if stopped.still_seen_by:
        yield gettext("{names} can still see it.").format(names=names_words(stopped.still_seen_by))
    yield gettext(NOT_RECALLED)
