"""Supporters' links: made on this device, told to the home server until it has answered.

The link is shown once; only its hash is kept and told. What this device has told is compared with
what the server lists, so that a link is told again to a server that was restored from before.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.supporters import keep_link
from trailmark_client.home_api import connected
from trailmark_client.http_api import HttpApi
from trailmark_client.queries.sent import SUPPORTER
from trailmark_client.queries.sharing import list_grants
from trailmark_client.queries.supporters import Supporter, list_supporters
from trailmark_client.server_answers import (
    Nothing,
    SupporterLinkAnswer,
    SupporterLinksAnswer,
)
from trailmark_client.storage.links import (
    KnownLink,
    MadeLink,
    change_made,
    keep_known,
    made_links,
    waiting_links,
)
from trailmark_shared import limits
from trailmark_shared.codes import LINK_TOKEN_BYTES, link_token_hash, text_from_link_token
from trailmark_shared.errors import ErrorCode, RefusedError

PATH: Final = "/api/supporter-links"

_GONE: Final = frozenset({"stopping", "stopped"})
_FOR_GOOD: Final = frozenset({ErrorCode.TOO_LARGE, ErrorCode.WRONG_CODE, ErrorCode.INVALID_INPUT})
"""Codes with which a server refuses this very link, whenever it is told."""


def new_link(app: App, conn: Connection, supporter: Supporter) -> str:
    """Make a link for a supporter; it works once the server was told, and the one before ends.

    Args:
        app: This device, connected.
        conn: Its store, inside a write transaction.
        supporter: For whom.

    Returns:
        The link: to be shown now, for it is kept nowhere.

    Raises:
        RefusedError: ``not_connected``: there is no server yet that could show anything.
    """
    server, _ = connected(app)
    token = text_from_link_token(app.randomness.token(LINK_TOKEN_BYTES))
    keep_link(conn, supporter, link_token_hash(token), app.clock.now_ms())
    return f"{server.url}/with/{token}"


def settle_links(app: App) -> None:
    """Tell the home server of links that it does not list, and learn how all of them stand.

    Asks nothing where the person never let a supporter in.

    Raises:
        RefusedError: ``unreachable`` and the like; it is told the next time.
    """
    today = app.recorder.today()
    lines = app.read(lambda conn: list_grants(conn, today))
    theirs = (each for each in lines if each.role == SUPPORTER and each.state != "replaced")
    states = {each.member: each.state for each in theirs}
    if not states or app.identity.server is None:
        return
    _, api = connected(app)
    app.write(lambda conn: _forget_old(conn, states, app.clock.now_ms()))
    listed = api.ask("GET", PATH, SupporterLinksAnswer).links
    known = {each.token_hash for each in listed}
    is_changed = False
    for made in app.read(made_links):
        if made.token_hash not in known and states.get(made.member) == "live":
            is_changed = _tell(app, api, made) or is_changed
        elif made.token_hash in known and not made.is_told:
            _note(app, made, None)
    for member in {each.member for each in listed if each.ended_at is None}:
        if states.get(member) in _GONE:
            api.ask("DELETE", f"{PATH}/{member}", Nothing)
            is_changed = True
    if is_changed:
        listed = api.ask("GET", PATH, SupporterLinksAnswer).links
    app.write(lambda conn: keep_known(conn, map(_known, listed)))


def links_told(app: App) -> list[str]:
    """Settle links with the home server, and return whose works since.

    A server that cannot be asked now is asked the next time.

    Returns:
        The names of those supporters.
    """
    waiting = {each.member for each in app.read(waiting_links)}
    with suppress(RefusedError):
        settle_links(app)
    told = waiting - {each.member for each in app.read(waiting_links)}
    if not told:
        return []
    today, now_ms = app.recorder.today(), app.clock.now_ms()
    lines = app.read(lambda conn: list_supporters(conn, today, now_ms))
    return [each.name for each in lines if each.member in told and each.link.state == "works"]


def _forget_old(conn: Connection, states: dict[str, str], now_ms: int) -> None:
    """Forget links of supporters who were stopped, and those that the server ended by now.

    One that it was never told of waits, whatever the clock says: it may be wrong, and the link is
    in somebody's hands.
    """
    oldest = now_ms - limits.SUPPORTER_LINK_TTL_MS

    def is_old(each: MadeLink) -> bool:
        return (each.is_told and each.made_at < oldest) or states.get(each.member) in _GONE

    if any(map(is_old, made_links(conn))):
        change_made(conn, lambda each: None if is_old(each) else each)


def _tell(app: App, api: HttpApi, made: MadeLink) -> bool:
    """Tell the server of a link; say whether it took it."""
    told = {
        "lane": made.lane,
        "token_hash": made.token_hash,
        "age_ms": max(0, app.clock.now_ms() - made.made_at),
        "replaces": made.replaces,
    }
    try:
        api.ask("PUT", f"{PATH}/{made.member}", SupporterLinkAnswer, told)
    except RefusedError as refused:
        if refused.code == ErrorCode.NOT_FOUND:
            return False  # the grant is on its way, or was not taken; told again the next time
        if refused.code not in _FOR_GOOD:
            raise
        _note(app, made, refused.message)
        return False
    _note(app, made, None)
    return True


def _note(app: App, made: MadeLink, refused: str | None) -> None:
    def changed(each: MadeLink) -> MadeLink:
        if each.token_hash != made.token_hash:
            return each
        return msgspec.structs.replace(each, is_told=refused is None, refused=refused)

    app.write(lambda conn: change_made(conn, changed))


def _known(answer: SupporterLinkAnswer) -> KnownLink:
    return KnownLink(
        member=answer.member,
        token_hash=answer.token_hash,
        expires_at=answer.expires_at,
        opened_at=answer.opened_at,
        ended_at=answer.ended_at,
        ended_by=answer.ended_by,
    )
