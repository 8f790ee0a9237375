"""An audit as people read it, question by question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from trailmark_client.cli.wording import (
    answer_words,
    change_words,
    class_names,
    clock_words,
    field_words,
    happened_words,
    label_words,
    role_words,
    time_words,
    value_words,
)
from trailmark_client.queries.audit import Audit, AuditedEvent
from trailmark_client.queries.audit_lanes import ReaderLine
from trailmark_client.queries.audit_states import FieldDifference
from trailmark_client.queries.history import EntryState
from trailmark_shared.dates import day_text, gap_words
from trailmark_shared.domain.reasons import reason_clause
from trailmark_shared.words import Texts, gettext, listed, marked, ngettext

QUESTIONS: Final[Mapping[int, str]] = Texts(
    {
        1: marked("Who changed it, as what, and on whose behalf?"),
        2: marked("Which field?"),
        3: marked("From what to what?"),
        4: marked("When did it happen, when was it recorded, where, and when did it arrive?"),
        5: marked("Why?"),
        6: marked("Who agreed?"),
        7: marked("Had the writer seen what stood there before?"),
        8: marked("Who could see it then, and who did?"),
        9: marked("Which consent allowed that?"),
        10: marked("How did it stand, as known then and as known now?"),
        11: marked("Is all of it there, and unaltered?"),
        12: marked("What was erased?"),
        13: marked("Whose clock was off?"),
        14: marked("How often did the target move, and what was it reached against?"),
    }
)
"""The questions, by number."""

_Lines = Callable[[Audit, str], Iterator[str]]


def audit_lines(audit: Audit, zone: str, questions: Iterable[int]) -> Iterator[str]:
    """Yield an audit in words.

    Args:
        audit: The audit.
        zone: IANA name of the zone in which times read.
        questions: Which questions, by number.
    """
    yield audit.title or gettext("This goal was erased.")
    for number in questions:
        yield ""
        yield f"{number}. {QUESTIONS[number]}"
        yield from (f"   {line}" for line in _ANSWERS[number](audit, zone))


def _head(event: AuditedEvent) -> str:
    label = f" [{label_words(event.label)}]" if event.label else ""
    day, clock = day_text(event.day), clock_words(event.happened)
    return f"{day}, {clock}  {event.by} {event.sentence}{label}"


def _told(
    audit: Audit, of_event: Callable[[AuditedEvent], Iterable[str]], nothing: str
) -> Iterator[str]:
    """Yield each event with what is to be said of it; events of which nothing is are left out."""
    found = [(event, list(of_event(event))) for event in audit.events]
    if not any(lines for _, lines in found):
        yield nothing
    for event, lines in found:
        if lines:
            yield _head(event)
            yield from (f"  {line}" for line in lines)


def _who(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.on_behalf_of:
            yield gettext("{name} ({role}), as {proposer} proposed").format(
                name=event.by, role=role_words(event.role), proposer=event.on_behalf_of
            )
        else:
            yield gettext("{name} ({role})").format(name=event.by, role=role_words(event.role))

    return _told(audit, of, gettext("Nobody; nothing of it is here."))


def _which(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.changes:
            yield listed([field_words(each.field) for each in event.changes])

    return _told(audit, of, gettext("No field was set."))


def _what(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        return (change_words(each.field, each.before, each.after) for each in event.changes)

    return _told(audit, of, gettext("No field was set."))


def _when(audit: Audit, zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        name = event.device_name or gettext("device {device}").format(device=event.device[:6])
        yield gettext("happened {happened}").format(happened=happened_words(event.happened))
        yield gettext("recorded {time} on {name}").format(
            time=time_words(event.recorded_at, zone), name=name
        )
        if event.received_at is None:
            yield gettext("not on a server")
        else:
            gap = gap_words(event.late_by_ms or 0)
            yield gettext("reached the server {time} ({gap})").format(
                time=time_words(event.received_at, zone), gap=gap
            )

    return _told(audit, of, gettext("Nothing of it is here."))


def _why(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.reason is not None:
            why = reason_clause(event.reason)
            yield f"{why}: {event.reason_text}" if event.reason_text else why

    return _told(audit, of, gettext("No reason was asked for."))


def _agreed(audit: Audit, _zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        yield from (f"{each.by}: {answer_words(each.answer)}" for each in event.said)
        if event.proposal is not None:
            yield gettext("belongs to proposal {proposal}").format(proposal=event.proposal[:8])

    return _told(audit, of, gettext("Nobody was asked."))


def _seen_before(audit: Audit, _zone: str) -> Iterator[str]:
    heads = {each.event: _head(each) for each in audit.events}

    def of(event: AuditedEvent) -> Iterator[str]:
        for each in event.not_seen:
            yield gettext("had not seen: {change}").format(change=heads.get(each, each))
        if event.concurrent:
            yield gettext("changed on both sides apart; both are kept")

    return _told(audit, of, gettext("Yes, always."))


def _visible(audit: Audit, zone: str) -> Iterator[str]:
    def of(event: AuditedEvent) -> Iterator[str]:
        if event.could_see:
            yield gettext("could see it: {names}").format(names=listed(event.could_see))
        for each in event.saw:
            yield gettext("{name} opened a page {time}").format(
                name=each.name, time=time_words(each.at, zone)
            )

    yield from _told(audit, of, gettext("Nobody but you."))
    if audit.looks_asked_at is None:
        yield gettext("The server was not asked yet who looked: trailmark access log")


def _consents(audit: Audit, zone: str) -> Iterator[str]:
    if not audit.readers:
        yield gettext("Nobody was let in.")
    for reader in audit.readers:
        yield from _consent(reader, zone)


def _consent(reader: ReaderLine, zone: str) -> Iterator[str]:
    told = [gettext("not sent yet")]
    if reader.begins is not None:
        told = [gettext("from {time} on").format(time=time_words(reader.begins, zone))]
    if reader.until:
        told.append(gettext("until {day}").format(day=day_text(reader.until)))
    if reader.ends is not None:
        told.append(gettext("ended {time}").format(time=time_words(reader.ends, zone)))
    yield gettext("{name} ({role}): {terms}").format(
        name=reader.name, role=role_words(reader.role), terms=", ".join(told)
    )
    things = listed(class_names(reader.classes)) or gettext("single things that you send")
    yield f"  {things}"
    yield gettext("  words: version {number}, SHA-256 {hash}").format(
        number=reader.consent_version, hash=reader.consent_sha256
    )
    if reader.consent_text is None:
        yield gettext("  this program does not have those words")
    else:
        yield from (f"  | {line}" for line in reader.consent_text.splitlines())


def _instants(audit: Audit, zone: str) -> Iterator[str]:
    instant = audit.instant
    yield gettext("{time}, as the server knew it then:").format(time=time_words(instant.at, zone))
    yield from _state_lines(instant.as_known_then)
    for seen in instant.as_seen_then:
        names = listed(seen.seen_by) or gettext("nobody who is let in")
        yield gettext("As {names} could see it then:").format(names=names)
        yield from _state_lines(seen.state)
    yield gettext("As it is known now:")
    yield from _state_lines(instant.as_known_now)
    if audit.between is not None:
        since, upto = time_words(audit.between.since, zone), time_words(audit.between.upto, zone)
        yield gettext("From {since} to {upto}, as known then:").format(since=since, upto=upto)
        yield from _difference_lines(audit.between.as_known_then)
        yield gettext("As known now:")
        yield from _difference_lines(audit.between.as_known_now)


def _state_lines(state: EntryState | None) -> Iterator[str]:
    if state is None:
        yield gettext("  nothing of it was there")
        return
    for name, value in state.fields.items():
        yield f"  {change_words(name, None, value)}"


def _difference_lines(found: Sequence[FieldDifference]) -> Iterator[str]:
    if not found:
        yield gettext("  nothing differs")
    for each in found:
        yield (
            "  "
            + gettext("{field}: {before} -> {after}").format(
                field=field_words(each.field),
                before=value_words(each.field, each.before),
                after=value_words(each.field, each.after),
            )
        )


def _whole(audit: Audit, _zone: str) -> Iterator[str]:
    for chain in audit.chains:
        fits = gettext("{lane}: all of it fits")
        told = fits if chain.intact else gettext("{lane}: something does not fit")
        yield told.format(lane=chain.lane)
        yield from (gettext("  {flaw} does not verify").format(flaw=flaw) for flaw in chain.flaws)
        for each in chain.numberings:
            yield (
                gettext(
                    "  device {device}: entries up to {last}, {unconfirmed} not confirmed, "
                    "{without_words} without words"
                ).format(
                    device=each.device[:6],
                    last=each.last,
                    unconfirmed=each.unconfirmed,
                    without_words=each.without_words,
                )
            )
            yield from (
                gettext("    {low} to {high} are not here yet").format(low=low, high=high)
                for low, high in each.missing
            )


def _erased(audit: Audit, zone: str) -> Iterator[str]:
    if not audit.erasures:
        yield gettext("Nothing.")
    for each in audit.erasures:
        erased = (
            ngettext(
                "{time}  {by} erased {n} entry of this goal",
                "{time}  {by} erased {n} entries of this goal",
                each.events,
            )
            if each.of_goal
            else ngettext(
                "{time}  {by} erased {n} entry in the same lane",
                "{time}  {by} erased {n} entries in the same lane",
                each.events,
            )
        )
        yield erased.format(time=time_words(each.at, zone), by=each.by, n=each.events)


def _clocks(audit: Audit, _zone: str) -> Iterator[str]:
    if not audit.clocks:
        yield gettext("Nobody's.")
    for each in audit.clocks:
        side = (
            gettext(
                "device {device} was {gap} behind the server (entries: {n}); its times stand as "
                "they were written"
            )
            if each.offset > 0
            else gettext(
                "device {device} was {gap} ahead of the server (entries: {n}); its times stand as "
                "they were written"
            )
        )
        yield side.format(device=each.device[:6], gap=gap_words(abs(each.offset)), n=each.events)


def _target(audit: Audit, _zone: str) -> Iterator[str]:
    heads, story = {each.event: _head(each) for each in audit.events}, audit.target
    if story.original is not None or story.moved:
        yield gettext("At first: {value}").format(value=value_words("target", story.original))
        moved = ngettext("It moved {n} time.", "It moved {n} times.", story.moved)
        yield moved.format(n=story.moved) if story.moved else gettext("It has not moved.")
    else:
        yield gettext("It has no target.")
    yield from (f"  {heads.get(each, each)}" for each in story.moves)
    for each in story.completions:
        head = heads.get(each.event, each.event)
        if each.against is None:
            yield gettext("{change}: without a target").format(change=head)
        elif each.against == "original":
            yield gettext("{change}: against the original target").format(change=head)
        else:
            yield gettext("{change}: against the adjusted target").format(change=head)


_ANSWERS: Final[Mapping[int, _Lines]] = {
    1: _who,
    2: _which,
    3: _what,
    4: _when,
    5: _why,
    6: _agreed,
    7: _seen_before,
    8: _visible,
    9: _consents,
    10: _instants,
    11: _whole,
    12: _erased,
    13: _clocks,
    14: _target,
}
