"""Supporters' links as this device knows them: those that it made, and what the server said last.

Of a link only the hash of its random part is kept: the link itself is shown once, when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared import limits

_MADE: Final = "supporter_links_made"
_KNOWN: Final = "supporter_links_known"

LinkEnd = Literal["replaced", "stopped", "left"]
"""Why a link ended before its time, as the server says."""


class MadeLink(msgspec.Struct, frozen=True, kw_only=True):
    """The newest link that this device made for a supporter.

    Attributes:
        member: Id of the supporter, as text.
        lane: The circle lane that it opens.
        token_hash: SHA-256 of its random part as it reads, hexadecimal.
        made_at: When, milliseconds UTC by this device's clock.
        replaces: Hashes of this supporter's links that were known here when it was made, at most
            ``limits.SUPPORTER_LINK_REPLACES_MAX``.
        is_told: The server knows of it.
        refused: Why the server did not take it, in one sentence, or ``None``.
    """

    member: str
    lane: str
    token_hash: str
    made_at: int
    replaces: tuple[str, ...] = ()
    is_told: bool = False
    refused: str | None = None


class KnownLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as the server knew it last; times in milliseconds UTC by its clock.

    Attributes:
        member: Id of the supporter, as text.
        token_hash: As a device told it, hexadecimal.
        expires_at: When it stops to work.
        opened_at: When it was first opened, or ``None``.
        ended_at: When it ended before its time, or ``None``.
        ended_by: Why it did.
    """

    member: str
    token_hash: str
    expires_at: int
    opened_at: int | None = None
    ended_at: int | None = None
    ended_by: LinkEnd | None = None


def made_links(conn: Connection) -> list[MadeLink]:
    """Return the newest link of each supporter that this device made one for."""
    kept = setting(conn, _MADE)
    return [] if kept is None else msgspec.json.decode(kept, type=list[MadeLink])


def keep_made(conn: Connection, link: MadeLink) -> None:
    """Keep a link that was made just now, in place of the one before for the same supporter.

    It names what it replaces: links that may be open on the server, and those made here before it.
    """
    made = made_links(conn)
    open_ones = [
        each.token_hash
        for each in known_links(conn)
        if each.member == link.member and each.ended_at is None
    ]
    before = [
        hash_
        for each in made
        if each.member == link.member
        for hash_ in (each.token_hash, *each.replaces)
    ]
    replaces = tuple(dict.fromkeys([*open_ones, *before]))[: limits.SUPPORTER_LINK_REPLACES_MAX]
    others = [each for each in made if each.member != link.member]
    _set_made(conn, [*others, msgspec.structs.replace(link, replaces=replaces)])


def change_made(conn: Connection, change: Callable[[MadeLink], MadeLink | None]) -> None:
    """Replace every link that this device made by what ``change`` says; ``None`` forgets it."""
    changed = [change(each) for each in made_links(conn)]
    _set_made(conn, [each for each in changed if each is not None])


def waiting_links(conn: Connection) -> list[MadeLink]:
    """Return the links that the server is still to be told of."""
    return [each for each in made_links(conn) if not each.is_told and each.refused is None]


def _set_made(conn: Connection, links: Iterable[MadeLink]) -> None:
    set_setting(conn, _MADE, msgspec.json.encode(list(links)).decode())


def known_links(conn: Connection) -> list[KnownLink]:
    """Return what the server said last, the oldest link first; empty where it was never asked."""
    kept = setting(conn, _KNOWN)
    return [] if kept is None else msgspec.json.decode(kept, type=list[KnownLink])


def keep_known(conn: Connection, links: Iterable[KnownLink]) -> None:
    """Keep what the server says."""
    set_setting(conn, _KNOWN, msgspec.json.encode(list(links)).decode())
