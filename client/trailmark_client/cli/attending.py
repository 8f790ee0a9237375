"""What may want a look: marked by the person, or seen in what they wrote."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.queries.ahead import AttentionLine, attention
from trailmark_client.queries.documents import all_documents
from trailmark_client.queries.finding import by_prefix
from trailmark_shared.events.planning import AttentionGiven, AttentionWanted
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

_SIGNS: Final = {
    "marked": marked("you marked it"),
    "day_passed": marked("the day has gone by; it can be moved"),
    "rest_over": marked("its rest has come to an end"),
    "two_devices": marked("two devices changed it apart"),
    "harder": marked("the latest numbers say that it is harder; that is part of it"),
}


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """What may want a look.

    Attributes:
        things: A line each: what the person marked, then what the entries show.
    """

    things: list[AttentionLine]


def list_all(*, common: Common = PLAIN) -> Answer[Attention]:
    """Show what may want a look: what you marked, and what your entries show."""
    with opened(common) as here:
        found = here.read(lambda conn: attention(conn, here.when().day))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("Nothing asks for a look just now."))
        for each in found:
            note = f": {each.note}" if each.note else ""
            mark = (
                ""
                if each.mark is None
                else gettext("  (to take the mark off: {id})").format(id=each.mark[:8])
            )
            sign = gettext(_SIGNS[each.sign])
            terminal.say(f"{each.id[:8]}  {each.words}", f"        {sign}{note}{mark}")

    return Answer(Attention(things=found), draw)


def mark(
    entry: Annotated[str, Parameter(help="Id of a goal or an entry, or the beginning of it")],
    text: Annotated[Words | None, Parameter(help="Why, if you like")] = None,
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Mark something to look at again. Only you see the mark."""
    with opened(common) as here:
        held = here.read(all_documents)
        subject = by_prefix((each.subject for each in held), entry, "entry")
        of = next(each for each in held if each.subject == subject)
        goal = subject if of.kind == "goal" else of.parent
        data = AttentionWanted(
            about=text_from_id(subject),
            text=text,
            goal=None if goal is None else text_from_id(goal),
        )
        return cards.write(here, data)


def settle(
    mark: Annotated[str, Parameter(help="Id of the mark, or the beginning of it")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Take a mark off: you have looked at it."""
    with opened(common) as here:
        return cards.log(here, "attention", mark, AttentionGiven(), gettext("You looked at it."))
