"""``trailmark history``: how a goal, or any other entry, became what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common, EntryId
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import (
    change_words,
    clock_words,
    label_words,
    time_words,
)
from trailmark_client.commands.when import parse_instant
from trailmark_client.queries.history import (
    EntryHistory,
    HistoryEvent,
    Moment,
    find_entry,
    history_of_entry,
)
from trailmark_shared.dates import day_text, gap_words
from trailmark_shared.words import gettext

_SECOND_MS: Final = 1000


def show(
    entry: EntryId,
    /,
    *,
    as_of: Annotated[
        str | None, Parameter(help="Only what the server had by then, as others could see it")
    ] = None,
    happened: Annotated[
        str | None, Parameter(help="Only what had been recorded by then, as it is known now")
    ] = None,
    common: Common = PLAIN,
) -> Answer[EntryHistory]:
    """Show how a goal, or anything else you wrote, became what it is, and how it stood then."""
    with opened(common) as here:
        until = Moment(received_by=_instant(here, as_of), happened_by=_instant(here, happened))
        history = here.read(lambda conn: history_of_entry(conn, *find_entry(conn, entry), until))
        device, zone = here.device, here.zone

    def draw(terminal: Terminal) -> None:
        if not history.events:
            terminal.say(gettext("Nothing of it was there yet."))
        for each in history.events:
            terminal.say(*_history_lines(each, device, zone))
        if history.state is not None:
            terminal.say(
                gettext("As it stands:")
                if as_of is happened is None
                else gettext("As it stood then:")
            )
            fields = history.state.fields.items()
            terminal.say(*(f"  {change_words(name, None, value)}" for name, value in fields))

    return Answer(history, draw)


def _instant(here: Here, text: str | None) -> int | None:
    return None if text is None else parse_instant(text, now_ms=here.now_ms, zone=here.zone)


def _history_lines(event: HistoryEvent, device: str, zone: str) -> Iterator[str]:
    day = f"{day_text(event.day)}, {clock_words(event.happened)}"
    label = f" [{label_words(event.label)}]" if event.label else ""
    yield f"{day}  {event.by} {event.sentence}{label}"
    for change in event.changes:
        yield f"    {change_words(change.field, change.before, change.after)}"
    if event.text:
        yield f"    {event.text}"
    if event.helped:
        yield "    " + gettext("What helped: {words}").format(words=event.helped)
    if event.reason_text:
        yield "    " + gettext("in their words: {words}").format(words=event.reason_text)
    recorded = (
        gettext("recorded {time} on this device")
        if event.device == device
        else gettext("recorded {time} on device {device}")
    )
    told = recorded.format(time=time_words(event.recorded_at, zone), device=event.device[:6])
    yield f"    {told}"
    yield f"    {_arrival(event, zone)}"
    if event.concurrent:
        apart = gettext("changed while another device changed it too: neither had seen the other")
        yield f"    {apart}"
    if event.clock_doubt:
        off = gettext("that device's clock was more than five minutes off")
        yield f"    {off}"


def _arrival(event: HistoryEvent, zone: str) -> str:
    if event.received_at is None:
        return gettext("only on your device") if event.lane == "self" else gettext("not sent yet")
    arrived, late = time_words(event.received_at, zone), event.late_by_ms or 0
    if late < _SECOND_MS:
        return gettext("reached the server {time}").format(time=arrived)
    return gettext("reached the server {time}, {gap} later").format(
        time=arrived, gap=gap_words(late)
    )
