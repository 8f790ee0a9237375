"""Loved ones: who they are, what each was sent and what came back; one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.stopping import stop_member
from trailmark_client.commands.supporters import (
    HELPS,
    NewSupporter,
    Sent,
    Wanted,
    send,
    take_back,
)
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import documents
from trailmark_client.queries.goals import list_goals
from trailmark_client.queries.journal import list_journal
from trailmark_client.queries.sent import item_meant, sent_meant
from trailmark_client.queries.sharing import to_stop
from trailmark_client.queries.supporters import SupporterLine, list_supporters, supporter_meant
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, go_on
from trailmark_client.web.dating import dated_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_shared.domain.consent import SUPPORTER_TEXTS, SUPPORTER_VERSION
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import gettext, marked

HELP_WORDS: Final[Mapping[str, str]] = {
    "practical": marked("With practical things"),
    "emotional": marked("By listening"),
    "come_along": marked("By coming along"),
}
"""How somebody can help."""

LINK_STATES: Final[Mapping[str, str]] = {
    "waiting": marked("Their link works as soon as this device is connected."),
    "works": marked("Their link works until {until}."),
    "refused": marked("The server did not take their link. Make a new one."),
    "expired": marked("Their link has ended. A new one lets them in again."),
    "replaced": marked("Their link was replaced on another device."),
    "stopped": marked("Their link opens nothing any more."),
    "left": marked("They have left. A new link lets them in again."),
    "none": marked("This device knows no link of theirs. A new one replaces it."),
}
"""How a supporter's link stands."""

OFFERED: Final = 8
"""Things of each kind that are offered for sending, the latest in front."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be sent.

    Attributes:
        id: Id of it.
        kind: ``win``, ``step``, ``goal`` or ``reflection``.
        words: What it says, or its beginning.
        day: The local date it belongs to, or ``None``.
    """

    id: str
    kind: str
    words: str
    day: str | None = None


def show(desk: Desk, asked: Asked) -> Told:
    """Show everybody to whom single things are sent."""
    lines = desk.read(lambda conn: list_supporters(conn, desk.today, desk.now_ms))
    return page(
        desk,
        asked,
        "supporters.html",
        "sharing",
        live=[each for each in lines if each.state == "live"],
        ended=[each for each in lines if each.state != "live"],
        helps={code: gettext(HELP_WORDS[code]) for code in HELPS},
        text=gettext(SUPPORTER_TEXTS[SUPPORTER_VERSION]),
        is_connected=desk.identity().server is not None,
    )


def add(desk: Desk, asked: Asked) -> Told:
    """Let a loved one in, and show their link, this once."""
    until = asked.words("until")
    new = NewSupporter(
        name=asked.words("name") or "",
        relation=asked.words("relation"),
        until=None if until is None else parse_due(until, now_ms=desk.now_ms, zone=desk.zone),
        helps=tuple(each for each in HELPS if each in asked.chosen("helps")),
    )
    made = desk.far.let_supporter_in(new, desk.when())
    return _with_link(desk, asked, made.member, made.link)


def make_link(desk: Desk, asked: Asked) -> Told:
    """Make a new link, and show it, this once."""
    made = desk.far.new_link(_line(desk, asked.ids["member"]).grant)
    return _with_link(desk, asked, made.member, made.link)


def _with_link(desk: Desk, asked: Asked, member: str, link: str) -> Told:
    return page(desk, asked, "link.html", "sharing", line=_line(desk, member), link=link)


def _line(desk: Desk, member: str) -> SupporterLine:
    lines = desk.read(lambda conn: list_supporters(conn, desk.today, desk.now_ms))
    found = next((each for each in lines if each.member == member), None)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such supporter"))
    return found


def show_one(desk: Desk, asked: Asked) -> Told:
    """Show what one of them was sent, what came back, and what could be sent."""
    line = _line(desk, asked.ids["member"])
    until = "" if line.link.until is None else dated_words(line.link.until, desk.zone, desk.today)
    sent = {each.id for each in line.sent if each.taken_back_at is None}
    offers = desk.read(lambda conn: _offers(conn, desk.today))
    return page(
        desk,
        asked,
        "supporter.html",
        "sharing",
        line=line,
        link_words=gettext(LINK_STATES[line.link.state]).format(until=until),
        offers=[each for each in offers if each.id not in sent],
        moments={each.id: dated_words(each.sent_at, desk.zone, desk.today) for each in line.sent},
    )


def _offers(conn: Connection, day: str) -> list[Offer]:
    wins = {
        text_from_id(each.subject): Offer(
            id=text_from_id(each.subject),
            kind="win",
            words=each.document.text or "",
            day=each.document.day,
        )
        for each in documents(conn, "win", NoteDocument)
        if each.document.text
    }
    steps = {
        text_from_id(each.subject): Offer(
            id=text_from_id(each.subject),
            kind="step",
            words=each.document.text.value or "",
            day=each.document.reached_on,
        )
        for each in documents(conn, "step", StepDocument)
        if each.document.status.value == "reached" and each.document.text.value
    }
    goals = [Offer(id=each.id, kind="goal", words=each.title) for each in list_goals(conn, day)]
    entries = [
        Offer(id=each.id, kind="reflection", words=each.text, day=each.day)
        for each in list_journal(conn)
    ]
    return [
        *(one for kind in (wins, steps) for one in _latest(list(kind.values()))),
        *goals[:OFFERED],
        *_latest(entries),
    ]


def _latest(offers: list[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda each: each.day or "", reverse=True)[:OFFERED]


def preview(desk: Desk, asked: Asked) -> Told:
    """Show exactly what they would see; nothing is recorded."""
    line = _line(desk, asked.ids["member"])
    sent = desk.store.write(lambda conn: _send(desk, asked, conn, desk.recorder, is_preview=True))
    return page(desk, asked, "send.html", "sharing", line=line, item=sent.item)


def send_it(desk: Desk, asked: Asked) -> Told:
    """Send one thing, frozen as it reads now."""
    desk.record(asked, lambda conn, recorder: _send(desk, asked, conn, recorder))
    return go_on(f"/supporters/{asked.ids['member']}?done=sent")


def _send(
    desk: Desk, asked: Asked, conn: Connection, recorder: Recorder, *, is_preview: bool = False
) -> Sent:
    when = desk.when()
    supporter = supporter_meant(conn, _grant(conn, desk, asked), when.day)
    item = asked.words("item")
    if item is None:
        raise UnknownChoiceError
    kind, subject = item_meant(conn, item)
    wanted = Wanted(
        kind=kind,
        subject=subject,
        excerpt=asked.words("part"),
        with_why="why" in asked.chosen("with"),
    )
    return send(conn, recorder, supporter, wanted, when, is_preview=is_preview)


def _grant(conn: Connection, desk: Desk, asked: Asked) -> str:
    lines = list_supporters(conn, desk.today, desk.now_ms)
    found = next((each for each in lines if each.member == asked.ids["member"]), None)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such supporter"))
    return found.grant


def take_one_back(desk: Desk, asked: Asked) -> Told:
    """Take one thing back; what was read cannot be unread."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> None:
        supporter = supporter_meant(conn, _grant(conn, desk, asked), when.day)
        item = sent_meant(conn, supporter.lane, asked.typed("item"))
        take_back(conn, recorder, supporter, item)

    desk.record(asked, work)
    return go_on(f"/supporters/{asked.ids['member']}?done=taken-back")


def stop(desk: Desk, asked: Asked) -> Told:
    """Stop sharing with a loved one: one tap, no question."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> None:
        meant = to_stop(conn, asked.ids["member"])
        if meant.member is not None:
            stop_member(conn, recorder, meant.member, when)

    desk.record(asked, work)
    return go_on("/supporters?done=stopped")
