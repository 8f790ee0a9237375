"""Signing in by a passkey, proving it once more by one, and adding one.

The challenge goes out, is kept as a hash and struck out with the first answer that names it. The
answer is checked between two transactions; the second asks again whether passkey and account are
still as they were.
"""

from __future__ import annotations

import msgspec
from litestar.datastructures import Cookie

from trailmark_server.labels import clean_text
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.sign_in.ways import (
    Browser,
    Entered,
    entered,
    fresh_token,
    open_session,
    tick,
    told,
)
from trailmark_server.storage.accounts import AccountRows, Passkey, Purpose, Therapist
from trailmark_server.therapists import passkeys
from trailmark_server.therapists.own_account import present_session, prove
from trailmark_shared.words import gettext


async def ask_passkey(
    services: Services, browser: Browser, purpose: Purpose, signed_in: SignedIn | None = None
) -> str:
    """Give out a challenge for a passkey.

    Args:
        services: The server.
        browser: Who asks.
        purpose: What for.
        signed_in: Who is signed in; ``None`` for signing in.

    Returns:
        What the browser needs, as JSON.

    Raises:
        RefusedError: ``rate_limited``; ``sign_in_refused``: there are no passkeys at this address.
    """
    site = _site(services)
    services.challenges.count(browser.address, tick(services))
    challenge = services.randomness.token(passkeys.CHALLENGE_BYTES)
    session = None if signed_in is None else signed_in.session_hash
    now = services.now()

    def work(rows: AccountRows) -> list[Passkey]:
        passkeys.keep_challenge(rows, challenge, purpose, session, now)
        return [] if signed_in is None else list(rows.passkeys(signed_in.therapist.id))

    own = await services.accounts.write(work)
    if purpose == "add" and signed_in is not None:
        return passkeys.wish(site, services.settings.name, signed_in.therapist, challenge, own)
    return passkeys.question(site, challenge, own)


async def by_passkey(services: Services, browser: Browser, answer: str) -> Entered:
    """Check a passkey's answer and open a session.

    Returns:
        Who is signed in.

    Raises:
        PasskeyRefusedError: Anything about it is not as it must be.
        RefusedError: ``rate_limited``.
    """
    token = fresh_token(services)
    with told(None, "passkey"), services.tries.counted(browser.address, tick(services)):
        used = await _used(services, answer, "sign_in", None)
        now = services.now()

        def settle(rows: AccountRows) -> Therapist | None:
            therapist = rows.therapist(used.therapist)
            if therapist is None or therapist.disabled_at is not None or not _keep(rows, used):
                return None
            open_session(rows, therapist, "passkey", browser, token, now)
            return therapist

        therapist = await services.accounts.write(settle)
        if therapist is None:
            raise passkeys.PasskeyRefusedError
    return entered(services, browser, therapist, "passkey", token)


async def prove_by_passkey(
    services: Services, browser: Browser, signed_in: SignedIn, answer: str
) -> Cookie:
    """Let somebody who is signed in prove once more who they are.

    Returns:
        The session's next cookie.

    Raises:
        PasskeyRefusedError: Anything about the answer is not as it must be.
        RefusedError: ``rate_limited``; ``not_signed_in``.
    """
    token = fresh_token(services)
    whose = signed_in.therapist
    with told(whose, "passkey"), services.tries.counted(browser.address, tick(services)):
        used = await _used(services, answer, "prove", signed_in)
        now = services.now()

        def settle(rows: AccountRows) -> bool:
            present_session(rows, signed_in)
            if used.therapist != whose.id or not _keep(rows, used):
                return False
            prove(rows, signed_in, "passkey", token, now)
            return True

        if not await services.accounts.write(settle):
            raise passkeys.PasskeyRefusedError
    return services.web.cookie(token)


async def new_passkey(services: Services, signed_in: SignedIn, answer: str, name: str) -> Passkey:
    """Check the answer of an authenticator that made a passkey; it is not kept yet.

    Returns:
        The passkey.

    Raises:
        PasskeyRefusedError: Anything about the answer is not as it must be.
        DomainError: ``invalid_input``: the name is not usable.
    """
    site, now = _site(services), services.now()
    called = clean_text(name.strip() or "Passkey", gettext("a name"))
    challenge = passkeys.challenge_of_new(answer)
    session = signed_in.session_hash
    is_ours = await services.accounts.write(
        lambda rows: passkeys.take_challenge(rows, challenge, "add", session, now)
    )
    if not is_ours:
        raise passkeys.PasskeyRefusedError
    return passkeys.checked_new(site, answer, challenge, signed_in.therapist.id, called, now)


async def _used(
    services: Services, answer: str, purpose: Purpose, signed_in: SignedIn | None
) -> Passkey:
    """Return the passkey that answered, with its count as it is now; it is not kept yet."""
    site, now = _site(services), services.now()
    claim = passkeys.claim_of(answer)
    session = None if signed_in is None else signed_in.session_hash

    def take(rows: AccountRows) -> Passkey | None:
        is_ours = passkeys.take_challenge(rows, claim.challenge, purpose, session, now)
        return rows.passkey(claim.credential) if is_ours else None

    passkey = await services.accounts.write(take)
    if passkey is None or (signed_in is None and claim.owner is None):
        raise passkeys.PasskeyRefusedError
    return passkeys.checked_use(site, answer, claim, passkey, now)


def _keep(rows: AccountRows, used: Passkey) -> bool:
    """Keep a passkey's new count, unless it was removed or used elsewhere meanwhile."""
    present = rows.passkey(used.credential)
    if present is None or (used.sign_count and used.sign_count <= present.sign_count):
        return False
    rows.save_passkey(msgspec.structs.replace(used, name=present.name))
    return True


def _site(services: Services) -> passkeys.Site:
    site = passkeys.site_of(services.settings.public_url)
    if site is None:
        raise passkeys.PasskeyRefusedError
    return site
