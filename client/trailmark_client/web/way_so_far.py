"""The person's way so far, as a page that prints well: theirs to keep, and to show."""

from __future__ import annotations

from trailmark_client.queries.journey import journey
from trailmark_client.web.asking import Asked, Told
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page


def show(desk: Desk, asked: Asked) -> Told:
    """Show where somebody began, what they did and what they take along."""
    told = desk.read(lambda conn: journey(conn, desk.today))
    return page(desk, asked, "journey.html", "back", journey=told)
