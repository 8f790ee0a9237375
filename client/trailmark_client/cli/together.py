"""What a person and their therapist write down together: expectations, plans, agenda, reviews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, id_of, part_lines, use_lines
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import (
    PLAIN,
    Common,
    GoalOption,
    Private,
    With,
    Words,
    choice_of,
)
from trailmark_client.cli.terminal import Terminal
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.agenda import Idea, agenda_ideas
from trailmark_client.queries.cards import CardLine
from trailmark_client.queries.documents import all_documents
from trailmark_client.queries.finding import by_prefix
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    ContactGiven,
    Decision,
    ExpectationAnswered,
    ExpectationWritten,
    InterventionAnswered,
    InterventionEnded,
    InterventionPlanned,
    Outcome,
    ReviewAnswered,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.ids import text_from_id

EntryId = Annotated[str, Parameter(help="Id of the entry, or the beginning of it")]
Disagree = Annotated[bool, Parameter(negative="", help="It does not fit as it stands")]
Pending = Annotated[bool, Parameter(negative="", help="You would like to think about it")]
Note = Annotated[Words | None, Parameter(help="What came of it, if you like")]
Goals = Annotated[
    tuple[str, ...],
    Parameter(name="--goal", help="A goal that it serves; may be repeated", negative=""),
]
Often = Annotated[Words | None, Parameter(help="How often or when, in your own words; or none")]
Decided = Annotated[tuple[str, ...], Parameter(help="A goal; may be repeated", negative="")]

_OUTCOMES: Final = {"kept": "stays as it is", "changed": "changes", "ended": "ends"}


class Ideas(msgspec.Struct, frozen=True, kw_only=True):
    """What could be on the agenda.

    Attributes:
        ideas: A line each; nothing of it is on the agenda yet.
    """

    ideas: list[Idea]


def add_expectation(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    private: Private = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what you expect of the work together.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        data = ExpectationWritten(text=text, goal=id_of(here, "goal", goal))
        return cards.write_for(here, data, choice_of(private=private, with_=with_))


def list_expectations(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what each side expects, and who agrees."""
    return cards.show(common, "expectation", "Nothing is written down yet.", _words)


def _words(line: CardLine) -> Iterator[str]:
    ended = {"ended": ", no longer part of the plan", "closed": ", closed"}
    yield f"{line.words}{ended.get(line.status or '', '')}"
    yield from part_lines(line, "often", "phone", "address", "hours", "note")
    if line.goal is not None:
        yield f"goal: {line.goal[:8]}"
    yield from (f"goal: {each[:8]}" for each in line.said.get("goals", ()))
    yield from use_lines(line)


def revise_expectation(
    expectation: EntryId, /, *, text: Words, common: Common = PLAIN
) -> Answer[Saved]:
    """Say an expectation of yours in other words.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "expectation", expectation, {"text": text})


def agree_expectation(
    expectation: EntryId,
    /,
    *,
    disagree: Disagree = False,
    pending: Pending = False,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether you share an expectation as it stands."""
    with opened(common) as here:
        return cards.answer(
            here, expectation, ExpectationAnswered, disagree=disagree, pending=pending
        )


def add_intervention(
    text: Words,
    /,
    *,
    often: Often = None,
    goal: Goals = (),
    private: Private = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Write down what is to be tried, and for which goals.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        goals = tuple(id_of(here, "goal", each) or "" for each in goal)
        data = InterventionPlanned(text=text, often=often, goals=goals)
        return cards.write_for(here, data, choice_of(private=private, with_=with_))


def list_interventions(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what is tried in therapy, for which goals, and who agrees."""
    return cards.show(common, "intervention", "Nothing is planned yet.", _words)


def revise_intervention(
    intervention: EntryId,
    /,
    *,
    text: Words | None = None,
    often: Often = None,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change what you wrote down to be tried.

    Args:
        text: What, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "intervention", intervention, {"text": text, "often": often})


def agree_intervention(
    intervention: EntryId,
    /,
    *,
    disagree: Disagree = False,
    pending: Pending = False,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether you agree with what is planned to be tried."""
    with opened(common) as here:
        return cards.answer(
            here, intervention, InterventionAnswered, disagree=disagree, pending=pending
        )


def end_intervention(
    intervention: EntryId, note: Note = None, /, *, common: Common = PLAIN
) -> Answer[Saved]:
    """Take something off the plan; it stays in the history."""
    with opened(common) as here:
        return cards.log(here, "intervention", intervention, InterventionEnded(note=note))


def add_agenda(
    text: Words,
    /,
    *,
    about: Annotated[
        str | None,
        Parameter(help="The entry that it comes from; a private one stays unknown"),
    ] = None,
    goal: GoalOption = None,
    private: Private = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Put something on the agenda of the next session.

    Args:
        text: What, in your own words; they are all that others see.
    """
    with opened(common) as here:
        data = AgendaItemAdded(
            text=text, about=_anything(here, about), goal=id_of(here, "goal", goal)
        )
        return cards.write_for(here, data, choice_of(private=private, with_=with_))


def _anything(here: Here, prefix: str | None) -> str | None:
    if prefix is None:
        return None
    held = here.read(all_documents)
    return text_from_id(by_prefix((each.subject for each in held), prefix, "entry"))


def list_agenda(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you want to speak about in the next session."""
    nothing = "Nothing is on the agenda. What could be: trailmark agenda ideas"
    return cards.show(common, "agenda_item", nothing, _words)


def show_ideas(*, common: Common = PLAIN) -> Answer[Ideas]:
    """Show what could be on the agenda: what you marked, what stands in the way, hard moments."""
    with opened(common) as here:
        found = here.read(lambda conn: agenda_ideas(conn, here.when().day))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say("Nothing comes to mind, and that is fine.")
        for each in found:
            terminal.say(f"{each.id[:8]}  {each.words} ({each.kind.replace('_', ' ')})")
        if found:
            terminal.say('In your own words: trailmark agenda add "…" --about ID')

    return Answer(Ideas(ideas=found), draw)


def close_agenda(item: EntryId, note: Note = None, /, *, common: Common = PLAIN) -> Answer[Saved]:
    """Close something on the agenda: you spoke about it, or it needs no time any more."""
    with opened(common) as here:
        return cards.log(here, "agenda_item", item, AgendaItemClosed(note=note))


def plan_review(
    day: Annotated[str, Parameter(help="YYYY-MM-DD, in 6 weeks")],
    text: Annotated[Words | None, Parameter(help="What to look at")] = None,
    /,
    *,
    private: Private = False,
    with_: With = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Choose a day on which you look at your goals together."""
    with opened(common) as here:
        data = ReviewScheduled(on=_day(here, day), text=text)
        return cards.write_for(here, data, choice_of(private=private, with_=with_))


def _day(here: Here, text: str) -> str:
    day = parse_due(text, now_ms=here.now_ms, zone=here.zone)
    if day is None:
        raise DomainError(ErrorCode.INVALID_INPUT, "a review needs a day, such as: in 6 weeks")
    return day


def list_reviews(*, common: Common = PLAIN) -> Answer[Cards]:
    """Show reviews, planned and held, and what came of them."""
    return cards.show(common, "review", "No review is planned.", _review_words)


def _review_words(line: CardLine) -> Iterator[str]:
    yield f"{line.words} ({line.status})"
    for each in line.outcome.get("decisions", ()):
        note = f": {each['note']}" if each.get("note") else ""
        yield f"goal {each['goal'][:8]} {_OUTCOMES[each['outcome']]}{note}"
    if line.outcome.get("text"):
        yield line.outcome["text"]
    if line.outcome.get("next"):
        yield f"next: {line.outcome['next']}"


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
    disagree: Disagree = False,
    pending: Pending = False,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say whether a review is told as you remember it."""
    with opened(common) as here:
        return cards.answer(here, review, ReviewAnswered, disagree=disagree, pending=pending)


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
    nothing = "No contact card yet. Your therapist can give you one, or note it: contact add"
    return cards.show(common, "contact", nothing, _contact_words)


def _contact_words(line: CardLine) -> Iterator[str]:
    yield from _words(line)
    yield "A reply is not immediate, and nobody watches this app."


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
