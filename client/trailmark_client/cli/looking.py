"""Looking: goals, one goal, the timeline, a goal's history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.occurring import happened_line
from trailmark_client.cli.options import PLAIN, Common, GoalId, GoalOption
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.parties_told import party_lines, sent_lines
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import (
    change_words,
    clock_words,
    day_words,
    field_words,
    time_words,
    value_words,
)
from trailmark_client.queries.documents import find
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.goals import GoalLine, GoalView, list_goals, show_goal
from trailmark_client.queries.lines import CheckInLine
from trailmark_client.queries.timeline import (
    Latest,
    TimelineLine,
    Window,
    by_day,
    latest_lines,
    timeline,
)
from trailmark_shared.dates import day_text
from trailmark_shared.domain.areas import area_of, area_words
from trailmark_shared.projections.sentences import sent_to
from trailmark_shared.words import gettext, listed, marked

_LOOKED_BACK = {
    "overcome": marked("What you overcame: {words}"),
    "learnt": marked("What you learnt: {words}"),
    "thanks": marked("Who or what helped: {words}"),
    "text": marked("Looking back: {words}"),
}
_LATEST: Final = 200
"""Lines of a timeline that people are shown where they did not say from which day on."""

_CHECK_INS: Final = 50
"""Check-ins of a goal that people are shown, the latest; programs read all."""


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
        if not goals and area is not None:
            terminal.say(
                gettext("No goal of yours belongs there. Which there are: trailmark goal areas")
            )
            return
        if not goals:
            terminal.say(gettext("What would be different in your life if this helped?"))
            terminal.say(gettext('Write it down with: trailmark goal add "…"'))
            return
        short = shortest([each.id for each in goals])
        rows = [_goal_row(each, short[each.id]) for each in goals]
        headings = (
            gettext("id"),
            gettext("goal"),
            gettext("status"),
            gettext("target"),
            gettext("hoped for"),
            gettext("seen by"),
        )
        terminal.table(headings, rows)
        for each in goals:
            terminal.say(*_attention(each, short[each.id]))

    return Answer(Goals(goals=goals), draw)


def _goal_row(goal: GoalLine, short: str) -> Sequence[str]:
    return (
        short,
        goal.title,
        goal.status_words,
        value_words("target", goal.target) if goal.target else "",
        day_text(goal.due or ""),
        _seen_by(goal.seen_by, wished=goal.wished),
    )


def _seen_by(names: Sequence[str], *, wished: bool = False) -> str:
    if names:
        return listed(names)
    return gettext("only you, to be shared") if wished else gettext("only you")


def _attention(goal: GoalLine, short: str) -> Iterator[str]:
    if goal.conflicts:
        fields = listed([field_words(each) for each in goal.conflicts])
        yield gettext(
            "{short}: changed on two devices apart ({fields}); see: trailmark goal show {short}"
        ).format(short=short, fields=fields)
    if goal.left_behind:
        yield (
            gettext(
                "{short}: something was written before you shared this: share it too? "
                "trailmark goal share {short}"
            ).format(short=short)
        )


def show(goal: GoalId, /, *, common: Common = PLAIN) -> Answer[GoalView]:
    """Show one goal with everything under it."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        view = here.read(lambda conn: show_goal(conn, subject, here.when().day))
        goals = here.read(lambda conn: list_goals(conn, here.when().day))
        device, zone = here.device, here.zone
    titles = {each.id: each.title for each in goals}
    return Answer(view, lambda terminal: terminal.say(*_view_lines(view, device, zone, titles)))


def _view_lines(view: GoalView, device: str, zone: str, titles: Mapping[str, str]) -> Iterator[str]:
    goal = view.goal
    yield goal.title
    for label, value in (
        (gettext("Why"), view.why),
        (gettext("Limits"), view.limits),
        (gettext("Area"), goal.area and area_words(goal.area)),
        (gettext("Status"), goal.status_words),
        (gettext("Target"), goal.target and value_words("target", goal.target)),
        (gettext("At the start"), view.baseline),
        (gettext("Hoped for"), goal.due and day_text(goal.due)),
        (gettext("Matters"), goal.priority),
        (gettext("Place"), goal.rank),
        (
            gettext("How it goes"),
            view.achievement and value_words("achievement", view.achievement),
        ),
        (gettext("In its place now"), _named(goal.replaced_by, titles)),
        (gettext("Part of"), _named(view.around.part_of, titles)),
        (gettext("Resting until"), view.resting_until and day_text(view.resting_until)),
        (gettext("Seen by"), _seen_by(goal.seen_by, wished=goal.wished)),
        (gettext("Id"), goal.id),
    ):
        if value is not None:
            yield f"  {label}: {value}"
    yield from _around_lines(view, titles)
    yield from _conflict_lines(view, device, zone)
    yield from _earlier_lines(view)
    yield from party_lines(view)
    yield from _child_lines(view)
    yield from sent_lines(view, zone)


def _named(goal: str | None, titles: Mapping[str, str]) -> str | None:
    return None if goal is None else f"{titles.get(goal, '')}  {goal[:8]}".strip()


def _around_lines(view: GoalView, titles: Mapping[str, str]) -> Iterator[str]:
    for each in view.around.challenges:
        yield gettext("About: {words}  {id}").format(words=each.words, id=each.id[:8])
    for part in view.around.parts:
        yield gettext("A part of it: {goal}").format(goal=_named(part, titles))
    for name, label in _LOOKED_BACK.items():
        if view.around.looked_back.get(name):
            yield gettext(label).format(words=view.around.looked_back[name])


def _conflict_lines(view: GoalView, device: str, zone: str) -> Iterator[str]:
    for conflict in view.conflicts:
        yield gettext("Two devices changed this apart: {field}. Both are kept:").format(
            field=field_words(conflict.field)
        )
        for each in conflict.values:
            where = (
                gettext("on this device")
                if each.device == device
                else gettext("on device {device}").format(device=each.device[:6])
            )
            at = time_words(each.at, zone)
            value = value_words(conflict.field, each.value)
            yield gettext("  {value} ({by}, {where}, {at}; event {event})").format(
                value=value, by=each.by, where=where, at=at, event=each.event[:10]
            )
        first = conflict.values[0].event[:10]
        command = f"trailmark goal keep {view.goal.id[:8]} {conflict.field} {first}"
        yield "  " + gettext("Keep one: {command}").format(command=command)
    if view.needs_review:
        yield gettext(
            "The status moved in a way that two devices did not agree on; see the history."
        )


def _earlier_lines(view: GoalView) -> Iterator[str]:
    if view.left_behind:
        yield gettext("Written before you shared this: share it too?")
        for each in view.left_behind:
            yield f"  {change_words(each.field, None, each.value)}"
        yield f"  trailmark goal share {view.goal.id[:8]}"


def _child_lines(view: GoalView) -> Iterator[str]:
    if view.steps:
        yield gettext("Steps")
    for step in view.steps:
        mark = {"reached": "[x]", "dropped": "[-]"}.get(step.status, "[ ]")
        words = f"{mark} {step.text}"
        if step.due and step.status == "open":
            words = gettext("{step} (by {day})").format(step=words, day=day_text(step.due))
        yield _with_audience(view, step.lane, f"  {words}  {step.id[:8]}")
    if view.check_ins:
        yield gettext("Check-ins")
    if before := len(view.check_ins[:-_CHECK_INS]):
        more = gettext("{n} before; to see them: trailmark timeline --goal {goal} --whole")
        yield "  " + more.format(n=before, goal=view.goal.id[:8])
    for check_in in view.check_ins[-_CHECK_INS:]:
        note = f": {check_in.note}" if check_in.note else ""
        when = f"{day_text(check_in.day)}, {clock_words(check_in.happened)}"
        words = f"  {when}  {_check_in_words(check_in)}{note}"
        yield _with_audience(view, check_in.lane, words)
    if view.occurrences:
        yield gettext("What happened")
    for happened in view.occurrences:
        yield f"  {happened_line(happened)}"
    yield from _note_lines(view)


def _with_audience(view: GoalView, lane: str, words: str) -> str:
    if lane == "self" and view.goal.seen_by:
        return gettext("{what}, only you").format(what=words)
    return words


def _note_lines(view: GoalView) -> Iterator[str]:
    for note in view.notes:
        label = {
            "win": gettext("{day}  Win: {words}"),
            "setback": gettext("{day}  Hard moment: {words}"),
        }.get(note.kind, gettext("{day}  {name} wrote: {words}"))
        words = label.format(
            day=day_text(note.day), name=note.by, words=note.text or gettext("taken back")
        )
        # A comment is answered by its id, and nothing else tells it.
        told = f"{words}  {note.id[:8]}" if note.kind == "comment" and note.text else words
        yield _with_audience(view, note.lane, told)
        if note.helped:
            yield "  " + gettext("What helped: {words}").format(words=note.helped)


def _check_in_words(check_in: CheckInLine) -> str:
    if check_in.value is None:
        return gettext("skipped")
    if check_in.measure == "rating":
        return gettext("{number} of 10").format(number=check_in.value)
    if check_in.unit:
        return gettext("{number} {unit}").format(number=check_in.value, unit=check_in.unit)
    return str(check_in.value)


def show_timeline(
    *,
    goal: GoalOption = None,
    since: Annotated[
        str | None, Parameter(help="Only from this day on: YYYY-MM-DD, 30 days ago")
    ] = None,
    until: Annotated[
        str | None, Parameter(help="Only up to this day: YYYY-MM-DD, yesterday")
    ] = None,
    whole: Annotated[bool, Parameter(help="From the first day on")] = False,
    common: Common = PLAIN,
) -> Answer[Timeline]:
    """Show what happened, by the day it happened on: the latest, unless you say from when on."""
    with opened(common) as here:
        window = Window(
            goal=None if goal is None else here.read(lambda conn: find(conn, "goal", goal)),
            since=here.day(since),
            until=here.day(until),
        )

        def look(conn: Connection) -> Latest:
            if whole or since is not None or common.as_json:
                return Latest(lines=timeline(conn, window), earlier=None)
            return latest_lines(conn, window, _LATEST)

        found = here.read(look)

    def draw(terminal: Terminal) -> None:
        if not found.lines:
            terminal.say(gettext("Nothing yet, and that is fine."))
        if found.earlier is not None:
            terminal.say(
                gettext(
                    "There is more before. To see it: trailmark timeline --until {day}; "
                    "or everything: --whole"
                ).format(day=found.earlier)
            )
        for day, group in by_day(found.lines).items():
            terminal.say(day_words(day), *(_timeline_words(each) for each in group))

    return Answer(Timeline(events=found.lines), draw)


def _timeline_words(line: TimelineLine) -> str:
    if line.kind == "encouragement":
        said = f"  {clock_words(line.happened)}  {line.by}: {line.text}"
        if line.about is None:
            return said
        return gettext("{what} (to: {answered})").format(what=said, answered=line.about)
    about = f" [{line.goal}]" if line.goal and line.kind != "goal" else ""
    text = f": {line.text}" if line.text and line.text != line.goal else ""
    title = f" “{line.goal}”" if line.kind == "goal" and line.goal else ""
    sentence = f"{line.by} {_with_whom(line)}{title}{text}{about}"
    if line.private:
        sentence = gettext("{what} (only you)").format(what=sentence)
    return f"  {clock_words(line.happened)}  {sentence}"


def _with_whom(line: TimelineLine) -> str:
    if line.supporter is None or line.kind == "grant":
        return line.sentence
    return sent_to(line.type, line.sentence, line.supporter)
