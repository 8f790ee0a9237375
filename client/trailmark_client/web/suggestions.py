"""What therapists suggest: their words beside the person's own; nothing changes by itself."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.answers import decline_proposal
from trailmark_client.commands.proposals import SUGGESTED, Edits, accept_proposal
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import find
from trailmark_client.queries.proposals import (
    ProposalView,
    ProposedValue,
    list_proposals,
    show_proposal,
)
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.wording import field_words, value_words
from trailmark_shared.domain.targets import parse_target, tenths_from_text
from trailmark_shared.events.body import Reason
from trailmark_shared.events.proposals import ProposedValues

WRITTEN: Final = frozenset({"title", "text", "why", "area", "target", "baseline", "due"})
"""Fields that may be said otherwise; the others are taken as they are, or left out."""


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


def show_one(desk: Desk, asked: Asked) -> Told:
    """Show one suggestion, to take it with changes or to say why not."""

    def look(conn: Connection) -> ProposalView:
        return show_proposal(conn, find(conn, "proposal", asked.ids["proposal"]), desk.today)

    view = desk.read(look)
    name = f"suggestion-{view.proposal.id}"
    return page(
        desk,
        drafted(desk, asked, name),
        "suggestion.html",
        "today",
        proposal=view.proposal,
        written=WRITTEN,
        name=name,
        field_words=field_words,
        value_words=partial(value_words, today=desk.today),
    )


def answer(desk: Desk, asked: Asked) -> Told:
    """Accept a proposal, as it is or with changes, or decline it; a reason is never asked for."""
    when = desk.when()
    is_yes = asked.typed("answer") in {"accept", "change"}

    def work(conn: Connection, recorder: Recorder) -> None:
        proposal = find(conn, "proposal", asked.ids["proposal"])
        if not is_yes:
            decline_proposal(conn, recorder, proposal, when, _reason(asked, None))
            return
        edits = Edits()
        if asked.typed("answer") == "change":
            edits = _edits(desk, asked, show_proposal(conn, proposal, when.day).proposal.values)
        accept_proposal(conn, recorder, proposal, edits, when)

    desk.record(asked, work)
    return go_on(f"/suggestions?done={'accepted' if is_yes else 'declined-it'}")


def _edits(desk: Desk, asked: Asked, proposed: list[ProposedValue]) -> Edits:
    fields = {each.field: each for each in proposed}
    left = {name for name in fields if name not in asked.chosen("take")}
    said: dict[str, Any] = {}
    for name, value in fields.items():
        typed = asked.words(f"value-{name}")
        as_proposed = "" if value.proposed is None else str(value.proposed)
        if name in WRITTEN - left and (typed or "") != as_proposed:
            stored = "baseline_tenths" if name == "baseline" else name
            said[stored] = _value(desk, name, typed)
    return Edits(
        values=ProposedValues(**said) if said else None,
        without=frozenset("baseline_tenths" if name == "baseline" else name for name in left),
        reason=_reason(asked, SUGGESTED) or SUGGESTED,
        private="only-me" in asked.chosen("for"),
    )


def _value(desk: Desk, name: str, typed: str | None) -> Any:  # noqa: ANN401  (as the field has it)
    if typed is None:
        if name in {"title", "text"}:
            raise WordsNeededError
        return None
    match name:
        case "due":
            return parse_due(typed, now_ms=desk.now_ms, zone=desk.zone)
        case "target":
            return parse_target(typed)
        case "baseline":
            return tenths_from_text(typed)
        case _:
            return typed


def _reason(asked: Asked, otherwise: Reason | None) -> Reason | None:
    words = asked.words("reason")
    if words is None:
        return otherwise
    code = "other" if otherwise is None else otherwise.code
    return Reason(code=code, text=words)
