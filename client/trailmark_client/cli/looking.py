"""Looking: goals, one goal, the timeline, a goal's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_adapters.clock import local_time
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common, GoalId, GoalOption
from trailmark_client.cli.proposed import proposal_lines
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import (
    change_words,
    clock_words,
    day_words,
    field_words,
    gap_words,
    time_words,
    value_words,
)
from trailmark_client.commands.when import parse_due, parse_instant
from trailmark_client.queries.documents import find
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.goals import GoalLine, GoalView, list_goals, show_goal
from trailmark_client.queries.history import GoalHistory, HistoryEvent, Moment, history_of_goal
from trailmark_client.queries.timeline import TimelineLine, Window, by_day, timeline
from trailmark_shared.domain.areas import area_of, area_words
from trailmark_shared.words import gettext, marked

_ONLY_YOU = "only you"
_LOOKED_BACK = {
    "overcome": marked("What you overcame: {words}"),
    "learnt": marked("What you learnt: {words}"),
    "thanks": marked("Who or what helped: {words}"),
    "text": marked("Looking back: {words}"),
}
_ACCEPTANCE_WORDS = {
    "agree": "agreed with it",
    "disagree": "did not agree with it",
    "pending": "asked for time to think about it",
}


class Goals(msgspec.Struct, frozen=True, kw_only=True):
    """The person's goals.

    Attributes:
        goals: A line each.
    """

    goals: list[GoalLine]


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What happened.

    Attributes:
        events: A line each, the earliest first.
    """

    events: list[TimelineLine]


def list_all(
    *,
    area: Annotated[str | None, Parameter(help="Only those of this part of life")] = None,
    common: Common = PLAIN,
) -> Answer[Goals]:
    """Show your goals."""
    with opened(common) as here:
        goals = here.read(lambda conn: list_goals(conn, here.when().day))
    if area is not None:
        goals = [each for each in goals if each.area and area_of(each.area) == area_of(area)]

    def draw(terminal: Terminal) -> None:
        if not goals:
            terminal.say("What would be different in your life if this helped?")
            terminal.say('Write it down with: trailmark goal add "…"')
            return
        short = shortest([each.id for each in goals])
        rows = [_goal_row(each, short[each.id]) for each in goals]
        terminal.table(("id", "goal", "status", "target", "hoped for", "seen by"), rows)
        for each in goals:
            terminal.say(*_attention(each, short[each.id]))

    return Answer(Goals(goals=goals), draw)


def _goal_row(goal: GoalLine, short: str) -> Sequence[str]:
    return (
        short,
        goal.title,
        goal.status_words,
        goal.target or "",
        goal.due or "",
        _seen_by(goal.seen_by, wished=goal.wished),
    )


def _seen_by(names: Sequence[str], *, wished: bool = False) -> str:
    if names:
        return ", ".join(names)
    return "only you, to be shared" if wished else _ONLY_YOU


def _attention(goal: GoalLine, short: str) -> Iterator[str]:
    if goal.conflicts:
        fields = ", ".join(goal.conflicts)
        yield f"{short}: changed on two devices apart ({fields}); see: trailmark goal show {short}"
    if goal.left_behind:
        yield (
            f"{short}: something was written before you shared this: share it too? "
            f"trailmark goal share {short}"
        )


def show(goal: GoalId, /, *, common: Common = PLAIN) -> Answer[GoalView]:
    """Show one goal with everything under it."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        view = here.read(lambda conn: show_goal(conn, subject, here.when().day))
        device = here.device
        zone = here.zone
    return Answer(view, lambda terminal: terminal.say(*_view_lines(view, device, zone)))


def _view_lines(view: GoalView, device: str, zone: str) -> Iterator[str]:
    goal = view.goal
    yield goal.title
    for label, value in (
        ("Why", view.why),
        ("Limits", view.limits),
        ("Area", goal.area and area_words(goal.area)),
        ("Status", goal.status_words),
        ("Target", goal.target and value_words("target", goal.target)),
        ("At the start", view.baseline),
        ("Hoped for", goal.due),
        ("Matters", goal.priority),
        ("Place", goal.rank),
        ("How it goes", view.achievement and value_words("achievement", view.achievement)),
        ("In its place now", goal.replaced_by),
        ("Part of", view.around.part_of),
        ("Resting until", view.resting_until),
        ("Seen by", _seen_by(goal.seen_by, wished=goal.wished)),
        ("Id", goal.id),
    ):
        if value is not None:
            yield f"  {label}: {value}"
    yield from _around_lines(view)
    yield from _conflict_lines(view, device, zone)
    yield from _earlier_lines(view)
    yield from _party_lines(view)
    yield from _child_lines(view)
    yield from _sent_lines(view, zone)


def _around_lines(view: GoalView) -> Iterator[str]:
    for each in view.around.challenges:
        yield gettext("About: {words}  {id}").format(words=each.words, id=each.id[:8])
    for part in view.around.parts:
        yield gettext("A part of it: {id}").format(id=part)
    for name, label in _LOOKED_BACK.items():
        if view.around.looked_back.get(name):
            yield gettext(label).format(words=view.around.looked_back[name])


def _conflict_lines(view: GoalView, device: str, zone: str) -> Iterator[str]:
    for conflict in view.conflicts:
        yield f"Two devices changed this apart: {field_words(conflict.field)}. Both are kept:"
        for each in conflict.values:
            where = "on this device" if each.device == device else f"on device {each.device[:6]}"
            at = time_words(each.at, zone)
            value = value_words(conflict.field, each.value)
            yield f"  {value} ({each.by}, {where}, {at}; event {each.event[:10]})"
        first = conflict.values[0].event[:10]
        yield f"  Keep one: trailmark goal keep {view.goal.id[:8]} {conflict.field} {first}"
    if view.needs_review:
        yield "The status moved in a way that two devices did not agree on; see the history."


def _earlier_lines(view: GoalView) -> Iterator[str]:
    if view.left_behind:
        yield "Written before you shared this: share it too?"
        for each in view.left_behind:
            yield f"  {change_words(each.field, None, each.value)}"
        yield f"  trailmark goal share {view.goal.id[:8]}"


def _party_lines(view: GoalView) -> Iterator[str]:
    for each in view.agreements:
        since = ", ".join(map(field_words, each.changed_since))
        changed = f" (changed since: {since})" if since else ""
        why = f": {each.reason_text}" if each.reason_text else ""
        yield f"{each.day}  {each.by} {_ACCEPTANCE_WORDS[each.answer]}{why}{changed}"
    for view_of in view.assessments:
        note = f": {view_of.note}" if view_of.note else ""
        how = value_words("achievement", view_of.achievement)
        yield f"{view_of.day}  How it goes, as {view_of.by} sees it: {how}{note}"
    short = shortest([each.id for each in view.proposals])
    if view.proposals:
        yield "Proposed"
    for proposal in view.proposals:
        yield from (f"  {line}" for line in proposal_lines(proposal, short[proposal.id]))


def _sent_lines(view: GoalView, zone: str) -> Iterator[str]:
    for each in view.sent:
        item = each.item
        part = "" if item.kind == "goal" else f": {item.words or item.kind}"
        back = (
            "" if item.taken_back_at is None else f", taken back {_day(item.taken_back_at, zone)}"
        )
        yield f"Sent to {each.to} on {_day(item.sent_at, zone)}{part}{back}"
        yield from (f"  {each.to}: {said.text}" for said in item.encouragements)


def _day(ms: int, zone: str) -> str:
    return day_words(local_time(ms, zone).date().isoformat())


def _child_lines(view: GoalView) -> Iterator[str]:
    if view.steps:
        yield "Steps"
    for step in view.steps:
        mark = {"reached": "[x]", "dropped": "[-]"}.get(step.status, "[ ]")
        by = f" (by {step.due})" if step.due and step.status == "open" else ""
        private = f", {_ONLY_YOU}" if step.lane == "self" and view.goal.seen_by else ""
        yield f"  {mark} {step.text}{by}  {step.id[:8]}{private}"
    if view.check_ins:
        yield "Check-ins"
    for check_in in view.check_ins:
        value = "skipped" if check_in.value is None else str(check_in.value)
        of = " of 10" if check_in.measure == "rating" and check_in.value is not None else ""
        unit = f" {check_in.unit}" if check_in.unit and check_in.value is not None else ""
        note = f": {check_in.note}" if check_in.note else ""
        yield f"  {check_in.day} {clock_words(check_in.happened)}  {value}{of}{unit}{note}"
    for note in view.notes:
        label = {"win": "Win", "setback": "Hard moment"}.get(note.kind, f"{note.by} wrote")
        yield f"{note.day}  {label}: {note.text or 'taken back'}"


def show_timeline(
    *,
    goal: GoalOption = None,
    since: Annotated[str | None, Parameter(help="Only from this day on: YYYY-MM-DD")] = None,
    common: Common = PLAIN,
) -> Answer[Timeline]:
    """Show what happened, by the day it happened on."""
    with opened(common) as here:
        window = Window(
            goal=None if goal is None else here.read(lambda conn: find(conn, "goal", goal)),
            since=None if since is None else parse_due(since, now_ms=here.now_ms, zone=here.zone),
        )
        lines = here.read(lambda conn: timeline(conn, window))

    def draw(terminal: Terminal) -> None:
        if not lines:
            terminal.say("Nothing yet, and that is fine.")
        for day, group in by_day(lines).items():
            terminal.say(day_words(day), *(_timeline_words(each) for each in group))

    return Answer(Timeline(events=lines), draw)


def _timeline_words(line: TimelineLine) -> str:
    if line.kind == "encouragement":
        answers = "" if line.about is None else f" (to: {line.about})"
        return f"  {clock_words(line.happened)}  {line.by}: {line.text}{answers}"
    about = f" [{line.goal}]" if line.goal and line.kind != "goal" else ""
    text = f": {line.text}" if line.text and line.text != line.goal else ""
    title = f" “{line.goal}”" if line.kind == "goal" and line.goal else ""
    private = f" ({_ONLY_YOU})" if line.private else ""
    sentence = f"{line.sentence}{_to_whom(line)}{title}{text}{about}{private}"
    return f"  {clock_words(line.happened)}  {line.by} {sentence}"


def _to_whom(line: TimelineLine) -> str:
    if line.supporter is None or line.kind == "grant":
        return ""
    way = "from" if line.sentence.startswith("took") else "to"
    return f" {way} {line.supporter}"


def show_history(
    goal: GoalId,
    /,
    *,
    as_of: Annotated[
        str | None, Parameter(help="Only what the server had by then, as others could see it")
    ] = None,
    happened: Annotated[
        str | None, Parameter(help="Only what had been recorded by then, as it is known now")
    ] = None,
    common: Common = PLAIN,
) -> Answer[GoalHistory]:
    """Show how a goal became what it is, and how it stood at an instant."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        until = Moment(received_by=_instant(here, as_of), happened_by=_instant(here, happened))
        history = here.read(lambda conn: history_of_goal(conn, subject, until))
        device, zone = here.device, here.zone

    def draw(terminal: Terminal) -> None:
        if not history.events:
            terminal.say("Nothing of this goal was there yet.")
        for each in history.events:
            terminal.say(*_history_lines(each, device, zone))
        if history.state is not None:
            terminal.say("As it stands:" if as_of is happened is None else "As it stood then:")
            fields = history.state.fields.items()
            terminal.say(*(f"  {change_words(name, None, value)}" for name, value in fields))

    return Answer(history, draw)


def _instant(here: Here, text: str | None) -> int | None:
    return None if text is None else parse_instant(text, now_ms=here.now_ms, zone=here.zone)


def _history_lines(event: HistoryEvent, device: str, zone: str) -> Iterator[str]:
    day = f"{event.day} {clock_words(event.happened)}"
    label = f" [{event.label}]" if event.label else ""
    yield f"{day}  {event.by} {event.sentence}{label}"
    for change in event.changes:
        yield f"    {change_words(change.field, change.before, change.after)}"
    if event.reason_text:
        yield f"    in their words: {event.reason_text}"
    where = "this device" if event.device == device else f"device {event.device[:6]}"
    yield f"    recorded {time_words(event.recorded_at, zone)} on {where}"
    yield f"    {_arrival(event, zone)}"
    if event.concurrent:
        yield "    changed while another device changed it too: neither had seen the other"
    if event.clock_doubt:
        yield "    that device's clock was more than five minutes off"


def _arrival(event: HistoryEvent, zone: str) -> str:
    if event.received_at is None:
        return "only on your device" if event.lane == "self" else "not sent yet"
    arrived = f"reached the server {time_words(event.received_at, zone)}"
    gap = gap_words(event.late_by_ms or 0)
    return arrived if gap == "at once" else f"{arrived}, {gap} later"
