"""``/account``: how a therapist signs in, where they are signed in, and what happened to that.

Whoever changes something here proved within ten minutes who they are. After each change the session
has a fresh token, and open pages of ended sessions are told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect

from trailmark_server.http.problems import problem
from trailmark_server.logs import log_fact
from trailmark_server.pages.account_view import account_of
from trailmark_server.pages.enter import SIGNED_OUT_PATH
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import GOODBYE, SignedIn
from trailmark_server.sign_in import passkey_way, ways
from trailmark_server.storage.accounts import AccountRows, Purpose
from trailmark_server.therapists import own_account
from trailmark_server.therapists.passkeys import site_of
from trailmark_server.therapists.passwords import own_words
from trailmark_shared import limits
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    LimitExceededError,
    TrailmarkError,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

ACCOUNT_PATH: Final = "/account"

_Request = Request[Any, Any, Any]
_Answer = Response[str] | Redirect


@get(ACCOUNT_PATH)
async def show_account(request: _Request, services: InjectedServices) -> Response[str]:
    """Show the account of the therapist who is signed in."""
    return await _page(services, await services.web.require(request, services.now()))


@post(f"{ACCOUNT_PATH}/proof", status_code=303)
async def prove_by_password(request: _Request, services: InjectedServices) -> _Answer:
    """Prove once more by a password who is there."""
    signed_in, fields = await signed_in_form(request, services)
    browser = ways.browser_of(services, request)
    try:
        cookie = await ways.prove_by_password(
            services, browser, signed_in, fields.get("password", "")
        )
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)
    return _done(services, cookie)


@post(f"{ACCOUNT_PATH}/proof/passkey/challenge", status_code=200)
async def ask_for_proof(request: _Request, services: InjectedServices) -> Response[str]:
    """Give out a challenge for one of the therapist's own passkeys."""
    return await _challenge(request, services, "prove")


@post(f"{ACCOUNT_PATH}/proof/passkey", status_code=303)
async def prove_by_passkey(request: _Request, services: InjectedServices) -> _Answer:
    """Prove once more by a passkey who is there."""
    signed_in, fields = await signed_in_form(request, services)
    browser = ways.browser_of(services, request)
    try:
        cookie = await passkey_way.prove_by_passkey(
            services, browser, signed_in, fields.get("answer", "")
        )
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)
    return _done(services, cookie)


@post(f"{ACCOUNT_PATH}/password", status_code=303)
async def set_password(request: _Request, services: InjectedServices) -> _Answer:
    """Set or change the password."""
    signed_in, fields = await signed_in_form(request, services)
    browser = ways.browser_of(services, request)
    new, present = fields.get("new", ""), fields.get("present", "")
    try:
        await _check_new(services, signed_in, new, fields.get("again", ""))
        is_present_checked = bool(present)
        if is_present_checked:
            await ways.check_present_password(services, browser, signed_in, present)
        hash_ = await services.passwords.hash(new)
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)

    def work(rows: AccountRows, token: str, now: int) -> None:
        session = own_account.session_for_password(
            rows, signed_in, now, is_present_checked=is_present_checked
        )
        own_account.set_password(rows, signed_in, session, hash_, token, now)

    return await _changed(services, signed_in, "password", work)


@post(f"{ACCOUNT_PATH}/passkeys/challenge", status_code=200)
async def ask_for_new_passkey(request: _Request, services: InjectedServices) -> Response[str]:
    """Give out a challenge for a new passkey."""
    return await _challenge(request, services, "add")


@post(f"{ACCOUNT_PATH}/passkeys", status_code=303)
async def add_passkey(request: _Request, services: InjectedServices) -> _Answer:
    """Keep a new passkey."""
    signed_in, fields = await signed_in_form(request, services)
    try:
        passkey = await passkey_way.new_passkey(
            services, signed_in, fields.get("answer", ""), fields.get("name", "")
        )
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)
    return await _changed(
        services,
        signed_in,
        "passkey_added",
        lambda rows, token, now: own_account.add_passkey(rows, signed_in, passkey, token, now),
    )


@post(f"{ACCOUNT_PATH}/passkeys/rename", status_code=303)
async def rename_passkey(request: _Request, services: InjectedServices) -> _Answer:
    """Call a passkey something else."""
    signed_in, fields = await signed_in_form(request, services)
    credential, name = _bytes(fields.get("passkey", "")), fields.get("name", "")

    def work(rows: AccountRows, token: str, now: int) -> None:
        own_account.rename_passkey(rows, signed_in, credential, name, token, now)

    return await _changed(services, signed_in, "passkey_renamed", work)


@post(f"{ACCOUNT_PATH}/passkeys/remove", status_code=303)
async def remove_passkey(request: _Request, services: InjectedServices) -> _Answer:
    """Forget a passkey."""
    signed_in, fields = await signed_in_form(request, services)
    credential = _bytes(fields.get("passkey", ""))

    def work(rows: AccountRows, token: str, now: int) -> None:
        own_account.remove_passkey(rows, signed_in, credential, token, now)

    return await _changed(services, signed_in, "passkey_removed", work)


@post(f"{ACCOUNT_PATH}/browsers/end", status_code=303)
async def end_session(request: _Request, services: InjectedServices) -> _Answer:
    """Sign one browser out."""
    signed_in, fields = await signed_in_form(request, services)
    ended = _bytes(fields.get("browser", ""))

    def work(rows: AccountRows, token: str, now: int) -> None:
        own_account.end_session(rows, signed_in, ended, token, now)

    return await _changed(services, signed_in, "session_ended", work)


@post(f"{ACCOUNT_PATH}/browsers/end-all", status_code=303)
async def end_all_sessions(request: _Request, services: InjectedServices) -> _Answer:
    """Sign all browsers out, this one included."""
    signed_in, _ = await signed_in_form(request, services)
    now = services.now()
    try:
        await services.accounts.write(
            lambda rows: own_account.end_all_sessions(rows, signed_in, now)
        )
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)
    _tell(signed_in, "signed_out_everywhere")
    services.bell.ring_access()
    return Redirect(
        SIGNED_OUT_PATH,
        status_code=303,
        cookies=[services.web.expired_cookie()],
        headers=GOODBYE,
    )


# --- what they share ------------------------------------------------------------------------------


async def _challenge(request: _Request, services: Services, purpose: Purpose) -> Response[str]:
    signed_in, _ = await signed_in_form(request, services)
    if purpose == "add" and not own_account.has_proved(signed_in.proved_at, services.now()):
        raise own_account.ProofNeededError
    browser = ways.browser_of(services, request)
    asked = await passkey_way.ask_passkey(services, browser, purpose, signed_in)
    return Response(asked, media_type=MediaType.JSON)


async def _check_new(services: Services, signed_in: SignedIn, new: str, again: str) -> None:
    if not services.settings.takes_passwords:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("No passwords are taken here; add a passkey.")
        )
    if new != again:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("The two new passwords differ."))
    whose = signed_in.therapist
    words = own_words(whose.name, whose.email, services.settings.name)
    wrong = await services.passwords.problem_with(new, words)
    if wrong is not None:
        raise DomainError(ErrorCode.INVALID_INPUT, wrong)


async def _changed(
    services: Services,
    signed_in: SignedIn,
    what: str,
    work: Callable[[AccountRows, str, int], None],
) -> _Answer:
    """Change something in one transaction, or show what is wrong."""
    token, now = ways.fresh_token(services), services.now()
    try:
        await services.accounts.write(lambda rows: work(rows, token, now))
    except TrailmarkError as error:
        return await _refused(services, signed_in, error)
    _tell(signed_in, what)
    return _done(services, services.web.cookie(token))


def _tell(signed_in: SignedIn, what: str) -> None:
    log_fact("account_changed", therapist=text_from_id(signed_in.therapist.id), change=what)


def _done(services: Services, cookie: Cookie) -> Redirect:
    """Lead back with the session's next cookie; open pages of ended sessions are told."""
    services.bell.ring_access()
    return Redirect(ACCOUNT_PATH, status_code=303, cookies=[cookie])


async def _refused(services: Services, signed_in: SignedIn, error: TrailmarkError) -> Response[str]:
    if error.code == ErrorCode.NOT_SIGNED_IN:
        raise error
    words = error.message
    if isinstance(error, LimitExceededError):
        words = gettext("You have {n} passkeys, which is the most. Remove one first.").format(
            n=limits.PASSKEYS_MAX
        )
    return await _page(services, signed_in, problem(error.code, "").status, words)


async def _page(
    services: Services, signed_in: SignedIn, status: int = 200, problem_words: str | None = None
) -> Response[str]:
    now = services.now()
    account = await services.accounts.read(lambda rows: account_of(rows, signed_in, now))
    return page(
        "account.html",
        signed_in,
        status,
        account=account,
        has_passkeys=site_of(services.settings.public_url) is not None,
        takes_passwords=services.settings.takes_passwords,
        password_chars_min=limits.PASSWORD_CHARS_MIN,
        problem=problem_words,
    )


def _bytes(text: str) -> bytes:
    """Return what a form's hidden field names; what it is not names nothing."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
