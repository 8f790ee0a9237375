"""What all commands about cards share: finding one, revising it, showing a list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import msgspec

from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import Common, Stance
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import day_words, part_words
from trailmark_client.commands import cards
from trailmark_client.commands.places import Choice
from trailmark_client.queries.cards import CardLine, UseLine, card_of, list_cards
from trailmark_client.queries.documents import find
from trailmark_client.queries.finding import shortest
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import Answered
from trailmark_shared.events.registry import Kind, type_of
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed, marked

ANSWER_WORDS = {
    "agree": marked("{who} agreed"),
    "disagree": marked("{who} did not agree"),
    "pending": marked("{who} asked for time to think about it"),
}
"""What a side says to something that both write down together."""


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one kind.

    Attributes:
        cards: A line each, the one written first in front.
    """

    cards: list[CardLine]


def id_of(here: Here, kind: Kind, prefix: str | None) -> str | None:
    """Return the whole id of what a prefix names, nothing where none was given."""
    if prefix is None:
        return None
    return text_from_id(here.read(lambda conn: find(conn, kind, prefix)))


def write(here: Here, data: EventData, *lines: str, at: str | None = None) -> Answer[Saved]:
    """Write a new card and say so, with ``lines`` in front."""
    when = here.when(at)
    return here.record(lambda conn, recorder: cards.write_card(conn, recorder, data, when), *lines)


def write_for(here: Here, data: EventData, choice: Choice, *lines: str) -> Answer[Saved]:
    """Write a new card that others may see as it is written, and say who will."""
    when = here.when()
    here.tell_audience(lambda conn: cards.place_of_card(conn, data, when.day, choice))
    return here.record(
        lambda conn, recorder: cards.write_card(
            conn, recorder, data, when, cards.place_of_card(conn, data, when.day, choice)
        ),
        *lines,
    )


def answer(here: Here, prefix: str, type_: type[Answered], stance: Stance) -> Answer[Saved]:
    """Say whether the person agrees with something that both sides write down together."""
    said = type_(answer=stance.answer)
    kind = type_of(said).kind
    card, when = here.read(lambda conn: find(conn, kind, prefix)), here.when()
    return here.record(lambda conn, recorder: cards.answer_card(conn, recorder, card, said, when))


def log(
    here: Here, kind: Kind, prefix: str, data: EventData, *lines: str, at: str | None = None
) -> Answer[Saved]:
    """Record that something happened with the card that a prefix names."""
    card, when = here.read(lambda conn: find(conn, kind, prefix)), here.when(at)
    return here.record(
        lambda conn, recorder: cards.log_card(conn, recorder, card, data, when), *lines
    )


def revise(here: Here, kind: Kind, prefix: str, given: dict[str, Any]) -> Answer[Saved]:
    """Let a card read otherwise: what is given replaces what stood there, the rest stays.

    Args:
        here: This device.
        kind: Of the card.
        prefix: Which one.
        given: Parts by name; ``None`` and an empty tuple for those that were not given, the word
            ``none`` for those that are to be taken away.
    """
    card, when = here.read(lambda conn: find(conn, kind, prefix)), here.when()
    said = here.read(lambda conn: card_of(conn, kind, card)).document.said.value
    if said is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("its words are not on this device"))
    data = msgspec.structs.replace(said, **changed(given))
    return here.record(
        lambda conn, recorder: cards.rewrite_card(conn, recorder, card, data, when),
        gettext("It reads differently now; what it said before stays in the history."),
    )


def changed(given: dict[str, Any]) -> dict[str, Any]:
    """Return the parts that were given, with nothing for those that are to be taken away."""
    return {
        name: None if value == "none" else value
        for name, value in given.items()
        if value is not None and value != ()
    }


def show(
    common: Common,
    kind: Kind,
    nothing: str,
    words: Callable[[CardLine], Iterator[str]],
    goal: str | None = None,
) -> Answer[Cards]:
    """Show the cards of a kind.

    Args:
        common: What every command takes.
        kind: The kind.
        nothing: What to say where there are none.
        words: What to say of one, behind its id.
        goal: Only those of this goal: a prefix of its id.
    """
    with opened(common) as here:
        about = id_of(here, "goal", goal)
        found = here.read(lambda conn: list_cards(conn, kind, here.when().day, about))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(nothing)
        short = shortest([each.id for each in found])
        for each in found:
            first, *rest = words(each)
            more = (*rest, *_shared_lines(each))
            terminal.say(f"{short[each.id]}  {first}", *(f"        {line}" for line in more))
            if each.conflict:
                apart = gettext("Two devices changed it apart; revising it settles that.")
                terminal.say(f"        {apart}")

    return Answer(Cards(cards=found), draw)


def _shared_lines(line: CardLine) -> Iterator[str]:
    if not line.is_own:
        yield gettext("written by {who}").format(who=line.by)
    for each in line.answers:
        said = gettext(ANSWER_WORDS[each.answer]).format(who=each.by)
        changed = gettext("{said}, before it was changed").format(said=said)
        yield changed if each.is_outdated else said
    if line.seen_by:
        yield gettext("seen by {names}").format(names=listed(line.seen_by))


def part_lines(line: CardLine, *names: str) -> Iterator[str]:
    """Yield the named parts of a card that say something: ``relation: sister``."""
    for name in names:
        value = line.said.get(name)
        if isinstance(value, tuple):
            value = listed([part_words(each) for each in cast("tuple[str, ...]", value)])
        if value:
            yield gettext("{part}: {words}").format(part=part_words(name), words=value)


def use_lines(line: CardLine) -> Iterator[str]:
    """Yield each time something happened with a card, with the id that ``undo`` takes."""
    short = shortest([each.event for each in line.uses])
    for each in line.uses:
        yield f"{day_words(each.day)}{_use_words(each)}  {short[each.event]}"


def _use_words(use: UseLine) -> str:
    helped = (
        "" if use.helped is None else gettext(", helped {helped} of 4").format(helped=use.helped)
    )
    note = "" if use.note is None else f": {use.note}"
    return f"{helped}{note}"
