"""What the person wishes for: three questions and anything else; an answer can become a goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast, get_args

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.vision import QUESTIONS, draw_goal, write_vision
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import CardLine, list_cards
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.meanwhile import is_apart, mark_of, require_seen
from trailmark_shared.events.vision import Question
from trailmark_shared.ids import text_from_id

DRAFT: Final = "vision"


def show(desk: Desk, asked: Asked) -> Told:
    """Show the questions with what was answered, and which goals came out of it."""
    vision = desk.read(lambda conn: _latest(conn, desk.today))
    said = _said(vision)
    drawn = {each.part: each.link for each in vision.uses} if vision is not None else {}
    asked = drafted(desk, asked, DRAFT)
    was = mark_of(sorted(said.items()))
    return page(
        desk,
        asked,
        "vision.html",
        "back",
        questions=QUESTIONS,
        said=said,
        drawn=drawn,
        vision=vision,
        was=was,
        is_apart=is_apart(asked, was),
    )


def _latest(conn: Connection, day: str) -> CardLine | None:
    found = list_cards(conn, "vision", day)
    return found[-1] if found else None


def _said(vision: CardLine | None) -> Mapping[str, str]:
    return {} if vision is None else vision.said


def write(desk: Desk, asked: Asked) -> Told:
    """Keep the answers; an emptied one is taken away."""
    given = {name: asked.words(name) for name in QUESTIONS if name in asked.form}
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> Written:
        vision = _latest(conn, desk.today)
        require_seen(asked, mark_of(sorted(_said(vision).items())))
        if vision is None and not any(given.values()):
            raise WordsNeededError
        return write_vision(conn, recorder, given, when)

    desk.record(asked, work)
    return go_on("/vision?done=kept")


def draw(desk: Desk, asked: Asked) -> Told:
    """Turn an answer into a goal, in its own words or in those typed beside it."""
    question = asked.ids["question"]
    if question not in get_args(Question):
        raise UnknownChoiceError
    when = desk.when()
    goal = desk.record(
        asked,
        lambda conn, recorder: draw_goal(
            conn, recorder, cast("Question", question), asked.words("title"), None, when
        ),
    )
    return go_on(f"/goals/{text_from_id(goal.subject)}?done=began")
