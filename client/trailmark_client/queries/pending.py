"""Invitations that were redeemed on this device and whose grants are not written yet."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.lanes import live_grants
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_shared.domain.consent import VIEW, allowed_actions

_NAME: Final = "pending_grants"


class Agreed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the person agreed to; see ``commands.grants.Agreement``.

    Attributes:
        classes: What they may be shown.
        actions: What they may do besides seeing it.
        until: Last day, or ``None`` for until stopped.
        history: What they see of the time before.
        since: The day from which the person picked.
        picks: Ids of what the person picked, as text.
        lane: The lane whose whole past they see, for ``everything``.
    """

    classes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    until: str | None = None
    history: str = "from_now"
    since: str | None = None
    picks: tuple[str, ...] = ()
    lane: str | None = None


class PendingGrant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A redeemed invitation whose grant is not written yet.

    Attributes:
        member: Id of who invited, as text.
        name: Their name.
        phrase: Four words that both sides compare.
        code: SHA-256 of the letters of the code that was redeemed, as hex.
        is_first: No phrase was found equal yet with this home server.
        agreed: What the person agreed to once the phrase was equal; ``None`` until then.
        is_unknown: The server did not know of it when it was asked last.
    """

    member: str
    name: str
    phrase: str
    code: str
    is_first: bool = False
    agreed: Agreed | None = None
    is_unknown: bool = False


def pending_grants(conn: Connection) -> list[PendingGrant]:
    """Return the invitations that wait, the one redeemed first in front."""
    kept = setting(conn, _NAME)
    return [] if kept is None else msgspec.json.decode(kept, type=list[PendingGrant])


def pending_grant(conn: Connection, member: str) -> PendingGrant | None:
    """Return the invitation of a member that waits, if one does."""
    return next((each for each in pending_grants(conn) if each.member == member), None)


def keep_pending(conn: Connection, pending: list[PendingGrant]) -> None:
    """Put ``pending`` in place of all that wait; call inside a write transaction."""
    if pending:
        set_setting(conn, _NAME, msgspec.json.encode(pending).decode())
    else:
        drop_setting(conn, _NAME)


def change_pending(conn: Connection, member: str, **changes: object) -> None:
    """Change fields of the invitation of a member that waits; nothing where none does."""
    keep_pending(
        conn,
        [
            msgspec.structs.replace(each, **changes) if each.member == member else each
            for each in pending_grants(conn)
        ],
    )


def forget_pending(conn: Connection, member: str) -> None:
    """Forget the invitation of a member that the person does not want any more."""
    keep_pending(conn, [each for each in pending_grants(conn) if each.member != member])


def standing_terms(conn: Connection, member: str, day: str) -> Agreed | None:
    """Return what a therapist who is let in on a local date was granted; ``None`` for nobody."""
    for held in live_grants(conn, day):
        granted = held.document.granted
        if granted is not None and (granted.member, granted.role) == (member, "therapist"):
            return Agreed(
                classes=tuple(granted.classes),
                actions=tuple(sorted(allowed_actions(granted.actions) - {VIEW})),
                until=granted.until,
                history=granted.history or "from_now",
            )
    return None
