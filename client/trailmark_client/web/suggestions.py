"""What therapists suggest: their words beside the person's own; nothing changes by itself."""

from __future__ import annotations

from functools import partial

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.answers import decline_proposal
from trailmark_client.commands.proposals import Edits, accept_proposal
from trailmark_client.queries.documents import find
from trailmark_client.queries.proposals import list_proposals
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.wording import field_words, value_words


def show(desk: Desk, asked: Asked) -> Told:
    """Show what waits for an answer, whenever the person likes."""
    return page(
        desk,
        asked,
        "suggestions.html",
        "today",
        proposals=desk.read(lambda conn: list_proposals(conn, desk.today)),
        field_words=field_words,
        value_words=partial(value_words, today=desk.today),
    )


def answer(desk: Desk, asked: Asked) -> Told:
    """Accept a proposal as it is, or decline it without a reason."""
    when = desk.when()
    is_yes = asked.typed("answer") == "accept"

    def work(conn: Connection, recorder: Recorder) -> None:
        proposal = find(conn, "proposal", asked.ids["proposal"])
        if is_yes:
            accept_proposal(conn, recorder, proposal, Edits(), when)
        else:
            decline_proposal(conn, recorder, proposal, when)

    desk.record(asked, work)
    return go_on(f"/suggestions?done={'accepted' if is_yes else 'declined-it'}")
