"""Joining a therapist's server with an invitation.

Each step that changes this device is one write transaction with the identity file replaced inside
it, so that a kill leaves either nothing or the whole step. The person confirms a comparison phrase
and agrees to each thing by itself before ``complete`` may write the grant. Several invitations may
wait at once, each for its own therapist.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.grants import Agreement, Member, let_in
from trailmark_client.commands.written import Written
from trailmark_client.credentials import signed_in, signed_out
from trailmark_client.http_api import HttpApi
from trailmark_client.identity import Identity
from trailmark_client.queries.lanes import open_lanes, require_room
from trailmark_client.queries.pending import (
    Agreed,
    PendingGrant,
    change_pending,
    keep_pending,
    pending_grant,
    pending_grants,
    standing_terms,
)
from trailmark_client.server_answers import (
    JoinAnswer,
    MemberAnswer,
    StatusAnswer,
    home_server,
)
from trailmark_client.storage.importing import send_imported
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import Lane, care_lane, id_from_text, text_from_id
from trailmark_shared.phrases import comparison_phrase
from trailmark_shared.sealing import derive_key
from trailmark_shared.words import gettext

_CLAIM_LABEL = b"trailmark-invitation-claim/1"


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """What to show before the person confirms.

    Attributes:
        member: Who invited.
        server: Name of the server.
        phrase: Four words that both sides compare.
        confirmed: The therapist has confirmed already.
        standing: They are let in already, and as what; then nothing waits.
    """

    member: MemberAnswer
    server: str
    phrase: str
    confirmed: bool
    standing: PendingGrant | None = None


def code_hash(code: str) -> str:
    """Return what this device keeps of a code: enough to know it again when it is used up."""
    letters = "".join(each for each in code.upper() if each.isalnum())
    return sha256(letters.encode()).hexdigest()


def redeem(app: App, url: str, code: str, agreed: Agreed | None = None) -> Redeemed:
    """Redeem an invitation: afterwards this device has a credential, the therapist no new grant.

    Args:
        app: This device.
        url: The server's address.
        code: The typed or scanned invitation code.
        agreed: What the person agreed to once both sides have confirmed; ``None`` asks them later,
            see ``agree``, or keeps what they agreed to under the same code.

    Returns:
        What to compare before ``complete``.

    Raises:
        RefusedError: ``wrong_code``, ``other_home_server``, ``unknown_signing_key``,
            ``unreachable``, ``insecure_address``; ``not_authorised``: the space is known there,
            and this device is not.
        DomainError: ``invalid_input``: ``limits.PENDING_GRANTS_MAX`` invitations wait already;
            ``too_many_lanes``: there is none left for who invites.
    """
    identity = app.identity
    api = HttpApi(url, identity.credential)
    _refuse_other_home(identity, api.url)
    hashed = code_hash(code)
    app.read(lambda conn: refuse_too_many(conn, hashed))
    return keep_redeemed(app, api.url, _join(api, identity, code, hashed), hashed, agreed)


def _join(api: HttpApi, identity: Identity, code: str, hashed: str) -> JoinAnswer:
    asked = {
        "code": code,
        "claim": _claim(identity, hashed).hex(),
        "device": text_from_id(identity.device),
        "device_name": identity.device_name,
        "space": text_from_id(identity.space),
    }
    try:
        return api.ask("POST", "/api/join", JoinAnswer, asked)
    except RefusedError as refused:
        if refused.code != ErrorCode.NOT_SIGNED_IN:
            raise
        # No code of a therapist opens entries that this device cannot prove to be its own.
        raise RefusedError(
            ErrorCode.NOT_AUTHORISED,
            gettext(
                "the server has your entries and does not know this device; a code of your "
                "therapist does not change that. With another device of yours: trailmark device "
                "join; with your recovery code: trailmark recover. With neither: trailmark export "
                "FILE here; then, with TRAILMARK_HOME naming an empty folder, trailmark import "
                "FILE and connect"
            ),
        ) from None


def _claim(identity: Identity, hashed: str) -> bytes:
    """What this device alone asks again with; the same however often it asks."""
    return derive_key(identity.private_key, _CLAIM_LABEL + bytes.fromhex(hashed))


def redeem_or_resume(app: App, url: str, code: str) -> PendingGrant:
    """Redeem a code; one that was redeemed here before goes on where it stopped.

    Returns:
        Who waits to be let in; or, with what they were granted, who is let in and does not wait.

    Raises:
        RefusedError: As ``redeem``.
        DomainError: As ``redeem``.
    """
    hashed = code_hash(code)

    def with_code(conn: Connection) -> PendingGrant | None:
        return next((each for each in pending_grants(conn) if each.code == hashed), None)

    try:
        standing = redeem(app, url, code).standing
        if standing is not None:
            return standing
    except RefusedError as refused:
        if refused.code != ErrorCode.WRONG_CODE or app.read(with_code) is None:
            raise
    found = app.read(with_code)
    assert found is not None, "a redeemed invitation waits for its grant"
    return found


def keep_redeemed(
    app: App, url: str, answer: JoinAnswer, hashed: str, agreed: Agreed | None = None
) -> Redeemed:
    """Keep whom a server made known: they wait to be let in, unless they are.

    One member never gets a second lane beside the first: a new code of theirs brings this device a
    new credential, and leaves what they may see as it is.

    Args:
        app: This device.
        url: The server's address.
        answer: What it said.
        hashed: Hash of what was redeemed.
        agreed: As in ``redeem``.

    Returns:
        What to compare before ``complete``.

    Raises:
        RefusedError: ``unknown_signing_key``.
    """
    identity = app.identity
    server = home_server(app.vault.cipher, url, answer.server, identity.server)
    # Computed here, from what was pinned: what the server calls the phrase proves nothing.
    phrase = comparison_phrase(
        server.signing_key, identity.space, identity.device, id_from_text(answer.member.id)
    )

    def keep(conn: Connection) -> PendingGrant | None:
        send_imported(conn)
        others = [each for each in pending_grants(conn) if each.member != answer.member.id]
        before = pending_grant(conn, answer.member.id)
        known = [*others, before] if before is not None else others
        is_again = before is not None and before.code == hashed
        pending = PendingGrant(
            member=answer.member.id,
            name=answer.member.name,
            phrase=phrase,
            code=hashed,
            is_first=app.identity.server is None or any(each.is_first for each in known),
            agreed=before.agreed if is_again and agreed is None and before else agreed,
        )
        app.identity_file.update(
            lambda current: msgspec.structs.replace(
                signed_in(current, answer.credential, answer.credential_expires_at), server=server
            )
        )
        terms = standing_terms(conn, pending.member, app.recorder.today())
        keep_pending(conn, [*others, pending] if terms is None else others)
        return terms and msgspec.structs.replace(pending, agreed=terms)

    standing = app.write(keep)
    return Redeemed(
        member=answer.member,
        server=server.name,
        phrase=phrase,
        confirmed=answer.confirmed,
        standing=standing,
    )


def refuse_too_many(conn: Connection, hashed: str) -> None:
    """Refuse to let another invitation wait.

    Args:
        conn: The store.
        hashed: Hash of the code, which may wait already.

    Raises:
        DomainError: ``invalid_input``: ``limits.PENDING_GRANTS_MAX`` wait already;
            ``too_many_lanes``: there is none left for who invites.
    """
    others = [each for each in pending_grants(conn) if each.code != hashed]
    if len(others) >= limits.PENDING_GRANTS_MAX:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "{n} invitations wait already; trailmark sharing lists them, trailmark sharing "
                "stop ends one that you do not want"
            ).format(n=limits.PENDING_GRANTS_MAX),
        )
    require_room(conn, len(others))


def agree(app: App, member: str, agreed: Agreed) -> None:
    """Keep what the person agreed to with a member whose phrase was equal.

    Args:
        app: This device.
        member: Id of who invited, as text.
        agreed: What the person agreed to.
    """
    app.write(lambda conn: change_pending(conn, member, agreed=agreed))


def complete(app: App, member: str) -> list[Written] | None:
    """Let a therapist in, once they have confirmed; the person must have agreed before.

    Args:
        app: This device.
        member: Id of who invited, as text.

    Returns:
        The grant, what was picked and every wish that was carried out; empty when nothing waits to
        be completed, as where another device let them in and this one knows, or the person was not
        asked yet; ``None`` while the therapist has not confirmed.

    Raises:
        RefusedError: ``unreachable`` and the like; nothing is lost, try again. ``not_found``: the
            server does not know the invitation any more, and only another one helps.
        DomainError: ``too_many_lanes``: there is none left; nothing was written.
    """
    waiting = app.read(lambda conn: pending_grant(conn, member))
    if waiting is None or waiting.agreed is None:
        return []

    def is_let_in(conn: Connection) -> bool:
        return standing_terms(conn, member, app.recorder.today()) is not None

    if not app.read(is_let_in) and not _is_confirmed(app, waiting):
        return None

    def grant(conn: Connection) -> list[Written]:
        pending = pending_grant(conn, member)
        if pending is None or pending.agreed is None:
            return []
        # The words were equal with this server's key: no other invitation can unmake it now.
        others = [each for each in pending_grants(conn) if each.member != member]
        keep_pending(conn, [msgspec.structs.replace(each, is_first=False) for each in others])
        if is_let_in(conn):
            return []
        return _let_in(conn, app, pending, pending.agreed)

    return app.write(grant)


def _is_confirmed(app: App, waiting: PendingGrant) -> bool:
    identity, member = app.identity, waiting.member
    assert identity.server is not None, "a pending grant has a server"
    api = HttpApi(identity.server.url, identity.credential)
    try:
        answer = api.ask("GET", f"/api/join/status?member={member}", StatusAnswer)
    except RefusedError as refused:
        if refused.code != ErrorCode.NOT_FOUND:
            raise
        if not waiting.is_unknown:
            app.write(lambda conn: change_pending(conn, member, is_unknown=True))
        raise RefusedError(
            ErrorCode.NOT_FOUND,
            gettext(
                "the server does not know the invitation of {name} any more, as after it was put "
                "back from an older copy; ask them for another code, and connect with that"
            ).format(name=waiting.name),
        ) from None
    if waiting.is_unknown:
        app.write(lambda conn: change_pending(conn, member, is_unknown=False))
    return answer.confirmed


def _let_in(conn: Connection, app: App, pending: PendingGrant, agreed: Agreed) -> list[Written]:
    when = app.recorder.now()
    lane = _whole_lane(conn, agreed, when.day)
    terms = Agreement(
        member=Member(id=pending.member, name=pending.name),
        classes=agreed.classes,
        actions=agreed.actions,
        until=agreed.until,
        history=agreed.history if lane or agreed.history != "everything" else "from_now",
        since=agreed.since,
        picks=agreed.picks,
    )
    if lane is None:
        require_room(conn)
        lane = care_lane(app.randomness.token(limits.ID_BYTES))
    return let_in(conn, app.recorder, lane, terms, when)


def _whole_lane(conn: Connection, agreed: Agreed, day: str) -> Lane | None:
    """Return the lane whose past was agreed to, if it still is what was agreed to.

    Where somebody stopped or narrowed it meanwhile, the therapist sees what is shared from now on:
    less than was agreed to, never more.
    """
    if agreed.history != "everything":
        return None
    return next(
        (
            each.lane
            for each in open_lanes(conn, day)
            if each.lane == agreed.lane and each.classes == frozenset(agreed.classes)
        ),
        None,
    )


def decline(app: App, member: str) -> None:
    """Forget a redeemed invitation whose phrase differs: no grant is written.

    A server that it brought is forgotten too, unless another phrase was found equal there: somebody
    in between must not stay this space's home.

    Args:
        app: This device.
        member: Id of who invited, as text.
    """

    def drop(conn: Connection) -> None:
        pending = pending_grant(conn, member)
        others = [each for each in pending_grants(conn) if each.member != member]
        is_trusted = any(each.agreed is not None for each in others)
        if pending is None or not pending.is_first or is_trusted:
            keep_pending(conn, others)
            return
        keep_pending(conn, [])
        app.identity_file.update(
            lambda current: msgspec.structs.replace(signed_out(current), server=None)
        )

    app.write(drop)


def _refuse_other_home(identity: Identity, url: str) -> None:
    if identity.server is not None and identity.server.url != url:
        raise RefusedError(
            ErrorCode.OTHER_HOME_SERVER,
            gettext(
                "your entries are at home on {name} ({url}), and one space has one home server. To "
                "begin on another one with all that you have: trailmark export FILE here; then, "
                "with TRAILMARK_HOME naming an empty folder, trailmark import FILE and connect"
            ).format(name=identity.server.name, url=identity.server.url),
        )
