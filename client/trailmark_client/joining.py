"""Joining a therapist's server with an invitation.

Each step that changes this device is one write transaction with the identity file replaced inside
it, so that a kill leaves either nothing or the whole step. The person confirms a comparison phrase
before ``complete`` may write the grant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.grants import Agreement, Member, let_in
from trailmark_client.commands.written import Written
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import Identity
from trailmark_client.server_answers import (
    JoinAnswer,
    MemberAnswer,
    StatusAnswer,
    home_server,
)
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import care_lane, id_from_text, text_from_id
from trailmark_shared.phrases import comparison_phrase

_PENDING: Final = "pending_grant"


class PendingGrant(msgspec.Struct, frozen=True):
    """A redeemed invitation whose grant is not written yet.

    Attributes:
        member: Who invited.
        phrase: Four words that both sides compare.
        classes: What the person agreed to share, or ``None`` while they were not asked.
        is_first: This device had no home server before.
    """

    member: MemberAnswer
    phrase: str
    classes: tuple[str, ...] | None
    is_first: bool = False


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """What to show before the person confirms.

    Attributes:
        member: Who invited.
        server: Name of the server.
        phrase: Four words that both sides compare.
        confirmed: The therapist has confirmed already.
    """

    member: MemberAnswer
    server: str
    phrase: str
    confirmed: bool


def redeem(app: App, url: str, code: str, classes: Sequence[str] | None = None) -> Redeemed:
    """Redeem an invitation: afterwards this device has a credential, the therapist has no grant.

    Args:
        app: This device.
        url: The server's address.
        code: The typed or scanned invitation code.
        classes: What the person agreed to share once both sides have confirmed; ``None`` asks
            them later, see ``agree``.

    Returns:
        What to compare before ``complete``.

    Raises:
        RefusedError: ``wrong_code``, ``other_home_server``, ``unknown_signing_key``,
            ``unreachable``, ``insecure_address``.
    """
    identity = app.identity
    api = HttpApi(url, identity.credential)
    _refuse_other_home(identity, api.url)
    answer = api.ask(
        "POST",
        "/api/join",
        JoinAnswer,
        {
            "code": code,
            "device": text_from_id(identity.device),
            "device_name": identity.device_name,
            "space": text_from_id(identity.space),
        },
    )
    server = home_server(app.vault.cipher, api.url, answer.server, identity.server)
    # Computed here, from what was pinned: what the server calls the phrase proves nothing.
    phrase = comparison_phrase(
        server.signing_key, identity.space, identity.device, id_from_text(answer.member.id)
    )
    agreed = None if classes is None else tuple(classes)

    def keep(conn: Connection) -> None:
        before = pending_grant(conn)
        is_first = app.identity.server is None or (before is not None and before.is_first)
        pending = PendingGrant(answer.member, phrase, agreed, is_first)
        app.identity_file.update(
            lambda current: msgspec.structs.replace(
                current,
                server=server,
                credential=answer.credential,
                credential_expires_at=answer.credential_expires_at,
            )
        )
        set_setting(conn, _PENDING, msgspec.json.encode(pending).decode())

    app.write(keep)
    return Redeemed(
        member=answer.member, server=server.name, phrase=phrase, confirmed=answer.confirmed
    )


def agree(app: App, classes: Sequence[str]) -> None:
    """Keep what the person agreed to share with the member whose invitation was redeemed."""

    def keep(conn: Connection) -> None:
        pending = pending_grant(conn)
        if pending is not None:
            agreed = msgspec.structs.replace(pending, classes=tuple(classes))
            set_setting(conn, _PENDING, msgspec.json.encode(agreed).decode())

    app.write(keep)


def complete(app: App) -> list[Written] | None:
    """Let the therapist in, once they have confirmed; the person must have confirmed before.

    Args:
        app: This device.

    Returns:
        The grant and every wish that was carried out; empty when nothing waits to be completed,
        or the person was not asked yet; ``None`` while the therapist has not confirmed.

    Raises:
        RefusedError: ``unreachable`` and the like; nothing is lost, try again.
    """
    waiting = app.read(pending_grant)
    if waiting is None or waiting.classes is None:
        return []
    identity = app.identity
    assert identity.server is not None, "a pending grant has a server"
    api = HttpApi(identity.server.url, identity.credential)
    path = f"/api/join/status?member={waiting.member.id}"
    if not api.ask("GET", path, StatusAnswer).confirmed:
        return None

    def grant(conn: Connection) -> list[Written]:
        pending = pending_grant(conn)
        if pending is None or pending.classes is None:
            return []
        drop_setting(conn, _PENDING)
        lane = care_lane(app.randomness.token(limits.ID_BYTES))
        agreed = Agreement(
            member=Member(id=pending.member.id, name=pending.member.name), classes=pending.classes
        )
        return let_in(conn, app.recorder, lane, agreed, app.recorder.now())

    return app.write(grant)


def pending_grant(conn: Connection) -> PendingGrant | None:
    """Return the invitation that was redeemed and not completed, if there is one."""
    kept = setting(conn, _PENDING)
    return None if kept is None else msgspec.json.decode(kept, type=PendingGrant)


def decline(app: App) -> None:
    """Forget a redeemed invitation whose phrase did not match: no grant is written.

    A server that it brought is forgotten too: somebody in between must not stay this space's home.
    """

    def forget(conn: Connection) -> None:
        pending = pending_grant(conn)
        drop_setting(conn, _PENDING)
        if pending is not None and pending.is_first:
            app.identity_file.update(
                lambda current: msgspec.structs.replace(
                    current, server=None, credential=None, credential_expires_at=None
                )
            )

    app.write(forget)


def _refuse_other_home(identity: Identity, url: str) -> None:
    if identity.server is not None and identity.server.url != url:
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER,
            f"your entries are at home on {identity.server.name}; one space has one home server",
        )
