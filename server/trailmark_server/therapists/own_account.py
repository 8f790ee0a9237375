"""What therapists change about how they sign in.

Plain functions over ``AccountRows``: whoever asks must have proved within ``limits.PROOF_MS`` who
they are, which is read in the transaction that changes something. Each change is told on the
account's page and puts the session under a fresh token; a new password ends all other sessions.
"""

from __future__ import annotations

from msgspec.structs import replace

from trailmark_server.labels import clean_text
from trailmark_server.lifetimes import lasts
from trailmark_server.sessions import SignedIn, live_web_sessions, renew_web_session
from trailmark_server.storage.accounts import AccountRows, Passkey, Password, Way, WebSession
from trailmark_server.therapists.notices import add_notice
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError, RefusedError
from trailmark_shared.words import gettext


class ProofNeededError(RefusedError):
    """It is too long since somebody proved who they are; nothing was changed."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.PROOF_NEEDED, gettext("Confirm first that it is you; then do this once more.")
        )


def has_proved(proved_at: int, now: int) -> bool:
    """Say whether a proof of that time is fresh enough to change something."""
    return lasts(proved_at, now, limits.PROOF_MS)


def may_skip_present_password(way: Way, proved_at: int, now: int) -> bool:
    """Say whether a new password may be set without the present one.

    Whoever came by a link or a passkey a moment ago may have lost it.

    Args:
        way: How they last proved who they are.
        proved_at: When that was.
        now: Server clock.

    Returns:
        Whether the present one need not be asked for.
    """
    return way != "password" and has_proved(proved_at, now)


def proven_session(rows: AccountRows, signed_in: SignedIn, now: int) -> WebSession:
    """Return the session of somebody who proved a moment ago who they are.

    Raises:
        RefusedError: ``not_signed_in``: it has ended meanwhile.
        ProofNeededError: The proof is too old.
    """
    session = present_session(rows, signed_in)
    if not has_proved(session.proved_at, now):
        raise ProofNeededError
    return session


def present_session(rows: AccountRows, signed_in: SignedIn) -> WebSession:
    """Return the session of a request, as it is kept now.

    Raises:
        RefusedError: ``not_signed_in``: it has ended meanwhile.
    """
    session = rows.web_session(signed_in.session_hash)
    if session is None:
        raise RefusedError(ErrorCode.NOT_SIGNED_IN, gettext("sign in first"), "after_sign_in")
    return session


def prove(rows: AccountRows, signed_in: SignedIn, way: Way, token: str, now: int) -> None:
    """Note that the therapist at a browser proved once more who they are.

    Args:
        rows: The account tables.
        signed_in: Who.
        way: How.
        token: The session's next token.
        now: Server clock.

    Raises:
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
    """
    renew_web_session(rows, present_session(rows, signed_in), token, now, way=way)


def session_for_password(
    rows: AccountRows, signed_in: SignedIn, now: int, *, is_present_checked: bool
) -> WebSession:
    """Return the session of somebody who may set a password now.

    Args:
        rows: The account tables.
        signed_in: Who.
        now: Server clock.
        is_present_checked: They gave the present one, and it was right.

    Returns:
        Their session.

    Raises:
        RefusedError: ``not_signed_in``: it has ended meanwhile.
        ProofNeededError: They gave none, and neither is there none nor did they come by a link or a
            passkey a moment ago.
    """
    session = present_session(rows, signed_in)
    if is_present_checked or may_skip_present_password(session.way, session.proved_at, now):
        return session
    if rows.password(signed_in.therapist.id) is None:
        return proven_session(rows, signed_in, now)
    raise ProofNeededError


def set_password(
    rows: AccountRows, signed_in: SignedIn, session: WebSession, hash_: str, token: str, now: int
) -> None:
    """Keep a new password and end all other sessions.

    Args:
        rows: The account tables.
        signed_in: Whose.
        session: Theirs; the caller asked for the right proof.
        hash_: Of the password.
        token: The session's next token.
        now: Server clock.
    """
    whose = signed_in.therapist.id
    kind = "password_set" if rows.password(whose) is None else "password_changed"
    rows.save_password(Password(therapist=whose, hash=hash_, changed_at=now))
    rows.drop_web_sessions(whose)
    renew_web_session(rows, session, token, now)
    add_notice(rows, whose, kind, now)


def add_passkey(
    rows: AccountRows, signed_in: SignedIn, passkey: Passkey, token: str, now: int
) -> None:
    """Keep a new passkey.

    Args:
        rows: The account tables.
        signed_in: Whose.
        passkey: From ``passkeys.checked_new``.
        token: The session's next token.
        now: Server clock.

    Raises:
        ProofNeededError: The proof is too old.
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
        LimitExceededError: They have ``limits.PASSKEYS_MAX`` already.
        DomainError: ``invalid_input``: this passkey is kept already.
    """
    session = proven_session(rows, signed_in, now)
    count = len(rows.passkeys(passkey.therapist)) + 1
    if count > limits.PASSKEYS_MAX:
        raise LimitExceededError("PASSKEYS_MAX", count, limits.PASSKEYS_MAX)
    if rows.passkey(passkey.credential) is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("this passkey is here already"))
    rows.save_passkey(passkey)
    add_notice(rows, passkey.therapist, "passkey_added", now, passkey.name)
    renew_web_session(rows, session, token, now)


def rename_passkey(
    rows: AccountRows, signed_in: SignedIn, credential: bytes, name: str, token: str, now: int
) -> None:
    """Call a passkey something else.

    Args:
        rows: The account tables.
        signed_in: Whose.
        credential: Which.
        name: As it was typed.
        token: The session's next token.
        now: Server clock.

    Raises:
        ProofNeededError: The proof is too old.
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
        DomainError: ``not_found``: they have no such passkey; ``invalid_input``: no usable name.
    """
    session = proven_session(rows, signed_in, now)
    passkey = _own_passkey(rows, signed_in, credential)
    renamed = replace(passkey, name=clean_text(name, gettext("a name")))
    rows.save_passkey(renamed)
    add_notice(rows, passkey.therapist, "passkey_renamed", now, renamed.name)
    renew_web_session(rows, session, token, now)


def remove_passkey(
    rows: AccountRows, signed_in: SignedIn, credential: bytes, token: str, now: int
) -> None:
    """Forget a passkey; it opens nothing any more.

    Args:
        rows: The account tables.
        signed_in: Whose.
        credential: Which.
        token: The session's next token.
        now: Server clock.

    Raises:
        ProofNeededError: The proof is too old.
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
        DomainError: ``not_found``: they have no such passkey.
    """
    session = proven_session(rows, signed_in, now)
    passkey = _own_passkey(rows, signed_in, credential)
    rows.drop_passkey(credential)
    add_notice(rows, passkey.therapist, "passkey_removed", now, passkey.name)
    renew_web_session(rows, session, token, now)


def end_session(rows: AccountRows, signed_in: SignedIn, hash_: bytes, token: str, now: int) -> None:
    """Sign one browser out.

    Args:
        rows: The account tables.
        signed_in: Whose.
        hash_: Names the session; not the one that asks.
        token: The asking session's next token.
        now: Server clock.

    Raises:
        ProofNeededError: The proof is too old.
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
        DomainError: ``not_found``: they have no such session.
    """
    session = proven_session(rows, signed_in, now)
    live = live_web_sessions(rows, signed_in.therapist.id, now)
    ended = next((each for each in live if each.hash == hash_), None)
    if ended is None or ended.hash == session.hash:
        raise DomainError(
            ErrorCode.NOT_FOUND, gettext("there is no such browser; it may have left by now")
        )
    rows.drop_web_session(hash_)
    add_notice(rows, signed_in.therapist.id, "session_ended", now, ended.browser)
    renew_web_session(rows, session, token, now)


def end_all_sessions(rows: AccountRows, signed_in: SignedIn, now: int) -> None:
    """Sign all browsers out, this one included.

    Args:
        rows: The account tables.
        signed_in: Whose.
        now: Server clock.

    Raises:
        ProofNeededError: The proof is too old.
        RefusedError: ``not_signed_in``: the session has ended meanwhile.
    """
    proven_session(rows, signed_in, now)
    rows.drop_web_sessions(signed_in.therapist.id)
    add_notice(rows, signed_in.therapist.id, "signed_out_everywhere", now)


def _own_passkey(rows: AccountRows, signed_in: SignedIn, credential: bytes) -> Passkey:
    passkey = rows.passkey(credential)
    if passkey is None or passkey.therapist != signed_in.therapist.id:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such passkey"))
    return passkey
