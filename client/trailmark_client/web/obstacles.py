"""What stands in the way of a goal, and what to do then: one barrier beside its strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import show_goal
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.goal import goal_id
from trailmark_shared.events.coping import (
    BARRIER_KINDS,
    BarrierIdentified,
    BarrierKind,
    BarrierResolved,
    BarrierReturned,
    CopingAdded,
    CopingUsed,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import marked

KINDS: Final[Mapping[str, str]] = {
    "environment": marked("Around me"),
    "relationship": marked("With somebody"),
    "behaviour": marked("What I do"),
    "belief": marked("What I think"),
    "practical": marked("Time, money, ways"),
}
"""Where a barrier may lie."""

HELPED: Final = {"yes": 3, "a-little": 1, "no": 0}
"""How much something helped, by the button for it."""

_WHERE: Final[Mapping[str, BarrierKind]] = {each: each for each in BARRIER_KINDS}


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, and what helps.

    Attributes:
        goal: Id of the goal.
        title: The goal.
        barriers: What stands in its way.
        by_barrier: What to do when one is met, by its id.
        other: What helps with the goal, whatever stands in its way.
    """

    goal: str
    title: str
    barriers: list[CardLine]
    by_barrier: Mapping[str, Sequence[CardLine]]
    other: Sequence[CardLine]


def show(desk: Desk, asked: Asked) -> Told:
    """Show what stands in the way of a goal."""
    way = desk.read(lambda conn: _way(conn, goal_id(conn, asked), desk.today))
    name = f"way-{way.goal}"
    return page(
        desk, drafted(desk, asked, name), "way.html", "goal", way=way, kinds=KINDS, name=name
    )


def _way(conn: Connection, goal: bytes, day: str) -> Way:
    view = show_goal(conn, goal, day)
    barriers = list_cards(conn, "barrier", day, view.goal.id)
    known = {each.id for each in barriers}
    all_coping = list_cards(conn, "coping", day)
    return Way(
        goal=view.goal.id,
        title=view.goal.title,
        barriers=barriers,
        by_barrier={
            each.id: [one for one in all_coping if one.said.get("barrier") == each.id]
            for each in barriers
        },
        other=[
            each
            for each in all_coping
            if each.goal == view.goal.id and each.said.get("barrier") not in known
        ],
    )


def change(desk: Desk, asked: Asked) -> Told:
    """Name a barrier or a strategy, or say what became of one."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        goal = text_from_id(goal_id(conn, asked))
        data = _new(conn, asked, goal)
        if data is not None:
            return write_card(conn, recorder, data, when)
        if used := asked.words("used"):
            helped = HELPED.get(asked.typed("helped"))
            card = find(conn, "coping", used)
            return log_card(conn, recorder, card, CopingUsed(helped=helped), when)
        if name := asked.words("resolved") or asked.words("returned"):
            is_back = asked.words("returned") is not None
            card = find(conn, "barrier", name)
            happened = BarrierReturned() if is_back else BarrierResolved()
            return log_card(conn, recorder, card, happened, when)
        raise WordsNeededError

    desk.record(asked, work)
    done = "helped" if asked.words("used") else "kept"
    return go_on(f"/goals/{asked.ids['goal']}/way?done={done}")


def _new(conn: Connection, asked: Asked, goal: str) -> BarrierIdentified | CopingAdded | None:
    if text := asked.words("barrier"):
        return BarrierIdentified(text=text, where=_WHERE.get(asked.typed("where")), goal=goal)
    if text := asked.words("then"):
        meant = asked.words("for")
        barrier = None if meant is None else text_from_id(find(conn, "barrier", meant))
        return CopingAdded(then=text, when=asked.words("if"), barrier=barrier, goal=goal)
    return None
