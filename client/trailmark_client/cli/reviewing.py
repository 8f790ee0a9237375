"""Reviews of goals, and how a therapist can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, part_lines
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import (
    AGREE,
    AS_AGREED,
    PLAIN,
    Common,
    EntryId,
    MeantFor,
    Stance,
    Words,
)
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.cards import CardLine
from trailmark_shared.dates import day_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.joint import (
    ContactGiven,
    Decision,
    Outcome,
    ReviewAnswered,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.words import gettext, marked

Decided = Annotated[tuple[str, ...], Parameter(help="A goal; may be repeated", negative="")]

_OUTCOMES: Final = {
    "kept": marked("goal {id} stays as it is"),
    "changed": marked("goal {id} changes"),
    "ended": marked("goal {id} ends"),
}
_REVIEWS: Final = {
    "scheduled": marked("{words} (planned)"),
    "held": marked("{words} (held)"),
}


def plan_review(
    day: Annotated[str, Parameter(help="YYYY-MM-DD, in 6 weeks")],
    text: Annotated[Words | None, Parameter(help="What to look at")] = None,
    /,
    *,
    meant_for: MeantFor = AS_AGREED,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Choose a day on which you look at your goals together."""
    with opened(common) as here:
        data = ReviewScheduled(on=_day(here, day), text=text)
        return cards.write_for(here, data, meant_for.choice)


def _day(here: Here, text: str) -> str:
    day = parse_due(text, now_ms=here.now_ms, zone=here.zone)
    if day is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("a review needs a day, such as: in 6 weeks")
        )
    return day


def list_reviews(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show reviews, planned and held, and what came of them."""
    return cards.show(common, "review", gettext("No review is planned."), _review_words)


def _review_words(line: CardLine) -> Iterator[str]:
    yield gettext(_REVIEWS[line.status or "scheduled"]).format(words=line.words)
    for each in line.outcome.get("decisions", ()):
        note = f": {each['note']}" if each.get("note") else ""
        outcome = each["outcome"]
        yield gettext(_OUTCOMES[outcome]).format(id=each["goal"][:8]) + note
    if line.outcome.get("text"):
        yield line.outcome["text"]
    if line.outcome.get("next"):
        yield gettext("next: {day}").format(day=day_text(line.outcome["next"]))


def hold_review(
    review: EntryId,
    text: Annotated[Words | None, Parameter(help="What was said, in short")] = None,
    /,
    *,
    kept: Decided = (),
    changed: Decided = (),
    ended: Decided = (),
    next_: Annotated[
        str | None, Parameter(name="--next", help="The day of the next one: YYYY-MM-DD, in 6 weeks")
    ] = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note that a review was held, and what it decided. It changes no goal: you do that.

    Args:
        kept: A goal that stays as it is.
        changed: A goal that changes.
        ended: A goal that ends.
    """
    with opened(common) as here:
        named: dict[Outcome, tuple[str, ...]] = {"kept": kept, "changed": changed, "ended": ended}
        decisions = tuple(
            Decision(goal=id_of(here, "goal", goal) or "", outcome=outcome)
            for outcome, goals in named.items()
            for goal in goals
        )
        following = None if next_ is None else _day(here, next_)
        held = ReviewHeld(decisions=decisions, next=following, text=text)
        return cards.log(here, "review", review, held)


def agree_review(
    review: EntryId,
    /,
    *,
    stance: Stance = AGREE,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether a review is told as you remember it."""
    with opened(common) as here:
        return cards.answer(here, review, ReviewAnswered, stance)


def add_contact(
    name: Words,
    /,
    *,
    phone: Words | None = None,
    address: Words | None = None,
    hours: Words | None = None,
    note: Words | None = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note how your therapist can be reached. Nobody is told.

    Args:
        name: Who.
        phone: A number.
        address: Where.
        hours: When they can be reached.
        note: Anything else, such as whom to call outside these hours.
    """
    with opened(common) as here:
        data = ContactGiven(name=name, phone=phone, address=address, hours=hours, note=note)
        return cards.write(here, data)


def list_contacts(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show how your therapist can be reached. A reply is not immediate."""
    nothing = gettext(
        "No contact card yet. Your therapist can give you one, or note it: contact add"
    )
    return cards.show(common, "contact", nothing, _contact_words)


def _contact_words(line: CardLine) -> Iterator[str]:
    yield line.words
    yield from part_lines(line, "phone", "address", "hours", "note")
    yield gettext("A reply is not immediate, and nobody watches this app.")


def revise_contact(
    contact: EntryId,
    /,
    *,
    name: Words | None = None,
    phone: Words | None = None,
    address: Words | None = None,
    hours: Words | None = None,
    note: Words | None = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change a contact card that you wrote; none takes a part away.

    Args:
        name: Who.
        phone: A number.
        address: Where.
        hours: When they can be reached.
        note: Anything else.
    """
    with opened(common) as here:
        given = {"name": name, "phone": phone, "address": address, "hours": hours, "note": note}
        return cards.revise(here, "contact", contact, given)
