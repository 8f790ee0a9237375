"""What matters most, what takes another's place, what could be clearer: as typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, GoalId, Reason, Words, whole
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for
from trailmark_client.commands import goals
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import audience
from trailmark_shared import limits
from trailmark_shared.domain.guidance import (
    LETTERS,
    QUESTIONS,
    Letter,
    Shape,
    letters_of,
    rewrite_of,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.data import Priority
from trailmark_shared.events.goals import GoalDrafted, GoalReprioritised
from trailmark_shared.words import gettext, listed


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """What could make a goal clearer; nothing of it is needed.

    Attributes:
        goal: Id of the goal.
        letters: For each of the five letters whether the goal has it already.
        questions: What may be asked for those that it has not.
        rewrite: An example of a clearer wording, or null.
    """

    goal: str
    letters: dict[Letter, bool]
    questions: dict[Letter, str]
    rewrite: str | None


def priority(
    goal: GoalId,
    matters: Annotated[
        Literal["high", "medium", "low", "none"], Parameter(help="How much it matters now")
    ],
    /,
    *,
    place: Annotated[
        int | None,
        Parameter(help="Its place among your goals, 1 first; 0 for none", converter=whole),
    ] = None,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say how much a goal matters now, and which place it has among the others."""
    if place is not None and not 0 <= place <= limits.INTEGER_MAX:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("a place is 1 or more, or 0 for none"))
    known: dict[str, Priority] = {"high": "high", "medium": "medium", "low": "low"}
    data = GoalReprioritised(
        priority=known.get(matters), rank=UNSET if place is None else place or None
    )
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: goals.reprioritise_goal(conn, recorder, subject, data, said)
        )


def replace(
    goal: GoalId,
    title: Words,
    /,
    *,
    why: Annotated[Words | None, Parameter(help="Why it matters to you")] = None,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put a new goal in the place of one that no longer fits; both stay linked.

    Args:
        title: The new goal in your own words.
    """
    with opened(common) as here:
        subject, when = here.read(lambda conn: find(conn, "goal", goal)), here.when()
        said = reason_for(reason, here.terminal)
        draft = GoalDrafted(title=title, why=why)
        return here.record(
            lambda conn, recorder: goals.replace_goal(conn, recorder, subject, draft, when, said),
            gettext("Your goal grew with you. Nothing of the one before is lost."),
            *here.read(lambda conn: _told_to(conn, subject, when.day)),
        )


def _told_to(conn: Connection, goal: bytes, day: str) -> list[str]:
    at_home = goal_at_home(conn, goal)
    names = audience(conn, at_home.lane, day)
    if not names or at_home.document.lifecycle.value == "cancelled":
        return []
    told = gettext("{names} can see that you let the one before go, and cannot see the new one.")
    return [told.format(names=listed(names))]


def guide(goal: GoalId, /, *, common: Common = PLAIN) -> Answer[Guidance]:
    """Show what could make a goal clearer. Nothing of it is needed."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "goal", goal))
        view = here.read(lambda conn: show_goal(conn, subject, here.when().day))
        target = here.read(lambda conn: goal_at_home(conn, subject)).document.target.value
    shape = Shape(
        title=view.goal.title,
        has_target=target is not None,
        has_step=any(each.status != "dropped" for each in view.steps),
        has_why=view.why is not None,
        has_day=view.goal.due is not None or (target is not None and target.by is not None),
    )
    letters = letters_of(shape)
    found = Guidance(
        goal=view.goal.id,
        letters=letters,
        questions={name: QUESTIONS[name] for name, there in letters.items() if not there},
        rewrite=rewrite_of(shape.title),
    )
    return Answer(found, list(_guidance_lines(found, shape.title)))


def _guidance_lines(found: Guidance, title: str) -> Iterator[str]:
    yield title
    for name, there in found.letters.items():
        yield f"  {'[x]' if there else '[ ]'} {LETTERS[name]}"
        if not there:
            yield f"      {found.questions[name]}"
    if found.rewrite is not None:
        short = found.goal[:8]
        yield "  " + gettext("For example: {rewrite}").format(rewrite=found.rewrite)
        command = f'trailmark goal reword {short} "{found.rewrite}"'
        yield "  " + gettext("To take it: {command}").format(command=command)
    yield gettext("Take what helps and leave the rest: your goal is good as it stands.")
