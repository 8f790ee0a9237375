"""Signing in by a one-time link or a password, and what all ways have in common.

A refused try says the same in the same time, whether there is no such account, it is disabled, it
has no password or the password is wrong: the same statements run, and one password is compared.
Tries are counted by address and, for passwords, by account. A browser at which somebody signed in
before is counted apart from everybody else, and links and passkeys are not counted by account at
all: no stranger's tries keep a therapist out.

Each try is one fact in the log: ids and codes, never an email or a token.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from trailmark_server.logs import log_fact
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn, open_web_session
from trailmark_server.storage.accounts import (
    NOBODY,
    AccountRows,
    Password,
    Therapist,
    Way,
)
from trailmark_server.therapists.accounts import email_form, use_sign_in_link
from trailmark_server.therapists.browsers import browser_kept
from trailmark_server.therapists.known_browsers import MARK_BYTES
from trailmark_server.therapists.notices import add_notice, note_failed_try, settle_failed_tries
from trailmark_server.therapists.own_account import prove
from trailmark_server.therapists.passwords import Checked
from trailmark_server.tokens import TOKEN_BYTES, secret_hash, token_text
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

_Connection = ASGIConnection[Any, Any, Any, Any]


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """The browser that a request comes from.

    Attributes:
        address: What its tries are counted by.
        words: What it is called in a list.
        session: Token of the session that it brings, empty where there is none.
        known: Its cookie of a known browser, empty where there is none.
    """

    address: str
    words: str
    session: str
    known: str


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is signed in.

    Attributes:
        therapist: Who.
        cookies: What their browser keeps.
    """

    therapist: Therapist
    cookies: list[Cookie]


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    """What an email leads to; without a therapist where it leads nowhere."""

    therapist: Therapist | None = None
    password: Password | None = None

    @property
    def id(self) -> bytes:
        """Under which id tries are counted."""
        return NOBODY if self.therapist is None else self.therapist.id

    @property
    def present_hash(self) -> str | None:
        """What a password is compared with; ``None`` where nobody may sign in with one."""
        if self.therapist is None or self.therapist.disabled_at is not None:
            return None
        return None if self.password is None else self.password.hash

    @property
    def why_not(self) -> str:
        """Why no password fits, for the log."""
        if self.therapist is None:
            return "unknown"
        if self.therapist.disabled_at is not None:
            return "disabled"
        return "without_password" if self.password is None else "wrong"


class WrongPasswordError(RefusedError):
    """The one refusal for passwords, whatever was wrong."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            ErrorCode.SIGN_IN_REFUSED,
            gettext(
                "Email and password do not fit together. Try again, or ask whoever runs this "
                "server for a new link."
            ),
        )


def browser_of(services: Services, connection: _Connection) -> Browser:
    """Return the browser that a request comes from."""
    return Browser(
        address=services.address_of(connection),
        words=browser_kept(connection.headers.get("user-agent", "")),
        session=services.web.token_of(connection),
        known=connection.cookies.get(services.known_browsers.cookie_name, ""),
    )


def fresh_token(services: Services) -> str:
    """Return the token of a session to be."""
    return token_text(services.randomness.token(TOKEN_BYTES))


# --- by a link ------------------------------------------------------------------------------------


async def by_link(services: Services, browser: Browser, link: str) -> Entered:
    """Use a one-time link up and open a session.

    Returns:
        Who is signed in.

    Raises:
        RefusedError: ``wrong_code``: it is used, expired or wrong; ``rate_limited``.
    """
    token, now = fresh_token(services), services.now()

    def work(rows: AccountRows) -> Therapist:
        therapist = use_sign_in_link(rows, link, now)
        open_session(rows, therapist, "link", browser, token, now)
        return therapist

    with told(None, "link"), services.tries.counted(browser.address, tick(services)):
        therapist = await services.accounts.write(work)
    return entered(services, browser, therapist, "link", token)


# --- by a password --------------------------------------------------------------------------------


async def by_password(services: Services, browser: Browser, email: str, password: str) -> Entered:
    """Compare a password and open a session.

    Returns:
        Who is signed in.

    Raises:
        WrongPasswordError: Email and password do not fit together, or no passwords are taken here.
        RefusedError: ``rate_limited``; ``overloaded``.
    """
    form = _email_or_nothing(email)
    account = await services.accounts.read(lambda rows: _account_of(rows, form))
    token, now = fresh_token(services), services.now()

    def settle(rows: AccountRows, checked: Checked) -> Therapist | None:
        therapist = _fitting(rows, account, checked)
        if therapist is None:
            note_failed_try(rows, account.id, now)
        else:
            open_session(rows, therapist, "password", browser, token, now)
        return therapist

    with told(account.therapist, "password"), _counted(services, browser, account, form):
        checked = await _checked(services, account, password)
        therapist = await services.accounts.write(lambda rows: settle(rows, checked))
        if therapist is None:
            tell_refused(account.therapist, "password", account.why_not)
            raise WrongPasswordError
    return entered(services, browser, therapist, "password", token)


async def prove_by_password(
    services: Services, browser: Browser, signed_in: SignedIn, password: str
) -> Cookie:
    """Let somebody who is signed in prove once more who they are.

    Returns:
        The session's next cookie.

    Raises:
        WrongPasswordError: It is not their password.
        RefusedError: ``rate_limited``; ``overloaded``; ``not_signed_in``.
    """
    await check_present_password(services, browser, signed_in, password)
    token, now = fresh_token(services), services.now()
    await services.accounts.write(lambda rows: prove(rows, signed_in, "password", token, now))
    return services.web.cookie(token)


async def check_present_password(
    services: Services, browser: Browser, signed_in: SignedIn, password: str
) -> None:
    """Compare the password of somebody who is signed in; wrong ones are counted as when signing in.

    Raises:
        WrongPasswordError: It is not their password, or they have none.
        RefusedError: ``rate_limited``; ``overloaded``.
    """
    email, now = signed_in.therapist.email, services.now()
    account = await services.accounts.read(lambda rows: _account_of(rows, email))
    with told(account.therapist, "password"), _counted(services, browser, account, email):
        checked = await _checked(services, account, password)
        if checked.is_right:
            return
        await services.accounts.write(lambda rows: note_failed_try(rows, account.id, now))
        tell_refused(account.therapist, "password", account.why_not)
        raise WrongPasswordError


async def _checked(services: Services, account: _Account, password: str) -> Checked:
    present = account.present_hash if services.settings.takes_passwords else None
    return await services.passwords.check(present, password)


def _email_or_nothing(email: str) -> str:
    try:
        return email_form(email)
    except DomainError:
        return ""


def _account_of(rows: AccountRows, email: str) -> _Account:
    therapist = rows.therapist_by_email(email)
    password = rows.password(NOBODY if therapist is None else therapist.id)
    return _Account(therapist=therapist, password=password)


def _fitting(rows: AccountRows, account: _Account, checked: Checked) -> Therapist | None:
    """Return whom a right password signs in, as things stand now; it may be renewed by that."""
    present = _Account(therapist=rows.therapist(account.id), password=rows.password(account.id))
    if not checked.is_right or present.present_hash != account.present_hash:
        return None
    if checked.renewed is not None and present.password is not None:
        rows.save_password(msgspec.structs.replace(present.password, hash=checked.renewed))
    return present.therapist


@contextmanager
def _counted(
    services: Services, browser: Browser, account: _Account, email: str
) -> Generator[None]:
    """Count a try of a password by address and by account, or known browser of that account."""
    at = tick(services)
    mark = services.known_browsers.mark_of(account.id, browser.known)
    key = secret_hash(email).hex() + ("" if mark is None else f"/{mark}")
    with services.tries.counted(browser.address, at), services.account_tries.counted(key, at):
        yield


# --- what all ways share --------------------------------------------------------------------------


def open_session(
    rows: AccountRows, therapist: Therapist, way: Way, browser: Browser, token: str, now: int
) -> None:
    """Open a session in place of the one that the browser brings, and tell of it.

    Args:
        rows: The account tables.
        therapist: Who.
        way: How they proved it.
        browser: Where.
        token: The session's.
        now: Server clock.
    """
    if browser.session:
        rows.drop_web_session(secret_hash(browser.session))
    open_web_session(rows, therapist, token, now, way=way, browser=browser.words)
    settle_failed_tries(rows, therapist.id)
    add_notice(rows, therapist.id, "signed_in", now, f"{way}: {browser.words}")


def entered(
    services: Services, browser: Browser, therapist: Therapist, way: Way, token: str
) -> Entered:
    """Log that somebody is signed in, and return what their browser keeps.

    Args:
        services: The server.
        browser: Where.
        therapist: Who.
        way: How they proved it.
        token: The session's.

    Returns:
        Who is signed in; the browser is a known one from now on.
    """
    log_fact(
        "sign_in",
        way=way,
        therapist=text_from_id(therapist.id),
        session=secret_hash(token).hex()[:16],
    )
    cookies = [services.web.cookie(token)]
    if services.known_browsers.mark_of(therapist.id, browser.known) is None:
        mark = services.randomness.token(MARK_BYTES)
        cookies.append(services.known_browsers.cookie(therapist.id, mark))
    if browser.session:
        services.bell.ring_access()
    return Entered(therapist=therapist, cookies=cookies)


@contextmanager
def told(therapist: Therapist | None, way: Way) -> Generator[None]:
    """Log a refusal of the block; wrong passwords log why by themselves."""
    try:
        yield
    except WrongPasswordError:
        raise
    except TrailmarkError as error:
        tell_refused(therapist, way, error.code)
        raise


def tell_refused(therapist: Therapist | None, way: Way, why: str) -> None:
    """Log that a try was refused, and why, which nobody else is told."""
    whose = {} if therapist is None else {"therapist": text_from_id(therapist.id)}
    log_fact("sign_in_refused", way=way, why=why, **whose)


def tick(services: Services) -> int:
    """Return the monotonic clock, by which tries are counted, milliseconds."""
    return services.clock.monotonic_ms()
