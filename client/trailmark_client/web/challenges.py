"""What is hard now, and which goals are about it."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import log_card, rewrite_card, write_card
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import find
from trailmark_client.queries.goals import list_goals
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.meanwhile import mark_of, require_seen
from trailmark_shared.events.planning import ChallengeAddressed, ChallengeDescribed
from trailmark_shared.ids import text_from_id

DRAFT: Final = "challenge"


def show(desk: Desk, asked: Asked) -> Told:
    """Show what is hard now."""
    goals = desk.read(lambda conn: list_goals(conn, desk.today))
    return page(
        desk,
        drafted(desk, asked, DRAFT),
        "challenges.html",
        "today",
        challenges=desk.read(lambda conn: list_cards(conn, "challenge", desk.today)),
        goals={each.id: each.title for each in goals},
        mark_of=mark_of,
    )


def describe(desk: Desk, asked: Asked) -> Told:
    """Describe what is hard, or say it anew."""
    data = ChallengeDescribed(text=asked.needed("text"), effect=asked.words("effect"))
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        if "challenge" in asked.ids:
            card = find(conn, "challenge", asked.ids["challenge"])
            for each in list_cards(conn, "challenge", desk.today):
                if each.id == text_from_id(card):
                    require_seen(asked, mark_of(each.said))
            return rewrite_card(conn, recorder, card, data, when)
        return write_card(conn, recorder, data, when)

    desk.record(asked, work)
    return go_on("/challenges?done=kept")


def address(desk: Desk, asked: Asked) -> Told:
    """Say that a goal is about it."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        card = find(conn, "challenge", asked.ids["challenge"])
        goal = text_from_id(find(conn, "goal", asked.typed("goal")))
        return log_card(conn, recorder, card, ChallengeAddressed(goal_addressing=goal), when)

    desk.record(asked, work)
    return go_on("/challenges?done=kept")
