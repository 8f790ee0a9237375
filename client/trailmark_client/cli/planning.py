"""Challenges, and what stands around a goal: limits, areas, parts, a look back on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.areas import own_area_lines
from trailmark_client.cli.cards import Cards, part_lines
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, GoalId, Reason, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for, reason_from_text
from trailmark_client.commands import goals, planning
from trailmark_client.queries.cards import CardLine
from trailmark_client.queries.documents import find
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.domain.areas import area_of
from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason as Why
from trailmark_shared.events.planning import ChallengeDescribed
from trailmark_shared.words import gettext

NONE: Final = "none"

ChallengeId = Annotated[str, Parameter(help="Id of the challenge, or the beginning of it")]
Effect = Annotated[Words | None, Parameter(help="What it does to you, or none")]
Area = Annotated[Words | None, Parameter(help="The part of life it belongs to; see goal areas")]


def add_challenge(
    text: Words,
    /,
    *,
    effect: Effect = None,
    area: Area = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Describe what is hard now; a goal can come later, or never.

    Args:
        text: What it is, in your own words.
    """
    with opened(common) as here:
        kept = None if area is None else area_of(area)
        data = ChallengeDescribed(text=text, effect=effect, area=kept)
        hints = own_area_lines(here, kept)
        return cards.write(here, data, gettext("Good to have it in words."), *hints)


def list_challenges(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what is hard now, and which goals are about it."""
    nothing = gettext("Nothing stands here. What is hard just now? trailmark challenge add")
    return cards.show(common, "challenge", nothing, _challenge_words)


def _challenge_words(line: CardLine) -> Iterator[str]:
    yield line.words
    yield from part_lines(line, "effect", "area")
    for each in line.uses:
        yield gettext("a goal is about it: {id}").format(id=(each.link or "")[:8])


def revise_challenge(
    challenge: ChallengeId,
    /,
    *,
    text: Words | None = None,
    effect: Effect = None,
    area: Area = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Describe it otherwise, as you see it now.

    Args:
        text: What it is, in your own words.
    """
    with opened(common) as here:
        given = {"text": text, "effect": effect, "area": None if area is None else area_of(area)}
        return cards.revise(here, "challenge", challenge, given)


def link_challenge(
    challenge: ChallengeId, goal: GoalId, /, *, common: Common = PLAIN
) -> Answer[Saved]:
    """Say that a goal is about a challenge. Only you see the link."""
    with opened(common) as here:
        about = here.read(lambda conn: find(conn, "challenge", challenge))
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when()
        return here.record(
            lambda conn, recorder: planning.address_challenge(conn, recorder, about, subject, when)
        )


def part_of(
    goal: GoalId,
    whole: Annotated[str, Parameter(help="Id of the goal that it is part of, or none")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put a goal under another, or let it stand alone. Only you see the link."""
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when()
        if whole == NONE:
            return here.record(
                lambda conn, recorder: planning.stand_alone(conn, recorder, subject, when)
            )
        above = here.read(lambda conn: find(conn, "goal", whole))
        return here.record(
            lambda conn, recorder: planning.place_goal(conn, recorder, subject, above, when)
        )


def limit(
    goal: GoalId,
    text: Annotated[Words, Parameter(help="Time, money, circumstances, or none")],
    /,
    *,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note what limits a goal, so that it asks for no more than is possible."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        stands = here.read(lambda conn: goal_at_home(conn, subject)).document.limits.value
        why = Why(code="new-insight") if stands is None and reason is None else None
        said = why or reason_for(reason, here.terminal)
        words = goals.Words(limits="" if text == NONE else text)
        return here.record(
            lambda conn, recorder: goals.reword_goal(conn, recorder, subject, words, said)
        )


def assess(
    goal: GoalId,
    how: Annotated[Achievement, Parameter(help="How it goes, in your view")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say how a goal goes. A number suggests nothing here; you decide."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        return here.record(lambda conn, recorder: goals.assess_goal(conn, recorder, subject, how))


def keep_up(goal: GoalId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Say that a goal is reached and that you keep it up from now on."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        said = Why(code="goal-reached") if reason is None else reason_from_text(reason)
        return here.record(
            lambda conn, recorder: goals.keep_up_goal(conn, recorder, subject, said),
            gettext("You keep it up. How, can stand in: trailmark afterwards write"),
        )


def look_back(
    goal: GoalId,
    /,
    *,
    overcome: Annotated[Words | None, Parameter(help="What you overcame, or none")] = None,
    learnt: Annotated[Words | None, Parameter(help="What you learnt, or none")] = None,
    thanks: Annotated[Words | None, Parameter(help="Who or what helped, or none")] = None,
    text: Annotated[Words | None, Parameter(help="Anything else, or none")] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Look back on a goal: what you overcame and learnt, and who helped. Only you see it."""
    given = cards.changed({"overcome": overcome, "learnt": learnt, "thanks": thanks, "text": text})
    if not given:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("say one of --overcome, --learnt, --thanks and --text")
        )
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when()
        return here.record(
            lambda conn, recorder: planning.look_back_on(conn, recorder, subject, given, when)
        )
