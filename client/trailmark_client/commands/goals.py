"""What a person does with a goal: write it down, change it, let it rest, reach it, let it go.

A goal is changed in the lane where it is at home; where nobody is let in there any more, it comes
back first. Each change names in ``base`` every value it saw, so that two devices which change the
same field apart from each other both keep their word.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.sharing import PLAINLY, Sharing, share_goal
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written, ids_of
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.lanes import audience
from trailmark_client.queries.shown import places_told
from trailmark_client.queries.succession import successor_of
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS, Achievement, Lifecycle, may_move
from trailmark_shared.domain.targets import Target
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import WORDS, type_of
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.words import gettext, ngettext

LIFECYCLE_EVENTS: Final[dict[Lifecycle, EventData]] = {
    "on-hold": goals.GoalPutOnHold(),
    "completed": goals.GoalCompleted(),
    "cancelled": goals.GoalCancelled(),
}
"""The event that moves a goal to a status, whatever its status was."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """New words for a goal.

    Attributes:
        title: The goal in the person's own words; ``None`` keeps what stands.
        why: Why it matters; ``None`` keeps what stands.
        area: The part of life; ``None`` keeps what stands.
        limits: What limits it; ``None`` keeps what stands, ``""`` takes it away.
    """

    title: str | None = None
    why: str | None = None
    area: str | None = None
    limits: str | None = None


def add_goal(
    conn: Connection,
    recorder: Recorder,
    draft: goals.GoalDrafted,
    when: When,
    reason: Reason | None = None,
) -> Written:
    """Write a goal down and begin with it, on this device only.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        draft: The goal.
        when: Now, as the person's clock and zone say.
        reason: Why, where it takes the place of one that was let go before.

    Returns:
        What was written: ``goal_drafted`` and ``goal_activated``.
    """
    goal = recorder.new_subject()
    drafted = recorder.record(conn, SELF, goal, draft, when=when, reason=reason)
    base = recorder.base_of(conn, SELF, goal, "lifecycle")
    activated = recorder.record(conn, SELF, goal, goals.GoalActivated(), when=when, base=base)
    return Written(
        kind="goal", subject=goal, lane=SELF, seen_by=(), events=ids_of((drafted, activated))
    )


def add_shared_goal(
    conn: Connection,
    recorder: Recorder,
    draft: goals.GoalDrafted,
    when: When,
    how: Sharing = PLAINLY,
) -> Written:
    """Write a goal down, begin with it, and share it or keep the wish to.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        draft: The goal.
        when: Now, as the person's clock and zone say.
        how: With whom.

    Returns:
        What was written; ``wished`` where nobody is let in yet.
    """
    added = add_goal(conn, recorder, draft, when)
    shared = share_goal(conn, recorder, added.subject, when, how)
    return msgspec.structs.replace(shared, events=(*added.events, *shared.events))


def reword_goal(
    conn: Connection, recorder: Recorder, goal: bytes, words: Words, reason: Reason
) -> Written:
    """Say a goal in other words.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: these are its words already.
    """
    at_home = goal_at_home(conn, goal)
    changed: dict[str, Any] = {
        name: value or None
        for name in WORDS
        if (value := getattr(words, name)) is not None
        and clean_words(value) != clean_words(getattr(at_home.document, name).value or "")
    }
    _refuse_same(changed, {})
    return set_fields(conn, recorder, at_home, goals.GoalReworded(**changed), reason=reason)


def reschedule_goal(
    conn: Connection, recorder: Recorder, goal: bytes, due: str | None, reason: Reason
) -> Written:
    """Choose another day to hope for, or none.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: that is the day already.
    """
    at_home = goal_at_home(conn, goal)
    _refuse_same(at_home.document.due.value, due)
    return set_fields(conn, recorder, at_home, goals.GoalRescheduled(due=due), reason=reason)


def reprioritise_goal(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    data: goals.GoalReprioritised,
    reason: Reason,
) -> Written:
    """Say how much a goal matters now, and which place it has among the others.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it stands there already; ``invalid_input``: the place
            would tell those who see the goal that there are others.
    """
    at_home = goal_at_home(conn, goal)
    document = at_home.document
    stands = {"priority": document.priority.value, "rank": document.rank.value}
    wanted = {name: getattr(data, name) for name in stands if getattr(data, name) is not UNSET}
    _refuse_same({name: stands[name] for name in wanted}, wanted)
    told = 0 if at_home.lane == SELF else places_told(conn, at_home.lane, goal)
    if told and isinstance(data.rank, int) and data.rank > told:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            ngettext(
                "whoever sees this goal sees {n} goal of yours, and such a place would tell them "
                "of others: it can be 1",
                "whoever sees this goal sees {n} goals of yours, and such a place would tell them "
                "of others: it can be 1 to {n}",
                told,
            ).format(n=told),
        )
    return set_fields(conn, recorder, at_home, data, reason=reason)


def replace_goal(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    draft: goals.GoalDrafted,
    when: When,
    reason: Reason,
) -> Written:
    """Write a goal down that takes the place of another; the link between both stays.

    The new goal is the person's own. Whoever sees the old one reads that it was let go; that
    another one took its place stands in ``self``. The old one may have been let go before.

    Returns:
        What was written, about the new goal.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: another one took its place already;
            ``illegal_move``: it is reached already.
    """
    at_home, came_back = brought_home(conn, recorder, goal_at_home(conn, goal), when)
    before = at_home.document.lifecycle.value
    if before is not None and not may_move(before, "cancelled"):
        raise DomainError(
            ErrorCode.ILLEGAL_MOVE,
            gettext("that goal is not worked on any more; write a new one down"),
        )
    if successor_of(conn, at_home) is not None:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("another goal took its place already"))
    is_over, is_own = before == "cancelled", at_home.lane == SELF
    if is_over or not is_own:
        draft = msgspec.structs.replace(draft, instead_of=text_from_id(goal))
    added = add_goal(conn, recorder, draft, when, reason if is_over else None)
    if is_over:
        return msgspec.structs.replace(added, events=(*came_back, *added.events))
    data: EventData = goals.GoalCancelled()
    if is_own:
        data = goals.GoalReplaced(successor=text_from_id(added.subject))
    replaced = set_fields(conn, recorder, at_home, data, reason=reason)
    return msgspec.structs.replace(added, events=(*came_back, *added.events, *replaced.events))


def set_target(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    target: Target,
    baseline_tenths: int | None = None,
    reason: Reason | None = None,
) -> Written:
    """Give a goal its first target, and where the person stands at the start.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        target: What it is measured against.
        baseline_tenths: Where the person stands, in tenths.
        reason: Why; a first target needs none.

    Returns:
        What was written.
    """
    at_home = goal_at_home(conn, goal)
    baseline = UNSET if baseline_tenths is None else baseline_tenths
    data = goals.GoalTargetSet(target=target, baseline_tenths=baseline)
    return set_fields(conn, recorder, at_home, data, reason=reason)


def adjust_target(
    conn: Connection, recorder: Recorder, goal: bytes, target: Target | None, reason: Reason
) -> Written:
    """Change a goal's target, or take it away; the baseline stays.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: that is the target already.
    """
    at_home = goal_at_home(conn, goal)
    _refuse_same(at_home.document.target.value, target)
    return set_fields(
        conn, recorder, at_home, goals.GoalTargetAdjusted(target=target), reason=reason
    )


def move_goal(
    conn: Connection, recorder: Recorder, goal: bytes, to: Lifecycle, reason: Reason
) -> Written:
    """Let a goal rest, go on, be reached, or let it go.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        to: ``on-hold``, ``active``, ``completed`` or ``cancelled``.
        reason: Why.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it stands there already; ``illegal_move``: from where it
            stands there is no such way.
    """
    at_home = goal_at_home(conn, goal)
    before = at_home.document.lifecycle.value
    _refuse_same(before, to)
    return set_fields(conn, recorder, at_home, moved_to(before, to), reason=reason)


def assess_goal(
    conn: Connection, recorder: Recorder, goal: bytes, achievement: Achievement
) -> Written:
    """Say how a goal goes.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: that was said already.
    """
    at_home = goal_at_home(conn, goal)
    _refuse_same(at_home.document.achievement.value, achievement)
    data = goals.GoalAchievementAssessed(achievement=achievement)
    return set_fields(conn, recorder, at_home, data)


def keep_up_goal(conn: Connection, recorder: Recorder, goal: bytes, reason: Reason) -> Written:
    """Call a goal reached and kept up from now on.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it is kept up already; ``illegal_move``: from where it
            stands there is no such way.
    """
    at_home = goal_at_home(conn, goal)
    if at_home.document.lifecycle.value == "completed":
        return assess_goal(conn, recorder, goal, "sustaining")
    moved_to(at_home.document.lifecycle.value, "completed")
    data = goals.GoalCompleted(achievement="sustaining")
    return set_fields(conn, recorder, at_home, data, reason=reason)


def moved_to(before: Lifecycle | None, to: Lifecycle) -> EventData:
    """Return the event that moves a goal from where it stands.

    Args:
        before: Where it stands.
        to: ``on-hold``, ``active``, ``completed`` or ``cancelled``.

    Raises:
        DomainError: ``illegal_move``: from there there is no such way.
    """
    if before == "cancelled" and to != "cancelled":
        raise DomainError(
            ErrorCode.ILLEGAL_MOVE,
            gettext("a goal that was let go stays so; a new one can take its place"),
        )
    if before is not None and not may_move(before, to):
        raise DomainError(
            ErrorCode.ILLEGAL_MOVE,
            gettext("a goal cannot go from “{before}” to “{after}”").format(
                before=LIFECYCLE_WORDS[before], after=LIFECYCLE_WORDS[to]
            ),
        )
    if to != "active":
        return LIFECYCLE_EVENTS[to]
    if before in {"planned", "accepted"}:
        return goals.GoalActivated()
    return goals.GoalReopened() if before == "completed" else goals.GoalResumed()


def set_fields(
    conn: Connection,
    recorder: Recorder,
    at_home: GoalAtHome,
    data: EventData,
    *,
    reason: Reason | None = None,
) -> Written:
    """Record a setter where the goal is at home; its base names every value that it replaces."""
    at_home, came_back = brought_home(conn, recorder, at_home, recorder.now())
    fields = [each for each in type_of(data).sets if getattr(data, each, None) is not UNSET]
    base = base_of_fields(conn, recorder, at_home.lane, at_home.id, fields)
    event = recorder.record(conn, at_home.lane, at_home.id, data, reason=reason, base=base)
    return Written(
        kind="goal",
        subject=at_home.id,
        lane=at_home.lane,
        seen_by=audience(conn, at_home.lane, recorder.today()),
        events=(*came_back, event.id),
    )


def _refuse_same(before: object, after: object) -> None:
    if before == after:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
