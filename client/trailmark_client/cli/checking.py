"""Checking: how this device stands, and the raw events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.emptying import erasure_warnings
from trailmark_client.cli.here import opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import lane_words, time_words
from trailmark_client.queries.lane_reports import heads
from trailmark_client.queries.log import LogEvent, raw_events
from trailmark_client.queries.standing import LaneStanding, Standing, device_standing
from trailmark_client.storage.emptying import ErasedThere
from trailmark_shared import limits
from trailmark_shared.ids import Lane
from trailmark_shared.words import gettext, ngettext

_LOG_LIMIT = 200


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """Raw events.

    Attributes:
        events: As they are stored, the newest last.
    """

    events: list[LogEvent]


def status(
    *,
    words: Annotated[
        bool,
        Parameter(negative="", help="Show the words to compare with others who see the same"),
    ] = False,
    common: Common = PLAIN,
) -> Answer[Standing]:
    """Show what is saved, what is sent, what waits."""
    with opened(common) as here:
        identity, day = here.app.identity, here.when().day
        found = here.read(lambda conn: device_standing(conn, identity, day))
        told: Mapping[Lane, str] = here.read(heads) if words else {}
        warnings = [*found.warnings, *erasure_warnings(here)]
        there, zone = here.app.erasure_file.erased_there(identity.space), here.zone
    lanes = [msgspec.structs.replace(each, words=told.get(Lane(each.lane))) for each in found.lanes]
    found = msgspec.structs.replace(found, warnings=warnings, lanes=lanes, erased_there=there)
    return Answer(found, tuple(_status_lines(found, zone)))


def _status_lines(found: Standing, zone: str) -> Iterator[str]:
    if found.erased_there is not None:
        yield from _erased_lines(found, found.erased_there, zone)
    elif found.server is None:
        yield gettext(
            "Everything is saved on this device. No server is connected, and none is needed."
        )
    else:
        yield gettext("Connected to {server}.").format(server=found.server)
        yield from waiting_words(found.unsent) or (gettext("All that is to be sent is sent."),)
    is_copied = found.private_copy and found.erased_there is None
    copy = gettext("A sealed copy of private entries goes to the server.")
    yield copy if is_copied else gettext("Private entries stay on this device.")
    if found.lanes and not is_copied and found.backed_up_at is None:
        yield gettext("There is no other copy of these. If you like: trailmark backup FILE")
    elif found.backed_up_at is None and any(each.archived > each.carried for each in found.lanes):
        yield gettext(
            "What came with trailmark import and was shared then is on this device only: neither "
            "your other devices nor your recovery code bring it. If you like: trailmark backup FILE"
        )
    for each in found.lanes:
        yield from _lane_lines(each)
    if found.wishes:
        yield ngettext(
            "{n} thing is to be shared as soon as you let somebody in.",
            "{n} things are to be shared as soon as you let somebody in.",
            found.wishes,
        ).format(n=found.wishes)
    if found.proposals:
        yield ngettext(
            "{n} proposal waits for your answer: trailmark proposal list",
            "{n} proposals wait for your answer: trailmark proposal list",
            found.proposals,
        ).format(n=found.proposals)
    yield from (gettext("Please look: {what}.").format(what=each) for each in found.warnings)
    if found.server is not None:
        yield gettext("Whoever runs the server knows you by the mark {mark}.").format(
            mark=found.mark
        )
    yield gettext("Device {device}, SQLite {sqlite}").format(
        device=found.device[:8], sqlite=found.sqlite
    )


def _erased_lines(found: Standing, there: ErasedThere, zone: str) -> Iterator[str]:
    yield gettext(
        "{server} erased its copy of everything on {time}, and this device knows of no "
        "wish of yours for that. This device was told on {learned}."
    ).format(
        server=found.server,
        time=time_words(there.erased_at, zone),
        learned=time_words(there.learned_at, zone),
    )
    yield gettext("Everything on this device is still here and stays; nothing is sent any more.")
    yield gettext("Ask whoever runs the server why. A copy for yourself: trailmark export FILE")


def _lane_lines(lane: LaneStanding) -> Iterator[str]:
    if lane.carried:
        counts = gettext("{name} ({lane}): {saved} saved, sealed with your private entries")
    elif lane.archived:
        counts = gettext("{name} ({lane}): {saved} saved, on this device only")
    elif lane.sends and lane.unsent:
        counts = gettext("{name} ({lane}): {saved} saved, {sent} sent, {unsent} not sent yet")
    else:
        counts = gettext("{name} ({lane}): {saved} saved, {sent} sent")
    name = (
        gettext("Shared before the import")
        if lane.archived
        else lane_words(lane.lane, lane.seen_by)
    )
    yield counts.format(
        name=name, lane=lane.lane, saved=lane.saved, sent=lane.sent, unsent=lane.unsent
    )
    if lane.state_hash is not None and lane.seq:
        yield "  " + gettext("up to {entry}, state {hash}").format(
            entry=lane.seq, hash=lane.state_hash
        )
    if lane.words is not None:
        yield f"  {lane.words}"


def log(
    *,
    lane: Annotated[str | None, Parameter(help="Only this lane")] = None,
    limit: Annotated[int, Parameter(help="At most so many, the newest ones")] = _LOG_LIMIT,
    common: Common = PLAIN,
) -> Answer[Log]:
    """Show the raw events, the newest last."""
    with opened(common) as here:
        events = here.read(
            lambda conn: raw_events(conn, lane, min(max(limit, 0), limits.INTEGER_MAX))
        )
        zone = here.zone
    return Answer(Log(events=events), tuple(_log_line(each, zone) for each in events))


def _log_line(event: LogEvent, zone: str) -> str:
    place = (
        gettext("not sent yet")
        if event.seq is None
        else gettext("entry {number}").format(number=event.seq)
    )
    at = "" if event.received_at is None else f" {time_words(event.received_at, zone)}"
    body = msgspec.json.encode(event.body).decode() if event.body is not None else _absent(event)
    code = f" {event.code}" if event.code else ""
    return f"{event.lane} {place}{at} {event.event} {event.device[:6]}:{event.dseq}{code} {body}"


def _absent(event: LogEvent) -> str:
    return gettext("(no body)") if event.erased else gettext("(locked)")
