"""Steps, check-ins, reflections, wins and setbacks: what is written between sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import (
    AS_AGREED,
    PLAIN,
    At,
    Common,
    GoalId,
    GoalOption,
    MeantFor,
    Note,
    Words,
)
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands.places import place_of_child, place_of_note
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import find
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.domain.targets import tenths_from_text
from trailmark_shared.events.coping import BarrierMet
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_adapters.sqlite import Connection
    from trailmark_client.commands.places import Choice
    from trailmark_client.commands.written import Written
    from trailmark_client.recorder import Recorder

SKIPPED = "skip"


def add_step(
    goal: GoalId,
    text: Words,
    /,
    *,
    due: Annotated[str | None, Parameter(help="A day to hope for: YYYY-MM-DD, in 2 weeks")] = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Add a step to a goal: something that can be done next.

    Args:
        text: What to do, in your own words.
    """
    from trailmark_client.commands import steps

    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        step = StepAdded(
            goal=text_from_id(subject),
            text=text,
            due=None if due is None else parse_due(due, now_ms=here.now_ms, zone=here.zone),
        )
        when, choice = here.when(), meant_for.choice
        here.tell_audience(lambda conn: place_of_child(conn, subject, "steps", when.day, choice))
        return here.record(
            lambda conn, recorder: steps.add_step(conn, recorder, step, when, choice)
        )


def reach_step(
    step: Annotated[str, Parameter(help="Id of the step, or the beginning of it")],
    /,
    *,
    at: At = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Mark a step as reached."""
    from trailmark_client.commands import steps

    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "step", step))
        when = here.when(at)
        return here.record(
            lambda conn, recorder: steps.reach_step(conn, recorder, subject, when),
            gettext("A step reached. You did that."),
        )


def check_in(
    goal: GoalId,
    number: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    at: At = None,
    note: Note = None,
    measure: Annotated[
        Literal["rating", "count", "value"] | None,
        Parameter(help="What the number is; without it, what the goal's target counts"),
    ] = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Check in on a goal.

    Args:
        number: A number with at most one decimal place, or skip: not answering is an answer.
    """
    from trailmark_client.commands import check_ins

    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        choice = meant_for.choice
        said = check_ins.CheckIn(
            value_tenths=None if number == SKIPPED else tenths_from_text(number),
            measure=measure,
            note=note,
            choice=choice,
        )
        when, today = here.when(at), here.when().day
        here.tell_audience(lambda conn: place_of_child(conn, subject, "check_ins", today, choice))
        return here.record(
            lambda conn, recorder: check_ins.check_in(conn, recorder, subject, said, when)
        )


def reflect(
    text: Words,
    /,
    *,
    mood: Annotated[str | None, Parameter(help="How you feel, 0 to 10")] = None,
    tag: Annotated[
        tuple[str, ...], Parameter(help="A tag or trigger; may be repeated", negative="")
    ] = (),
    feeling: Annotated[
        tuple[str, ...], Parameter(help="A feeling; may be repeated", negative="")
    ] = (),
    title: Annotated[Words | None, Parameter(help="A heading")] = None,
    goal: GoalOption = None,
    at: At = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write a reflection. It is private, always; see ``share`` for a part of it.

    Args:
        text: Your words.
    """
    from trailmark_client.commands import reflections

    with opened(common) as here:
        when = here.when(at)
        about = None if goal is None else here.read(lambda conn: find(conn, "goal", goal))
        reflection = ReflectionWritten(
            text=text,
            title=title,
            feelings=feeling,
            tags=tag,
            mood_tenths=None if mood is None else reflections.mood_tenths(mood),
            goal=None if about is None else text_from_id(about),
        )
        return here.record(
            lambda conn, recorder: reflections.reflect(conn, recorder, reflection, when)
        )


def win(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    at: At = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note a win, however small.

    Args:
        text: What went well, in your own words.
    """
    with opened(common) as here:
        about = None if goal is None else here.read(lambda conn: find(conn, "goal", goal))
        data = WinNoted(text=text, goal=None if about is None else text_from_id(about))
        return _note(here, data, at, meant_for.choice, [gettext("That counts.")])


def setback(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    helped: Annotated[Words | None, Parameter(help="What helped")] = None,
    barrier: Annotated[
        str | None, Parameter(help="What stood in the way: id of a barrier; the link stays here")
    ] = None,
    at: At = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note something that was hard. Nothing resets.

    Args:
        text: What happened, in your own words.
    """
    with opened(common) as here:
        about = None if goal is None else here.read(lambda conn: find(conn, "goal", goal))
        data = SetbackNoted(
            text=text, helped=helped, goal=None if about is None else text_from_id(about)
        )
        choice = meant_for.choice
        met = None if barrier is None else here.read(lambda conn: find(conn, "barrier", barrier))
        words = [gettext("Setbacks are part of this. Nothing is lost.")]
        if about is not None:
            why = here.read(lambda conn: goal_at_home(conn, about)).document.why.value
            words += [] if why is None else [gettext("Why it matters: {why}").format(why=why)]
        return _note(here, data, at, choice, words, barrier=met)


def _note(
    here: Here,
    data: WinNoted | SetbackNoted,
    at: str | None,
    choice: Choice,
    words: Sequence[str],
    barrier: bytes | None = None,
) -> Answer[Saved]:
    from trailmark_client.commands import notes
    from trailmark_client.commands.cards import log_card

    goal = None if data.goal is None else id_from_text(data.goal)
    when, today = here.when(at), here.when().day
    here.tell_audience(lambda conn: place_of_note(conn, goal, today, choice))

    def work(conn: Connection, recorder: Recorder) -> Written:
        written = notes.note(conn, recorder, data, when, choice)
        if barrier is not None:
            met = BarrierMet(setback=text_from_id(written.subject))
            log_card(conn, recorder, barrier, met, when)
        return written

    return here.record(work, *words)
