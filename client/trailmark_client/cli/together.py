"""What a person and their therapist write down together: expectations, plans, the agenda."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, part_lines, use_lines
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import (
    AGREE,
    AS_AGREED,
    PLAIN,
    Common,
    EntryId,
    GoalOption,
    MeantFor,
    Often,
    Stance,
    Words,
)
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.queries.agenda import Idea, agenda_ideas
from trailmark_client.queries.cards import CardLine
from trailmark_client.queries.documents import all_documents
from trailmark_client.queries.finding import by_prefix
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    ExpectationAnswered,
    ExpectationWritten,
    InterventionAnswered,
    InterventionEnded,
    InterventionPlanned,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

Outcome = Annotated[Words | None, Parameter(help="What came of it, if you like")]
Goals = Annotated[
    tuple[str, ...],
    Parameter(name="--goal", help="A goal that it serves; may be repeated", negative=""),
]

_OVER: Final = {
    "ended": marked("{words}, no longer part of the plan"),
    "closed": marked("{words}, closed"),
}


class Ideas(msgspec.Struct, frozen=True, kw_only=True):
    """What could be on the agenda.

    Attributes:
        ideas: A line each; nothing of it is on the agenda yet.
    """

    ideas: list[Idea]


def add_expectation(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what you expect of the work together.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        data = ExpectationWritten(text=text, goal=id_of(here, "goal", goal))
        return cards.write_for(here, data, meant_for.choice)


def list_expectations(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what each side expects, and who agrees."""
    return cards.show(common, "expectation", gettext("Nothing is written down yet."), _words)


def _words(line: CardLine) -> Iterator[str]:
    over = _OVER.get(line.status or "")
    yield line.words if over is None else gettext(over).format(words=line.words)
    yield from part_lines(line, "often")
    if line.goal is not None:
        yield gettext("goal: {id}").format(id=line.goal[:8])
    for each in line.said.get("goals", ()):
        yield gettext("goal: {id}").format(id=each[:8])
    yield from use_lines(line)


def revise_expectation(
    expectation: EntryId, /, *, text: Words, common: Common = PLAIN
) -> Answer[Saved]:
    """Say an expectation of yours in other words.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "expectation", expectation, {"text": text})


def agree_expectation(
    expectation: EntryId,
    /,
    *,
    stance: Stance = AGREE,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether you share an expectation as it stands."""
    with opened(common) as here:
        return cards.answer(here, expectation, ExpectationAnswered, stance)


def add_intervention(
    text: Words,
    /,
    *,
    often: Often = None,
    goal: Goals = (),
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what is to be tried, and for which goals.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        goals = tuple(id_of(here, "goal", each) or "" for each in goal)
        data = InterventionPlanned(text=text, often=often, goals=goals)
        return cards.write_for(here, data, meant_for.choice)


def list_interventions(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what is tried in therapy, for which goals, and who agrees."""
    return cards.show(common, "intervention", gettext("Nothing is planned yet."), _words)


def revise_intervention(
    intervention: EntryId,
    /,
    *,
    text: Words | None = None,
    often: Often = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change what you wrote down to be tried.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "intervention", intervention, {"text": text, "often": often})


def agree_intervention(
    intervention: EntryId,
    /,
    *,
    stance: Stance = AGREE,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether you agree with what is planned to be tried."""
    with opened(common) as here:
        return cards.answer(here, intervention, InterventionAnswered, stance)


def end_intervention(
    intervention: EntryId, note: Outcome = None, /, *, common: Common = PLAIN
) -> Answer[Saved]:
    """Take something off the plan; it stays in the history."""
    with opened(common) as here:
        return cards.log(here, "intervention", intervention, InterventionEnded(note=note))


def add_agenda(
    text: Words,
    /,
    *,
    about: Annotated[
        str | None,
        Parameter(help="The entry that it comes from; a private one stays unknown"),
    ] = None,
    goal: GoalOption = None,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put something on the agenda of the next session.

    Args:
        text: What, in your own words; they are all that others see.
    """
    with opened(common) as here:
        data = AgendaItemAdded(
            text=text, about=_anything(here, about), goal=id_of(here, "goal", goal)
        )
        return cards.write_for(here, data, meant_for.choice)


def _anything(here: Here, prefix: str | None) -> str | None:
    if prefix is None:
        return None
    held = here.read(all_documents)
    return text_from_id(by_prefix((each.subject for each in held), prefix, "entry"))


def list_agenda(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you want to speak about in the next session."""
    nothing = gettext("Nothing is on the agenda. What could be: trailmark agenda ideas")
    return cards.show(common, "agenda_item", nothing, _words)


def show_ideas(*, common: Common = PLAIN) -> Answer[Ideas]:
    """Show what could be on the agenda: what you marked, what stands in the way, hard moments."""
    with opened(common) as here:
        found = here.read(lambda conn: agenda_ideas(conn, here.when().day))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("Nothing comes to mind, and that is fine."))
        for each in found:
            terminal.say(f"{each.id[:8]}  {each.words}")
        if found:
            terminal.say(gettext('In your own words: trailmark agenda add "…" --about ID'))

    return Answer(Ideas(ideas=found), draw)


def close_agenda(
    item: EntryId, note: Outcome = None, /, *, common: Common = PLAIN
) -> Answer[Saved]:
    """Close something on the agenda: you spoke about it, or it needs no time any more."""
    with opened(common) as here:
        return cards.log(here, "agenda_item", item, AgendaItemClosed(note=note))
