"""Steps as they stand and change: words, days, ranks; which one to start with; the days ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, GoalId, Reason, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for, reason_from_text
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import day_words
from trailmark_client.commands import steps
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.ahead import AheadLine, NextStep, ahead, start_here
from trailmark_client.queries.documents import find
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.lines import StepLine
from trailmark_shared.dates import day_text
from trailmark_shared.events.body import Reason as Why
from trailmark_shared.events.data import EventData, Priority
from trailmark_shared.events.steps import (
    StepDropped,
    StepRanked,
    StepRescheduled,
    StepReworded,
    StepUnreached,
)
from trailmark_shared.words import gettext, marked

StepId = Annotated[str, Parameter(help="Id of the step, or the beginning of it")]
Rank = Literal["high", "medium", "low", "none"]

_RANKS: Final[dict[str, Priority]] = {"high": "high", "medium": "medium", "low": "low"}
_LABELS: Final = {
    "goal": marked("{day}  {words} (a goal, hoped for)"),
    "step": marked("{day}  {words} (a step, hoped for)"),
    "resting": marked("{day}  {words} (a goal rests until then)"),
    "review": marked("{day}  {words} (a review)"),
}
_BEHIND: Final = marked("{line}; the day can be moved at any time")
_STATUS: Final = {
    "open": marked("open"),
    "reached": marked("reached"),
    "dropped": marked("let go"),
}
_RANK_WORDS: Final = {
    "importance": marked("matters: {rank}"),
    "urgency": marked("urgent: {rank}"),
    "impact": marked("changes much: {rank}"),
}


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a goal.

    Attributes:
        steps: A line each, in their order.
    """

    steps: list[StepLine]


class StartHere(msgspec.Struct, frozen=True, kw_only=True):
    """Where to start.

    Attributes:
        steps: The step that matters most, for each goal that is worked on.
    """

    steps: list[NextStep]


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """The days ahead.

    Attributes:
        days: A line each, the earliest first.
    """

    days: list[AheadLine]


def list_steps(goal: GoalId, /, *, common: Common = PLAIN) -> Answer[Steps]:
    """Show the steps of a goal, and how they are ranked."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        found = here.read(lambda conn: show_goal(conn, subject, here.when().day)).steps

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("No step yet, and that is fine: trailmark step add"))
        for each in found:
            terminal.say(f"{each.id[:8]}  {each.text} ({', '.join(_state_words(each))})")

    return Answer(Steps(steps=found), draw)


def _state_words(step: StepLine) -> Iterator[str]:
    yield gettext(_STATUS[step.status])
    for name, words in _RANK_WORDS.items():
        rank = getattr(step, name)
        if rank is not None:
            yield gettext(words).format(rank=rank)
    if step.due and step.status == "open":
        yield gettext("hoped for: {day}").format(day=day_text(step.due))


def rank(
    step: StepId,
    /,
    *,
    importance: Annotated[Rank | None, Parameter(help="How much it means to you")] = None,
    urgency: Annotated[Rank | None, Parameter(help="How soon it is needed")] = None,
    impact: Annotated[Rank | None, Parameter(help="How much it would change")] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say how much a step means, how soon it is needed and how much it would change."""
    given = {"importance": importance, "urgency": urgency, "impact": impact}
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "step", step)), here.when()
        stands = here.read(lambda conn: steps.step_at_home(conn, subject))
        wanted: dict[str, Any] = {
            name: getattr(stands, name).value if said is None else _RANKS.get(said)
            for name, said in given.items()
        }
        data = StepRanked(**wanted)
        return here.record(
            lambda conn, recorder: steps.change_step(conn, recorder, subject, data, when)
        )


def reword(
    step: StepId, text: Words, /, *, reason: Reason = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Say a step in other words.

    Args:
        text: The new words.
    """
    with opened(common) as here:
        said = reason_for(reason, here.terminal)
    return _change(step, StepReworded(text=text), common, said)


def due(
    step: StepId, day: str, /, *, reason: Reason = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Choose another day to hope for. Days move; no reason is needed.

    Args:
        day: YYYY-MM-DD, tomorrow, in N days, in N weeks, or none.
    """
    with opened(common) as here:
        wanted = parse_due(day, now_ms=here.now_ms, zone=here.zone)
    said = None if reason is None else reason_from_text(reason)
    return _change(
        step, StepRescheduled(due=wanted), common, said, gettext("The day has moved with you.")
    )


def reopen(step: StepId, /, *, common: Common = PLAIN) -> Answer[Saved]:
    """Open a step again that was marked as reached. Nothing is lost by it."""
    return _change(step, StepUnreached(), common, None)


def drop(step: StepId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Let a step go that no longer fits."""
    said = Why(code="no-longer-fits") if reason is None else reason_from_text(reason)
    return _change(step, StepDropped(), common, said)


def _change(
    step: str, data: EventData, common: Common, reason: Why | None, *lines: str
) -> Answer[Saved]:
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "step", step)), here.when()
        return here.record(
            lambda conn, recorder: steps.change_step(conn, recorder, subject, data, when, reason),
            *lines,
        )


def show_start(*, common: Common = PLAIN) -> Answer[StartHere]:
    """Show which step to start with, for each goal that you work on, and why it matters."""
    with opened(common) as here:
        found = here.read(lambda conn: start_here(conn, here.when().day))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("No open step. A small one is a good one: trailmark step add"))
        for each in found:
            terminal.say(each.title, f"  {each.step.text}  {each.step.id[:8]}")
            if each.why:
                terminal.say(gettext("  Why it matters: {why}").format(why=each.why))

    return Answer(StartHere(steps=found), draw)


def show_ahead(*, common: Common = PLAIN) -> Answer[Ahead]:
    """Show the days that you hope for: goals, steps, rests and reviews, in their order."""
    with opened(common) as here:
        found = here.read(lambda conn: ahead(conn, here.when().day))
    short = shortest([each.id for each in found])

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("No day stands here, and none is needed."))
        for each in found:
            line = gettext(_LABELS[each.kind]).format(day=day_words(each.day), words=each.words)
            told = gettext(_BEHIND).format(line=line) if each.has_passed else line
            terminal.say(f"{told}  {short[each.id]}")

    return Answer(Ahead(days=found), draw)
