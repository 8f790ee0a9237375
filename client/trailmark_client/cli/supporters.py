"""``trailmark supporter …``: loved ones who see single things that the person sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Who, Words, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.sharing import SharingStopped, stop_with
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import day_words, labelled, part_words, time_words, until_words
from trailmark_client.commands.supporters import (
    NewSupporter,
    describe_supporter,
    let_supporter_in,
)
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import KIND_WORDS
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.sent import SUPPORTER, SentLine
from trailmark_client.queries.supporters import (
    LinkLine,
    Supporter,
    SupporterLine,
    list_supporters,
    supporter_meant,
)
from trailmark_shared.domain.consent import SUPPORTER_TEXTS, SUPPORTER_VERSION
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.supporting import SupporterDescribed
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed, marked

Help = Literal["practical", "emotional", "come-along"]

Relation = Annotated[
    Words | None, Parameter(help="What they are to you; only your own devices know it")
]

Helps = Annotated[
    tuple[Help, ...],
    Parameter(negative="", help="How they can help; only your own devices know it; may repeat"),
]

LINK_WORDS: Final = (
    marked(
        "This is shown once and kept nowhere. Give it to them alone: whoever holds it can read "
        "what you send and answer in their name."
    ),
    marked("It works after the next sync: trailmark sync"),
)


class Supporters(msgspec.Struct, frozen=True, kw_only=True):
    """The person's supporters, and those who were.

    Attributes:
        supporters: Each of them, the first one in front.
    """

    supporters: list[SupporterLine]


class SupporterLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link for a supporter.

    Attributes:
        grant: Id of the grant.
        name: Whose it is.
        lane: The lane that it opens.
        link: The link; it is kept nowhere.
        works: Always false: the server is told of it at the next sync.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    grant: str
    name: str
    lane: str
    link: str
    works: bool
    events: list[str]
    saved: bool
    unsent: int


def add(
    name: Words,
    /,
    *,
    relation: Relation = None,
    helps: Helps = (),
    until: Annotated[
        str | None, Parameter(help="Their last day: YYYY-MM-DD, in 6 weeks; else until you stop")
    ] = None,
    yes: Annotated[Yes, Parameter(help="Let them in without asking")] = False,
    common: Common = PLAIN,
) -> Answer[SupporterLink]:
    """Let a loved one in: they see what you send them, one thing at a time, and nothing else.

    Args:
        name: What you call them.
    """
    from trailmark_client.home_api import connected
    from trailmark_client.supporter_links import new_link

    with opened(common) as here:
        connected(here.app)
        when = here.when()
        new = NewSupporter(
            name=name,
            until=None if until is None else parse_due(until, now_ms=here.now_ms, zone=here.zone),
            relation=relation,
            helps=_codes(helps),
        )
        if not yes:
            _ask(here.terminal, name)

        def work(conn: Connection) -> tuple[Supporter, str, tuple[bytes, ...]]:
            written = let_supporter_in(conn, here.app.recorder, new, when)
            added = supporter_meant(conn, text_from_id(written.subject), when.day)
            return added, new_link(here.app, conn, added), written.events

        supporter, made, events = here.app.write(work)
        document = _link_document(here, supporter, made, events)
    lines = (
        gettext(
            "Saved on this device. {name} will see what you send them, and nothing else:"
        ).format(name=supporter.name),
        "trailmark supporter send",
        "",
        gettext("Their link: {link}").format(link=made),
        *map(gettext, LINK_WORDS),
    )
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def _ask(terminal: Terminal, name: str) -> None:
    if not terminal.may_ask:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "letting somebody in is asked on a terminal; --yes agrees to what it says there"
            ),
        )
    terminal.say(*SUPPORTER_TEXTS[SUPPORTER_VERSION].splitlines(), "")
    if not terminal.agrees(gettext("Let {name} in?").format(name=name)):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("nobody was let in"))


def _codes(helps: tuple[Help, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.replace("-", "_") for each in helps))


def _link_document(
    here: Here, supporter: Supporter, made: str, events: tuple[bytes, ...]
) -> SupporterLink:
    return SupporterLink(
        grant=text_from_id(supporter.grant),
        name=supporter.name,
        lane=supporter.lane,
        link=made,
        works=False,
        events=[text_from_id(each) for each in events],
        saved=True,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
    )


def link(who: Who, /, *, common: Common = PLAIN) -> Answer[SupporterLink]:
    """Make a new link for a supporter; the one before stops once the server is told."""
    from trailmark_client.supporter_links import new_link

    with opened(common) as here:
        today = here.when().day

        def work(conn: Connection) -> tuple[Supporter, str]:
            supporter = supporter_meant(conn, who, today)
            return supporter, new_link(here.app, conn, supporter)

        supporter, made = here.app.write(work)
        document = _link_document(here, supporter, made, ())
    lines = (
        gettext("A new link for {name}: {link}").format(name=supporter.name, link=made),
        *map(gettext, LINK_WORDS),
        gettext("The link before stops with that sync."),
    )
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def describe(
    who: Who,
    /,
    *,
    relation: Relation = None,
    helps: Helps = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note what a supporter is to you and how they can help; nobody else learns it."""
    with opened(common) as here:
        when = here.when()
        described = SupporterDescribed(relation=relation, helps=_codes(helps))
        return here.record(
            lambda conn, recorder: describe_supporter(
                conn, recorder, supporter_meant(conn, who, when.day).grant, described, when
            )
        )


def stop(who: Who, /, *, common: Common = PLAIN) -> Answer[SharingStopped]:
    """Stop sharing with a supporter: one step, no reason, with or without a network."""
    return stop_with(who, SUPPORTER, common)


def list_all(*, common: Common = PLAIN) -> Answer[Supporters]:
    """Show your supporters: what each can see, what came back, and how their link stands."""
    with opened(common) as here:
        today = here.when().day
        found = here.read(lambda conn: list_supporters(conn, today, here.now_ms))
        zone = here.zone
        local_day = here.local_day

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(
                gettext(
                    "Nobody yet. Somebody who would be glad with you can see what you send them, "
                    "one thing at a time:"
                ),
                "trailmark supporter add NAME",
            )
        for each in found:
            day = "" if each.stopped_at is None else day_words(local_day(each.stopped_at))
            terminal.say(*_supporter_words(each, day, zone), "")

    return Answer(Supporters(supporters=found), draw)


def _supporter_words(line: SupporterLine, stopped: str, zone: str) -> Iterator[str]:
    relation = "" if line.relation is None else f" ({line.relation})"
    yield _state_words(line, f"{line.name}{relation}", stopped)
    if line.helps:
        yield labelled(gettext("can help"), listed([part_words(each) for each in line.helps]))
    if line.state == "live":
        yield labelled(gettext("until"), until_words(line.until))
    if line.state in {"live", "over"}:
        yield labelled(gettext("link"), link_words(line.link, line.name, zone))
    for each in line.sent:
        yield from sent_words(each, line.name, zone)
    if line.state == "live" and not line.sent:
        yield labelled(gettext("can see"), gettext("nothing yet"))
    yield labelled(gettext("grant"), line.grant)


def _state_words(line: SupporterLine, name: str, stopped: str) -> str:
    last = "" if line.until is None else day_words(line.until)
    return {
        "live": "{name}",
        "over": gettext("{name}: over; the last day was {last}"),
        "stopping": gettext("{name}: you stopped on {stopped}; it stops at the next sync"),
        "stopped": gettext("{name}: stopped on {stopped}"),
        "elsewhere": gettext("{name}: let in where your import was made, and not here"),
    }[line.state].format(name=name, last=last, stopped=stopped)


def link_words(link: LinkLine, name: str, zone: str) -> str:
    """Return in words how a supporter's link stands."""
    works = (
        gettext("works until {until}; not opened yet")
        if link.opened_at is None
        else gettext("works until {until}; first opened {time}")
    )
    until = "" if link.until is None else time_words(link.until, zone)
    opened = "" if link.opened_at is None else time_words(link.opened_at, zone)
    return {
        "waiting": gettext("works after the next sync"),
        "works": works.format(until=until, time=opened),
        "refused": gettext("the server did not take it: {message}").format(message=link.message),
        "expired": gettext("ended on {until}; a new one: trailmark supporter link").format(
            until=until
        ),
        "replaced": gettext(
            "was replaced by one that this device does not know; trailmark sync asks"
        ),
        "stopped": gettext("opens nothing any more"),
        "left": gettext(
            "{name} has left; a new one lets them in again: trailmark supporter link"
        ).format(name=name),
        "none": gettext("none is known on this device; trailmark sync asks the server"),
    }[link.state]


def sent_words(line: SentLine, name: str, zone: str) -> Iterator[str]:
    """Return something sent in words, with what came back."""
    sent = time_words(line.sent_at, zone)
    if line.taken_back_at is None:
        kind = KIND_WORDS.get(line.kind, line.kind)
        yield f"  {sent}  {kind}: {' '.join((line.words or '').split())}  {line.id[:8]}"
    else:
        back = gettext("{thing}, taken back {time}").format(
            thing=KIND_WORDS.get(line.kind, line.kind), time=time_words(line.taken_back_at, zone)
        )
        yield f"  {sent}  {back}"
    for each in line.encouragements:
        yield f"      {name}: {each.text}"
