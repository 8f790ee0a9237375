"""``trailmark verify``: whether anything was altered, here or in an export that somebody has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.copy_checking import CheckedCopy, check_copy, is_copy
from trailmark_client.cli.export_checking import CheckedExport, check_export
from trailmark_client.cli.failures import BROKEN
from trailmark_client.cli.here import opened, rescue_words
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import lane_words, time_words, type_words
from trailmark_client.queries.lane_reports import LaneReport, MissingEntry, lane_reports
from trailmark_client.storage.standing import lane_counts
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, ngettext

if TYPE_CHECKING:
    from trailmark_client.storage.verification import Damage

_MISSING_TOLD = 10


class Flaw(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not verify.

    Attributes:
        what: Which check: ``event``, ``body``, ``columns``, ``chain``, ``lane``, ``head``,
            ``stub``, ``id``, ``actor``, ``cursor`` or ``file`` (an index contradicts its table).
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
        ok: Everything verifies, nothing is missing, and the file was whole when it was opened.
        checked: How many events were checked.
        lanes: How far each lane is proven, and what to compare with others.
        flaws: What does not verify.
        moved_aside: Where a database is now that was found damaged at this start, or null.
    """

    ok: bool
    checked: int
    lanes: list[LaneReport]
    flaws: list[Flaw]
    moved_aside: str | None


def verify(
    file: Annotated[
        Path | None,
        Parameter(help="A copy of everything, or an export of a lane, instead of this device"),
    ] = None,
    /,
    *,
    head: Annotated[
        str | None,
        Parameter(help='What the person\'s own device shows for that lane: "as of entry 12: …"'),
    ] = None,
    common: Common = PLAIN,
) -> Answer[Verified] | Answer[CheckedExport] | Answer[CheckedCopy]:
    """Check that nothing was altered since it was written: every hash, chain and signature.

    Without FILE everything on this device is checked. With FILE an export is, on any machine: no
    folder of Trailmark is needed. Only words read from the person's own device (trailmark status
    --words) show that it is the history which that person sees.
    """
    if file is not None and is_copy(file):
        return check_copy(file, head, common)
    if file is not None:
        return check_export(file, head, common)
    if head is not None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("name the export to compare: trailmark verify FILE --head …"),
        )
    return _verify_device(common)


def _verify_device(common: Common) -> Answer[Verified]:
    from trailmark_client.cli.progress import counting
    from trailmark_client.verifying import verify_store

    with opened(common) as here:
        identity, day, zone = here.app.identity, here.when().day, here.zone
        total = sum(each.saved for each in here.read(lane_counts))
        with counting(here.terminal, gettext("Checking"), total) as count:
            damages = verify_store(here.app, count.add)
        lanes = here.read(lambda conn: lane_reports(conn, identity, day, damages))
        rescue = here.app.rescue
    document = Verified(
        ok=not damages and rescue is None and all(each.verified for each in lanes),
        checked=count.done,
        lanes=lanes,
        flaws=[_flaw(each) for each in damages],
        moved_aside=None if rescue is None else str(rescue.moved_to),
    )
    lines = [line for each in lanes for line in lane_lines(each, zone)]
    lines += map(_flaw_words, document.flaws)
    if rescue is not None:
        lines.append(gettext("Please look: {what}.").format(what=rescue_words(rescue)))
    if document.ok:
        lines.append(
            ngettext(
                "Everything verifies: {n} entry.", "Everything verifies: {n} entries.", count.done
            ).format(n=count.done)
        )
    return Answer(document, tuple(lines), 0 if document.ok else BROKEN)


def _flaw(damage: Damage) -> Flaw:
    return Flaw(
        what=damage.what,
        lane=damage.lane,
        seq=damage.seq,
        event=None if damage.event is None else text_from_id(damage.event),
    )


def _flaw_words(flaw: Flaw) -> str:
    if flaw.what == "file":
        return gettext("Does not verify (file): the database file contradicts itself")
    told = (
        gettext("Does not verify ({what}): {lane}, not sent yet, event {event}")
        if flaw.seq is None
        else gettext("Does not verify ({what}): {lane}, entry {number}, event {event}")
    )
    return told.format(what=flaw.what, lane=flaw.lane, number=flaw.seq, event=flaw.event or "-")


def lane_lines(lane: LaneReport, zone: str) -> Iterator[str]:
    """Yield how far one lane is proven, in words.

    Args:
        lane: What was found.
        zone: IANA name of the zone in which times are told.
    """
    if lane.entries:
        told = (
            gettext("{name} ({lane}): verified, {n} of {all} entries fit.")
            if lane.verified
            else gettext("{name} ({lane}): NOT verified, {n} of {all} entries fit.")
        )
        yield told.format(
            name=lane_words(lane.lane, lane.seen_by),
            lane=lane.lane,
            n=lane.verified_to,
            all=lane.entries,
        )
    if lane.head is not None:
        yield f"  {lane.head}"
    for each in lane.restored:
        yield (
            "  "
            + gettext(
                "On {time} the server's log had gone back from entry {before} to {after}."
            ).format(time=time_words(each.at, zone), before=each.upto, after=each.point)
        )
    if lane.held:
        yield "  " + ngettext(
            "{n} entry waits here until the server has taken it back.",
            "{n} entries wait here until the server has taken them back.",
            lane.held,
        ).format(n=lane.held)
    elif lane.restored and not lane.missing_in_all:
        yield "  " + gettext("Restored: nothing is missing.")
    if lane.altered_at is not None:
        yield (
            "  "
            + gettext(
                "On {time} the server showed another history than this one; nothing of it "
                "was taken."
            ).format(time=time_words(lane.altered_at, zone))
        )
    yield from _missing_lines(lane, zone)


def _missing_lines(lane: LaneReport, zone: str) -> Iterator[str]:
    for each in lane.missing[:_MISSING_TOLD]:
        yield "  " + gettext("Missing on the server, still here: {entry}").format(
            entry=_missing_words(each, zone)
        )
    more = lane.missing_in_all - min(len(lane.missing), _MISSING_TOLD)
    if more:
        named = gettext("and {n} more; trailmark verify --json names them.").format(n=more)
        yield f"  {named}"


def _missing_words(entry: MissingEntry, zone: str) -> str:
    what = gettext("something locked") if entry.type is None else type_words(entry.type)
    told = (
        gettext("entry {number} ({what}), from this device, sent {time}")
        if entry.own
        else gettext("entry {number} ({what}), from device {device}, sent {time}")
    )
    return told.format(
        number=entry.seq,
        what=what,
        device=entry.device[:6],
        time=time_words(entry.received_at, zone),
    )
