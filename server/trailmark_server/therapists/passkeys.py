"""Passkeys: what an authenticator is asked, and whether its answer is good.

Every answer must come from this very site, sign a challenge that was given out for this purpose
less than five minutes ago, and say that its owner was verified (by a finger, a face or a PIN). A
challenge is kept as a hash and struck out when it comes back, whether the answer is good or not.

The library's own exceptions are many, and a hostile answer brings out more: whatever it raises
means that the answer is refused.

Source: W3C Web Authentication Level 3, sections 7.1 and 7.2.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import webauthn
from msgspec.structs import replace
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from trailmark_server.http.origins import origin_of_url
from trailmark_server.lifetimes import lasts_until
from trailmark_server.logs import failure_fields, log_fact
from trailmark_server.storage.accounts import (
    AccountRows,
    Passkey,
    PasskeyChallenge,
    Purpose,
    Therapist,
)
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext

T = TypeVar("T")

CHALLENGE_BYTES: Final = 32

_VERIFIED: Final = UserVerificationRequirement.REQUIRED


class PasskeyRefusedError(RefusedError):
    """The one refusal for passkeys, whatever was wrong."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.SIGN_IN_REFUSED,
            gettext("This passkey was not taken. Try again, or sign in another way."),
        )


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says of itself; nothing of it is proved yet.

    Attributes:
        credential: Which passkey answers.
        challenge: What it signed.
        owner: Whose it says that it is, or ``None``.
    """

    credential: bytes
    challenge: bytes
    owner: bytes | None


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The site that passkeys are bound to.

    Attributes:
        id: Its name; a passkey works nowhere else.
        origin: Where the pages are that may ask.
    """

    id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """Return the site of a public address, or ``None`` where browsers know no passkeys.

    They want a name, not a number, and https; ``localhost`` may do without.
    """
    parts = urlsplit(public_url)
    name = (parts.hostname or "").lower()
    is_here = name == "localhost" or name.endswith(".localhost")
    if parts.scheme != "https" and not is_here:
        return None
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return Site(id=name, origin=origin_of_url(public_url))
    return None


# --- asking ---------------------------------------------------------------------------------------


def question(site: Site, challenge: bytes, allowed: Sequence[Passkey] = ()) -> str:
    """Return what a browser needs to ask a passkey, as JSON.

    Args:
        site: This site.
        challenge: ``CHALLENGE_BYTES`` random bytes.
        allowed: The passkeys that may answer; any of this site where there are none.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=limits.CHALLENGE_TTL_MS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in allowed],
        user_verification=_VERIFIED,
    )
    return webauthn.options_to_json(options)


def wish(
    site: Site, name: str, therapist: Therapist, challenge: bytes, present: Sequence[Passkey]
) -> str:
    """Return what a browser needs to make a passkey, as JSON.

    Args:
        site: This site.
        name: What the server is called.
        therapist: Whose passkey it will be.
        challenge: ``CHALLENGE_BYTES`` random bytes.
        present: The therapist's passkeys; their authenticators make no second one.
    """
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=name,
        user_id=therapist.id,
        user_name=therapist.email,
        user_display_name=therapist.name,
        challenge=challenge,
        timeout=limits.CHALLENGE_TTL_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in present],
    )
    return webauthn.options_to_json(options)


def keep_challenge(
    rows: AccountRows, challenge: bytes, purpose: Purpose, session: bytes | None, now: int
) -> None:
    """Keep a challenge until it is answered, ``limits.CHALLENGE_TTL_MS`` pass or too many wait."""
    rows.drop_challenges(now, limits.CHALLENGES_MAX - 1)
    rows.save_challenge(
        PasskeyChallenge(
            hash=sha256(challenge).digest(),
            purpose=purpose,
            session=session,
            expires_at=now + limits.CHALLENGE_TTL_MS,
        )
    )


def take_challenge(
    rows: AccountRows, challenge: bytes, purpose: Purpose, session: bytes | None, now: int
) -> bool:
    """Strike a challenge out; say whether it was given out for this and is still good."""
    hash_ = sha256(challenge).digest()
    kept = rows.challenge(hash_)
    rows.drop_challenge(hash_)
    return (
        kept is not None
        and lasts_until(kept.expires_at, now, limits.CHALLENGE_TTL_MS)
        and (kept.purpose, kept.session) == (purpose, session)
    )


# --- answers --------------------------------------------------------------------------------------


def claim_of(answer: str) -> Claim:
    """Read what an answer to ``question`` says of itself.

    Returns:
        Its claim.

    Raises:
        PasskeyRefusedError: It is no such answer.
    """

    def read() -> Claim:
        told = parse_authentication_credential_json(answer)
        return Claim(
            credential=told.raw_id,
            challenge=_challenge_in(told.response.client_data_json),
            owner=told.response.user_handle,
        )

    return _or_refused(read, answer)


def checked_use(site: Site, answer: str, claim: Claim, passkey: Passkey, now: int) -> Passkey:
    """Check the answer of a passkey.

    Args:
        site: This site.
        answer: What the browser sent, JSON.
        claim: What it says of itself; the challenge was taken.
        passkey: The one that it names.
        now: Server clock.

    Returns:
        The passkey as it is kept now.

    Raises:
        PasskeyRefusedError: Anything about it is not as it must be.
    """
    if claim.owner not in {None, passkey.therapist}:
        raise PasskeyRefusedError
    verified = _or_refused(
        lambda: webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=claim.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ),
        answer,
    )
    return replace(passkey, sign_count=verified.new_sign_count, used_at=now)


def challenge_of_new(answer: str) -> bytes:
    """Return the challenge that an answer to ``wish`` says it is for.

    Raises:
        PasskeyRefusedError: It is no such answer.
    """

    def read() -> bytes:
        return _challenge_in(parse_registration_credential_json(answer).response.client_data_json)

    return _or_refused(read, answer)


def checked_new(
    site: Site, answer: str, challenge: bytes, therapist: bytes, name: str, now: int
) -> Passkey:
    """Check the answer of an authenticator that made a passkey.

    Args:
        site: This site.
        answer: What the browser sent, JSON.
        challenge: What it must be for; it was taken.
        therapist: Whose passkey it becomes.
        name: What they call it.
        now: Server clock.

    Returns:
        The passkey.

    Raises:
        PasskeyRefusedError: Anything about it is not as it must be.
    """
    verified = _or_refused(
        lambda: webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        ),
        answer,
    )
    return Passkey(
        credential=verified.credential_id,
        therapist=therapist,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        created_at=now,
    )


def _challenge_in(client_data: bytes) -> bytes:
    told = parse_client_data_json(client_data)
    if told.cross_origin:
        raise PasskeyRefusedError
    return told.challenge


def _or_refused(read: Callable[[], T], answer: str) -> T:
    if len(answer) > limits.PASSKEY_ANSWER_CHARS_MAX:
        raise PasskeyRefusedError
    try:
        return read()
    except Exception as error:  # noqa: BLE001  (a hostile answer brings out exceptions of any kind)
        log_fact("passkey_refused", **failure_fields(error))
        raise PasskeyRefusedError from None
