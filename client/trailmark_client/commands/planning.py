"""Links around goals: what a goal is about, which goal it is part of, and a look back on it."""

from __future__ import annotations

from typing import Any

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, rewrite_card, write_card
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import card_of
from trailmark_client.queries.documents import entries_of
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.planning import placements, retrospect_of, wholes_by_part
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.planning import ChallengeAddressed, GoalLookedBackOn, GoalPlaced
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.words import gettext


def address_challenge(
    conn: Connection, recorder: Recorder, challenge: bytes, goal: bytes, when: When
) -> Written:
    """Say that a goal is about a challenge.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: they are linked already.
    """
    goal_at_home(conn, goal)
    of = text_from_id(goal)
    if any(use.link == of for use in card_of(conn, "challenge", challenge).document.uses):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("they are linked already"))
    return log_card(conn, recorder, challenge, ChallengeAddressed(goal_addressing=of), when)


def place_goal(
    conn: Connection, recorder: Recorder, goal: bytes, whole: bytes, when: When
) -> Written:
    """Say that a goal is part of another.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it is already; ``invalid_input``: the other
            one is part of this one, or is this one.
    """
    for each in (goal, whole):
        goal_at_home(conn, each)
    part, of = text_from_id(goal), text_from_id(whole)
    wholes = wholes_by_part(conn)
    above: str | None = of
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == part:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("a goal cannot be part of itself or of its own parts"),
            )
        seen.add(above)
        above = wholes.get(above)
    known = placements(conn).get(part)
    data = GoalPlaced(goal=part, whole=of)
    if known is None:
        return write_card(conn, recorder, data, when)
    return rewrite_card(conn, recorder, known.subject, data, when)


def stand_alone(conn: Connection, recorder: Recorder, goal: bytes, when: When) -> Written:
    """Say that a goal is part of no other any more.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it was part of none.
    """
    known = placements(conn).get(text_from_id(goal))
    if known is None:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is part of no other goal"))
    entries = entries_of(conn, SELF, known.subject)
    said = tuple(text_from_id(each.id) for each in entries if each.body.type == "goal_placed")
    event = recorder.record(conn, SELF, known.subject, EntryTakenBack(events=said), when=when)
    return Written(
        kind=known.kind, subject=known.subject, lane=SELF, seen_by=(), events=(event.id,)
    )


def look_back_on(
    conn: Connection, recorder: Recorder, goal: bytes, given: dict[str, Any], when: When
) -> Written:
    """Write a look back on a goal, or change some of it; the rest stays.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        given: What is said, by part; ``None`` takes a part away.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it says exactly that already.
    """
    goal_at_home(conn, goal)
    known = retrospect_of(conn, goal)
    said = None if known is None else known.document.said.value
    data = msgspec.structs.replace(said or GoalLookedBackOn(goal=text_from_id(goal)), **given)
    if known is None:
        return write_card(conn, recorder, data, when)
    return rewrite_card(conn, recorder, known.subject, data, when)
