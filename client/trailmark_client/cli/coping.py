"""Barriers, and the toolbox of what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, use_lines
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, At, Common, GoalOption, Note, Words, whole
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.wording import part_words
from trailmark_client.queries.cards import CardLine
from trailmark_shared.events.coping import (
    BarrierIdentified,
    BarrierKind,
    BarrierResolved,
    BarrierReturned,
    CopingAdded,
    CopingUsed,
)
from trailmark_shared.words import gettext, ngettext

BarrierId = Annotated[str, Parameter(help="Id of the barrier, or the beginning of it")]
CopingId = Annotated[str, Parameter(help="Id of the strategy, or the beginning of it")]
Where = Annotated[BarrierKind | None, Parameter(help="Where it lies")]
BarrierOption = Annotated[
    str | None, Parameter(name="--barrier", help="The barrier it is meant for: its id, or none")
]
SourceOption = Annotated[
    str | None, Parameter(name="--from", help="The resource it was learnt from: its id, or none")
]
Helped = Annotated[
    int | None,
    Parameter(
        help="How much it helped: 0 not at all, 4 very much", converter=whole, show_default=False
    ),
]


def add_barrier(
    text: Words,
    /,
    *,
    where: Where = None,
    goal: GoalOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Name something that stands in the way.

    Args:
        text: What it is, in your own words.
    """
    with opened(common) as here:
        data = BarrierIdentified(text=text, where=where, goal=id_of(here, "goal", goal))
        return cards.write(here, data, gettext("Good to have it in words."))


def list_barriers(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what stands in the way, and what no longer does."""
    return cards.show(common, "barrier", gettext("Nothing stands here."), _barrier_words, goal)


def _barrier_words(line: CardLine) -> Iterator[str]:
    where = part_words(str(line.said["where"])) if line.said.get("where") else None
    words = line.words if where is None else f"{line.words} ({where})"
    if line.status == "resolved":
        words = gettext("{barrier}, out of the way").format(barrier=words)
    yield words
    if line.uses:
        yield ngettext(
            "met once in a hard moment", "met {n} times in a hard moment", len(line.uses)
        ).format(n=len(line.uses))


def revise_barrier(
    barrier: BarrierId,
    /,
    *,
    text: Words | None = None,
    where: Where = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say a barrier in other words.

    Args:
        text: What it is, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "barrier", barrier, {"text": text, "where": where})


def resolve_barrier(barrier: BarrierId, /, *, common: Common = PLAIN) -> Answer[Saved]:
    """Say that it is out of the way."""
    with opened(common) as here:
        words = gettext("Out of the way. You did a hard thing.")
        return cards.log(here, "barrier", barrier, BarrierResolved(), words)


def return_barrier(barrier: BarrierId, /, *, common: Common = PLAIN) -> Answer[Saved]:
    """Say that it is there again. Nothing is lost by it."""
    with opened(common) as here:
        words = gettext("It is there again. What helped before is still in your toolbox.")
        return cards.log(here, "barrier", barrier, BarrierReturned(), words)


def add_coping(
    then: Words,
    /,
    *,
    when: Annotated[Words | None, Parameter(name="--if", help="In which moment")] = None,
    barrier: BarrierOption = None,
    goal: GoalOption = None,
    source: SourceOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put something that may help into your toolbox.

    Args:
        then: What you then do, in your own words.
    """
    with opened(common) as here:
        data = CopingAdded(
            then=then,
            when=when,
            barrier=id_of(here, "barrier", barrier),
            goal=id_of(here, "goal", goal),
            learnt_from=id_of(here, "resource", source),
        )
        return cards.write(here, data)


def list_coping(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show your toolbox, and what helped how often."""
    nothing = gettext(
        "Your toolbox is empty, and that is fine. Something that helped once is a beginning."
    )
    return cards.show(common, "coping", nothing, _coping_words, goal)


def _coping_words(line: CardLine) -> Iterator[str]:
    yield line.words
    if line.uses:
        tried = ngettext("tried once", "tried {n} times", len(line.uses)).format(n=len(line.uses))
        helped = Counter(each.helped for each in line.uses if each.helped is not None)
        counts = ", ".join(
            gettext("helped {level} of 4: {n}x").format(level=level, n=helped[level])
            for level in sorted(helped, reverse=True)
        )
        yield f"{tried}; {counts}" if counts else tried
    yield from use_lines(line)


def revise_coping(
    coping: CopingId,
    /,
    *,
    then: Words | None = None,
    when: Annotated[Words | None, Parameter(name="--if", help="In which moment, or none")] = None,
    barrier: BarrierOption = None,
    source: SourceOption = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say a strategy in other words, or link it otherwise.

    Args:
        then: What you then do, in your own words.
    """
    with opened(common) as here:
        given = {
            "then": then,
            "when": when,
            "barrier": barrier if barrier == "none" else id_of(here, "barrier", barrier),
            "learnt_from": source if source == "none" else id_of(here, "resource", source),
        }
        return cards.revise(here, "coping", coping, given)


def use_coping(
    coping: CopingId,
    /,
    *,
    helped: Helped = None,
    note: Note = None,
    at: At = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note that you tried it, and how much it helped."""
    with opened(common) as here:
        data = CopingUsed(helped=helped, note=note)
        return cards.log(
            here, "coping", coping, data, gettext("You tried something. That counts."), at=at
        )
