"""``trailmark goal …``: write a goal down, change it, share it, look at it."""

from __future__ import annotations

from typing import Annotated

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.areas import own_area_lines
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common, GoalId, Reason, With, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.reasons import reason_for, reason_from_text
from trailmark_client.commands import agreements, conflicts, goals, sharing
from trailmark_client.commands.planning import address_challenge
from trailmark_client.commands.when import parse_due
from trailmark_client.commands.withdrawing import withdraw_from_members, withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import find
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import lanes_meant
from trailmark_shared.domain.areas import area_of
from trailmark_shared.domain.guidance import rewrite_of
from trailmark_shared.domain.statuses import Lifecycle
from trailmark_shared.domain.targets import parse_target, tenths_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF
from trailmark_shared.words import gettext

NO_TARGET = "none"


def add(
    title: Words,
    /,
    *,
    why: Annotated[Words | None, Parameter(help="Why it matters to you")] = None,
    area: Annotated[
        Words | None, Parameter(help="The part of life it belongs to; see goal areas")
    ] = None,
    limits: Annotated[
        Words | None, Parameter(help="What limits it: time, money, circumstances")
    ] = None,
    challenge: Annotated[
        str | None, Parameter(help="What it is about: id of a challenge; only you see the link")
    ] = None,
    due: Annotated[str | None, Parameter(help="A day to hope for: YYYY-MM-DD, in 6 weeks")] = None,
    target: Annotated[
        str | None,
        Parameter(
            help="at-least N [unit] per week, at-most N …, reduce-by P% [by DATE], reach N, done"
        ),
    ] = None,
    baseline: Annotated[
        str | None, Parameter(help="Where you stand today", allow_leading_hyphen=True)
    ] = None,
    share: Annotated[
        bool, Parameter(negative="", help="Share it with whom you let in, now or later")
    ] = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write a goal down in your own words and begin with it.

    Args:
        title: The goal in your own words.
    """
    with opened(common) as here:
        draft = GoalDrafted(
            title=title,
            why=why,
            area=None if area is None else area_of(area),
            limits=limits,
            target=None if target is None else parse_target(target),
            baseline_tenths=None if baseline is None else tenths_from_text(baseline),
            due=None if due is None else parse_due(due, now_ms=here.now_ms, zone=here.zone),
        )
        about = (
            None
            if challenge is None
            else here.read(lambda conn: find(conn, "challenge", challenge))
        )
        hints = [*_hints(title), *own_area_lines(here, draft.area)]
        written = _add(here, draft, with_, about, shared=share or bool(with_))
        return here.saved(written, gettext("Your goal is written down."), *hints)


def _add(
    here: Here,
    draft: GoalDrafted,
    names: tuple[str, ...],
    challenge: bytes | None,
    *,
    shared: bool,
) -> Written:
    when, recorder = here.when(), here.app.recorder
    if shared:
        here.tell_readers(lambda conn: lanes_meant(conn, when.day, names, "goals"))

    def work(conn: Connection) -> Written:
        if shared:
            how = sharing.Sharing(names=names)
            written = goals.add_shared_goal(conn, recorder, draft, when, how)
        else:
            written = goals.add_goal(conn, recorder, draft, when)
        if challenge is not None:
            address_challenge(conn, recorder, challenge, written.subject, when)
        return written

    return here.app.write(work)


def _hints(title: str) -> list[str]:
    """Return an example of clearer words for what says little; the goal is saved as it is."""
    example = rewrite_of(title)
    if example is None:
        return []
    return [
        gettext("If you like, it could also read: {example} (see trailmark goal guide).").format(
            example=example
        )
    ]


def reword(
    goal: GoalId,
    title: Words,
    /,
    *,
    why: Annotated[Words | None, Parameter(help="Why it matters to you")] = None,
    area: Annotated[Words | None, Parameter(help="The part of life it belongs to")] = None,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say a goal in other words.

    Args:
        title: The new words.
    """
    with opened(common) as here:
        subject = _goal(here, goal)
        words = goals.Words(title=title, why=why, area=None if area is None else area_of(area))
        hints = own_area_lines(here, words.area)
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: goals.reword_goal(conn, recorder, subject, words, said),
            gettext("Your goal grew with you."),
            *hints,
        )


def due(
    goal: GoalId, day: str, /, *, reason: Reason = None, common: Common = PLAIN
) -> Answer[Saved]:
    """Choose another day to hope for.

    Args:
        day: YYYY-MM-DD, tomorrow, in N days, in N weeks, or none.
    """
    with opened(common) as here:
        subject = _goal(here, goal)
        wanted = parse_due(day, now_ms=here.now_ms, zone=here.zone)
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: goals.reschedule_goal(conn, recorder, subject, wanted, said)
        )


def target(
    goal: GoalId,
    text: str,
    /,
    *,
    baseline: Annotated[
        str | None,
        Parameter(help="Where you stand, with a first target", allow_leading_hyphen=True),
    ] = None,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Set or change what a goal is measured against; a first target needs no reason.

    Args:
        text: at-least N [unit] per day|week|month, at-most N …, reduce-by P% [by DATE], reach N,
            done, or none.
    """
    with opened(common) as here:
        subject = _goal(here, goal)
        wanted = None if text == NO_TARGET else parse_target(text)
        stands = here.read(lambda conn: goal_at_home(conn, subject)).document
        has_one = any(each.value is not None for each in stands.target.values)
        start = None if baseline is None else tenths_from_text(baseline)
        is_only_start = stands.target.value == wanted and stands.baseline_tenths.value is None
        if wanted is not None and (not has_one or (start is not None and is_only_start)):
            why = None if reason is None else reason_from_text(reason)
            return here.record(
                lambda conn, recorder: goals.set_target(conn, recorder, subject, wanted, start, why)
            )
        if start is not None:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("the starting point is fixed with the first target"),
            )
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: goals.adjust_target(conn, recorder, subject, wanted, said),
            gettext("Your goal grew with you."),
        )


def pause(goal: GoalId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Let a goal rest for a while."""
    return _move(
        goal, "on-hold", reason, common, gettext("It rests. It will be here when you are ready.")
    )


def resume(goal: GoalId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Take a resting or reached goal up again."""
    return _move(goal, "active", reason, common, gettext("Welcome back to it."))


def achieve(goal: GoalId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Say that a goal is reached."""
    return _move(
        goal, "completed", reason, common, gettext("You reached it. You did a hard thing.")
    )


def let_go(goal: GoalId, /, *, reason: Reason = None, common: Common = PLAIN) -> Answer[Saved]:
    """Let a goal go; nothing of it is lost."""
    return _move(
        goal, "cancelled", reason, common, gettext("You let it go. What you learnt stays yours.")
    )


def _move(
    goal: str, to: Lifecycle, reason: str | None, common: Common, words: str
) -> Answer[Saved]:
    with opened(common) as here:
        subject = _goal(here, goal)
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: goals.move_goal(conn, recorder, subject, to, said), words
        )


def share(
    goal: GoalId,
    /,
    *,
    with_check_ins: Annotated[
        bool, Parameter(negative="", help="Let the check-ins so far follow, too")
    ] = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Share a goal with those you let in; its steps follow, later check-ins too.

    A goal lives with one circle of care. Whoever else you name gets it as it reads now; sharing it
    with them again brings that up to date.
    """
    with opened(common) as here:
        subject, when = _goal(here, goal), here.when()
        how = sharing.Sharing(names=with_, check_ins_since=0 if with_check_ins else None)
        if with_ or here.read(lambda conn: goal_at_home(conn, subject)).lane == SELF:
            here.tell_readers(lambda conn: lanes_meant(conn, when.day, with_, "goals"))
        return here.record(
            lambda conn, recorder: sharing.share_goal(conn, recorder, subject, when, how)
        )


def withdraw(
    goal: GoalId,
    /,
    *,
    from_: Annotated[
        tuple[str, ...],
        Parameter(
            name="--from",
            help="Only from them: the beginning of their name or id; may be repeated",
            negative="",
        ),
    ] = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Take a shared goal back from everybody: they keep what they saw and see nothing new."""
    with opened(common) as here:
        subject, when = _goal(here, goal), here.when()
        return here.record(
            lambda conn, recorder: (
                withdraw_from_members(conn, recorder, subject, from_, when)
                if from_
                else withdraw_goal(conn, recorder, subject, when)
            )
        )


def keep(
    goal: GoalId,
    field: str,
    event: str,
    /,
    *,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Settle a field that two devices changed apart: keep the value that this event set.

    Args:
        field: The field, as ``goal show`` names it.
        event: The event whose value stays, as ``goal show`` names it.
    """
    with opened(common) as here:
        subject = _goal(here, goal)
        said = reason_for(reason, here.terminal)
        return here.record(
            lambda conn, recorder: conflicts.keep_value(
                conn, recorder, subject, field, event, said
            ),
            gettext("Settled. The other value stays in the history."),
        )


def agree(
    goal: GoalId,
    /,
    *,
    disagree: Annotated[bool, Parameter(negative="", help="It does not fit as it stands")] = False,
    pending: Annotated[
        bool, Parameter(negative="", help="You would like to think about it")
    ] = False,
    reason: Reason = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say that you agree with a shared goal as it stands; a later change shows as one."""
    if disagree and pending:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("say one of --disagree and --pending, not both")
        )
    answer = "disagree" if disagree else "pending" if pending else "agree"
    with opened(common) as here:
        subject, when = _goal(here, goal), here.when()
        said = None if reason is None else reason_from_text(reason)
        return here.record(
            lambda conn, recorder: agreements.record_agreement(
                conn, recorder, subject, answer, when, said
            )
        )


def _goal(here: Here, prefix: str) -> bytes:
    return here.read(lambda conn: find(conn, "goal", prefix))
