"""``trailmark sharing …``: who is let in, and stopping it in one step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import day_words
from trailmark_client.commands.stopping import Stopped, stop_sharing
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.sharing import GrantLine, Seen, grant_to_stop, list_grants
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.ids import text_from_id

NOT_RECALLED: Final = "What they already read, printed or saved cannot be taken back."

_COUNT_WORDS: Final = {
    "goals": ("goal", "goals"),
    "steps": ("step", "steps"),
    "check_ins": ("check-in", "check-ins"),
    "excerpts": ("part of a reflection", "parts of reflections"),
    "wins": ("win", "wins"),
    "setbacks": ("setback", "setbacks"),
    "comments": ("comment", "comments"),
}


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let in, and who was.

    Attributes:
        grants: Each of them, the first one in front.
    """

    grants: list[GrantLine]


class SharingStopped(msgspec.Struct, frozen=True, kw_only=True):
    """Sharing with somebody was stopped on this device; the server obeys at the next sync.

    Attributes:
        grant: Id of the grant that is over.
        name: Whom it let in.
        lane: The lane that they read.
        came_back: Goals that are private again, by id.
        still_seen_by: Names of others who go on seeing the same.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    grant: str
    name: str
    lane: str
    came_back: list[str]
    still_seen_by: list[str]
    events: list[str]
    saved: bool
    unsent: int


def list_all(*, common: Common = PLAIN) -> Answer[Sharing]:
    """Show who is let in, since when and until when, and what they can see."""
    with opened(common) as here:
        today = here.when().day
        found = here.read(lambda conn: list_grants(conn, today))
        days = {
            ms: here.local_day(ms)
            for each in found
            for ms in (each.since, each.stopped_at)
            if ms is not None
        }

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say("Only you can see this. You can let somebody in: trailmark connect")
        for each in found:
            terminal.say(*_grant_words(each, days), "")

    return Answer(Sharing(grants=found), draw)


def _grant_words(line: GrantLine, days: dict[int, str]) -> Iterator[str]:
    last = "" if line.until is None else day_words(line.until)
    stopped = "" if line.stopped_at is None else day_words(days[line.stopped_at])
    yield {
        "live": f"{line.name} is let in ({line.role}).",
        "over": f"{line.name}: over; the last day was {last}.",
        "stopping": f"{line.name}: you stopped sharing on {stopped}; it stops at the next sync.",
        "stopped": f"{line.name}: sharing stopped on {stopped}.",
    }[line.state]
    if line.since is not None:
        yield f"  since       {day_words(days[line.since])}"
    if line.state == "stopping":
        yield "  until then  they can still open what was shared"
    if line.state == "live":
        yield f"  until       {last or 'you stop it'}"
        classes = [CLASS_WORDS.get(each, each).partition(":")[0] for each in line.classes]
        yield f"  by itself   {', '.join(classes) or 'nothing; what you share one by one'}"
        yield f"  can see     {_seen_words(line.sees)}"
    yield f"  lane        {line.lane}"
    yield f"  grant       {line.grant}"


def _seen_words(seen: Seen) -> str:
    counts = [
        f"{count} {one if count == 1 else many}"
        for name, (one, many) in _COUNT_WORDS.items()
        if (count := getattr(seen, name))
    ]
    return ", ".join(counts) or "nothing yet"


def stop(
    who: Annotated[str, Parameter(help="The beginning of their name, or of the grant's id")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[SharingStopped]:
    """Stop sharing with somebody: one step, no reason, with or without a network."""
    with opened(common) as here:
        when = here.when()
        stopped = here.app.write(
            lambda conn: stop_sharing(conn, here.app.recorder, grant_to_stop(conn, who), when)
        )
        document = SharingStopped(
            grant=text_from_id(stopped.grant),
            name=stopped.name,
            lane=stopped.lane,
            came_back=[text_from_id(each) for each in stopped.came_back],
            still_seen_by=list(stopped.still_seen_by),
            events=[text_from_id(each) for each in stopped.events],
            saved=True,
            unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
        )
    return Answer(document, (*_stopped_words(stopped), *waiting_words(document.unsent)))


def _stopped_words(stopped: Stopped) -> Iterator[str]:
    yield f"Saved on this device. Sharing with {stopped.name} stops at the next sync."
    yield "That goes first, before anything else that waits: trailmark sync"
    if stopped.came_back:
        yield f"Goals that are private again: {len(stopped.came_back)}."
    if stopped.still_seen_by:
        yield f"{' and '.join(stopped.still_seen_by)} can still see it."
    yield NOT_RECALLED
