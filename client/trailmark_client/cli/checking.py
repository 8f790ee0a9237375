"""Checking: how this device stands, the raw events, and whether anything was altered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.emptying import erasure_warnings
from trailmark_client.cli.failures import BROKEN
from trailmark_client.cli.here import opened, rescue_words, waiting_words
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.log import LogEvent, raw_events
from trailmark_client.queries.standing import LaneStanding, Standing, device_standing
from trailmark_client.storage.standing import lane_counts
from trailmark_shared.ids import text_from_id

_LOG_LIMIT = 200


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """Raw events.

    Attributes:
        events: As they are stored, the newest last.
    """

    events: list[LogEvent]


def status(*, common: Common = PLAIN) -> Answer[Standing]:
    """Show what is saved, what is sent, what waits."""
    with opened(common) as here:
        identity, day = here.app.identity, here.when().day
        found = here.read(lambda conn: device_standing(conn, identity, day))
        warnings = [*found.warnings, *erasure_warnings(here)]
    found = msgspec.structs.replace(found, warnings=warnings)
    return Answer(found, tuple(_status_lines(found)))


def _status_lines(found: Standing) -> Iterator[str]:
    if found.server is None:
        yield "Everything is saved on this device. No server is connected, and none is needed."
    else:
        yield f"Connected to {found.server}."
        yield from waiting_words(found.unsent) or ("All that is to be sent is sent.",)
    copy = "A sealed copy of private entries goes to the server."
    yield copy if found.private_copy else "Private entries stay on this device."
    for each in found.lanes:
        yield from _lane_lines(each)
    if found.wishes:
        yield f"{found.wishes} to be shared as soon as you let somebody in."
    if found.proposals:
        one = "proposal waits" if found.proposals == 1 else "proposals wait"
        yield f"{found.proposals} {one} for your answer: trailmark proposal list"
    yield from (f"Please look: {each}." for each in found.warnings)
    yield f"Device {found.device[:8]}, SQLite {found.sqlite}"


def _lane_lines(lane: LaneStanding) -> Iterator[str]:
    names = " and ".join(lane.seen_by)
    name = "Private" if lane.lane == "self" else f"Shared with {names or 'nobody at present'}"
    counts = f"{lane.saved} saved, {lane.sent} sent"
    waits = f", {lane.unsent} not sent yet" if lane.sends and lane.unsent else ""
    yield f"{name} ({lane.lane}): {counts}{waits}"
    if lane.state_hash is not None and lane.seq:
        yield f"  up to {lane.seq}, state {lane.state_hash}"


def log(
    *,
    lane: Annotated[str | None, Parameter(help="Only this lane")] = None,
    limit: Annotated[int, Parameter(help="At most so many, the newest ones")] = _LOG_LIMIT,
    common: Common = PLAIN,
) -> Answer[Log]:
    """Show the raw events, the newest last."""
    with opened(common) as here:
        events = here.read(lambda conn: raw_events(conn, lane, max(limit, 0)))
        zone = here.zone
    return Answer(Log(events=events), tuple(_log_line(each, zone) for each in events))


def _log_line(event: LogEvent, zone: str) -> str:
    place = "unsent" if event.seq is None else f"seq {event.seq}"
    at = "" if event.received_at is None else f" {time_words(event.received_at, zone)}"
    body = msgspec.json.encode(event.body).decode() if event.body is not None else _absent(event)
    code = f" {event.code}" if event.code else ""
    return f"{event.lane} {place}{at} {event.event} {event.device[:6]}:{event.dseq}{code} {body}"


def _absent(event: LogEvent) -> str:
    return "(no body)" if event.erased else "(locked)"


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not verify.

    Attributes:
        what: Which check: ``event``, ``body``, ``columns``, ``chain``, ``lane``, ``head``,
            ``stub``, ``cursor`` or ``file`` (an index contradicts its table).
        lane: Where; empty for ``file``.
        seq: The row, or null for what is not confirmed.
        event: Id of the event, or null.
    """

    what: str
    lane: str
    seq: int | None
    event: str | None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What checking everything found.

    Attributes:
        ok: Everything verifies, and the file was whole when it was opened.
        checked: How many events were checked.
        flaws: What does not verify.
        moved_aside: Where a database is now that was found damaged at this start, or null.
    """

    ok: bool
    checked: int
    flaws: list[Flaw]
    moved_aside: str | None


def verify(*, common: Common = PLAIN) -> Answer[Verified]:
    """Check that nothing was altered since it was written: every hash, chain and signature."""
    from trailmark_client.cli.progress import counting
    from trailmark_client.storage.verification import verify_all

    with opened(common) as here:
        total = sum(each.saved for each in here.read(lane_counts))
        with counting(here.terminal, "Checking", total) as count:
            damages = here.read(lambda conn: verify_all(conn, here.app.vault, count.add))
        rescue = here.app.rescue
    flaws = [
        Flaw(
            what=each.what,
            lane=each.lane,
            seq=each.seq,
            event=None if each.event is None else text_from_id(each.event),
        )
        for each in damages
    ]
    document = Verified(
        ok=not flaws and rescue is None,
        checked=count.done,
        flaws=flaws,
        moved_aside=None if rescue is None else str(rescue.moved_to),
    )
    if rescue is not None:
        return Answer(document, (f"Please look: {rescue_words(rescue)}.",), BROKEN)
    if not flaws:
        return Answer(document, (f"Everything verifies: {count.done} entries.",))
    return Answer(document, tuple(map(_flaw_words, flaws)), BROKEN)


def _flaw_words(flaw: Flaw) -> str:
    if flaw.what == "file":
        return "Does not verify (file): the database file contradicts itself"
    place = "not sent yet" if flaw.seq is None else f"row {flaw.seq}"
    return f"Does not verify ({flaw.what}): {flaw.lane}, {place}, event {flaw.event or '-'}"
