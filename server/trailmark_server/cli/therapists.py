"""``therapist …`` and ``invite``: accounts, one-time links and invitation codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
from cyclopts import Parameter

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import invitations
from trailmark_server.cli.folders import ACCOUNTS, present_folder
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_server.settings import data_folder, named_folder, told_url
from trailmark_server.storage.accounts import AccountRows, Therapist
from trailmark_server.stores import read_code_key, write_accounts
from trailmark_server.therapists import accounts
from trailmark_server.tokens import TOKEN_BYTES, token_text
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, ngettext

T = TypeVar("T")

_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000


def _write(shared: Shared, work: Callable[[AccountRows], T]) -> T:
    return write_accounts(present_folder(shared, ACCOUNTS), work, shared.databases)


def _url(shared: Shared, named: str | None) -> str:
    has_databases = shared.databases is not None
    return told_url(named_folder(shared.data), named, has_databases=has_databases)


def _show_link(shared: Shared, url: str, therapist: Therapist, token: str) -> None:
    link = f"{url}/enter/{token}"
    hours = limits.SIGN_IN_LINK_TTL_MS // _HOUR_MS
    show(
        ngettext(
            "Sign-in link for {name}, for one use within {n} hour:\n{link}",
            "Sign-in link for {name}, for one use within {n} hours:\n{link}",
            hours,
        ).format(name=therapist.name, n=hours, link=link),
        {"link": link, "email": therapist.email, "id": text_from_id(therapist.id)},
        as_json=shared.as_json,
    )


def add(
    name: str, /, *, email: str, public_url: str | None = None, shared: Shared = DEFAULTS
) -> None:
    """Add a therapist and print a one-time sign-in link.

    Args:
        name: What people will see.
        email: Names the account.
        public_url: Where people reach the server, if it is not as the data folder says.
        shared: Options of every command.
    """
    now, randomness = SystemClock.from_environment().now_ms(), SystemRandomness()
    token = token_text(randomness.token(TOKEN_BYTES))
    url, data = _url(shared, public_url), data_folder(shared.data)

    def work(rows: AccountRows) -> Therapist:
        therapist = accounts.add_therapist(
            rows, randomness.token(limits.ID_BYTES), name, email, now
        )
        accounts.add_sign_in_link(rows, therapist, token, now)
        return therapist

    _show_link(shared, url, write_accounts(data, work, shared.databases), token)


def link(
    *,
    email: str,
    forget_credentials: Annotated[bool, Parameter(negative="")] = False,
    public_url: str | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Print a new one-time sign-in link: after a loss, or where nothing else works.

    Args:
        email: Whose.
        forget_credentials: Drop password and passkeys of the account first, sign it out everywhere
            and void older links: for a lost or stolen device. Ask who is there before you do.
        public_url: Where people reach the server, if it is not as the data folder says.
        shared: Options of every command.
    """
    url = _url(shared, public_url)
    now = SystemClock.from_environment().now_ms()
    token = token_text(SystemRandomness().token(TOKEN_BYTES))

    def work(rows: AccountRows) -> Therapist:
        therapist = accounts.enabled_therapist(rows, email)
        if forget_credentials:
            accounts.forget_credentials(rows, therapist, now)
        accounts.add_sign_in_link(rows, therapist, token, now)
        return therapist

    _show_link(shared, url, _write(shared, work), token)


def list_all(*, shared: Shared = DEFAULTS) -> None:
    """List the therapists, and how each signs in."""
    found = _write(shared, lambda rows: [(row, _ways(rows, row)) for row in rows.therapists()])
    lines = [
        f"{row.email}  {row.name}  {ways}"
        + ("" if row.disabled_at is None else "  " + gettext("(disabled)"))
        for row, ways in found
    ]
    values = [
        {
            "id": text_from_id(row.id),
            "name": row.name,
            "email": row.email,
            "disabled": row.disabled_at is not None,
            "password": ways.password,
            "passkeys": ways.passkeys,
        }
        for row, ways in found
    ]
    words = "\n".join(lines) or gettext(
        "No therapists yet: trailmark-server therapist add NAME --email E"
    )
    show(words, {"therapists": values}, as_json=shared.as_json)


class _Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How a therapist signs in besides links."""

    password: bool
    passkeys: int

    def __str__(self) -> str:
        ways = [gettext("password")] if self.password else []
        if self.passkeys:
            keys = ngettext("{n} passkey", "{n} passkeys", self.passkeys)
            ways.insert(0, keys.format(n=self.passkeys))
        return ", ".join(ways) or gettext("links only")


def _ways(rows: AccountRows, row: Therapist) -> _Ways:
    return _Ways(password=rows.password(row.id) is not None, passkeys=len(rows.passkeys(row.id)))


def _set_disabled(email: str, shared: Shared, *, disabled: bool) -> None:
    now = SystemClock.from_environment().now_ms()
    row = _write(shared, lambda rows: accounts.set_disabled(rows, email, now, disabled=disabled))
    words = gettext("{email} is disabled.") if disabled else gettext("{email} is enabled.")
    show(
        words.format(email=row.email),
        {"email": row.email, "disabled": disabled},
        as_json=shared.as_json,
    )


def disable(*, email: str, shared: Shared = DEFAULTS) -> None:
    """Disable a therapist's account: signed out at once, nothing can be read any more.

    Args:
        email: Whose.
        shared: Options of every command.
    """
    _set_disabled(email, shared, disabled=True)


def enable(*, email: str, shared: Shared = DEFAULTS) -> None:
    """Enable a disabled account again.

    Args:
        email: Whose.
        shared: Options of every command.
    """
    _set_disabled(email, shared, disabled=False)


def invite(
    *,
    therapist: str,
    label: str = "",
    confirmed: bool = False,
    public_url: str | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Print an invitation code for one person.

    Args:
        therapist: The therapist's email.
        label: What the therapist calls the person.
        confirmed: Vouch for the person: the therapist need not confirm.
        public_url: Where people reach the server, if it is not as the data folder says.
        shared: Options of every command.
    """
    import asyncio

    url = _url(shared, public_url)
    now, randomness = SystemClock.from_environment().now_ms(), SystemRandomness()
    key = asyncio.run(read_code_key(present_folder(shared, ACCOUNTS), randomness, shared.databases))

    def work(rows: AccountRows) -> tuple[str, Therapist]:
        row = accounts.enabled_therapist(rows, therapist)
        code, _ = invitations.invite(
            lambda code: invitations.add_invitation(
                rows, row, code, now, label=label, confirmed=confirmed
            ),
            key,
            lambda: randomness.token(invitations.CODE_RANDOM_BYTES),
        )
        return code, row

    code, row = _write(shared, work)
    link = invitations.invitation_link(url, code)
    minutes = limits.INVITATION_TTL_MS // _MINUTE_MS
    command = f"trailmark connect {url} {code}"
    show(
        ngettext(
            "{name} invites you to Trailmark. Within {n} minute, run:\n\n    {command}\n",
            "{name} invites you to Trailmark. Within {n} minutes, run:\n\n    {command}\n",
            minutes,
        ).format(name=row.name, n=minutes, command=command),
        {
            "code": code,
            "url": url,
            "command": command,
            "link": link,
            "expires_at": now + limits.INVITATION_TTL_MS,
            "confirmed": confirmed,
        },
        as_json=shared.as_json,
    )
    if sys.stdout.isatty() and not shared.as_json:
        _draw(link)


def _draw(link: str) -> None:
    """Draw what a camera reads; a terminal shows it dark on light whatever its colours."""
    import segno

    segno.make(link, error="m", micro=False).terminal(compact=True)
