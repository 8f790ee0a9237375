"""What the account page shows: how somebody signs in, where they are signed in, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.members.dates import moment_words
from trailmark_server.sessions import SignedIn, live_web_sessions
from trailmark_server.storage.accounts import (
    AccountRows,
    NoticeKind,
    Passkey,
    SecurityNotice,
    Way,
    WebSession,
)
from trailmark_server.therapists.browsers import browser_words
from trailmark_server.therapists.own_account import has_proved, may_skip_present_password
from trailmark_shared.words import Texts, gettext, marked

_WAYS: Final[Mapping[Way, str]] = Texts(
    {"link": marked("a link"), "passkey": marked("a passkey"), "password": marked("your password")}
)

_NOTICES: Final[Mapping[NoticeKind, str]] = Texts(
    {
        "failed_tries": marked("Wrong passwords before you signed in: {detail}"),
        "password_set": marked("Password set"),
        "password_changed": marked("Password changed; all other browsers were signed out"),
        "passkey_added": marked("Passkey added: {detail}"),
        "passkey_renamed": marked("Passkey renamed: {detail}"),
        "passkey_removed": marked("Passkey removed: {detail}"),
        "session_ended": marked("Signed out from here: {detail}"),
        "signed_out_everywhere": marked("Signed out everywhere"),
        "link_made": marked("Whoever runs this server made a sign-in link for you"),
        "credentials_forgotten": (
            marked("Whoever runs this server removed your password and passkeys and signed you out")
        ),
        "account_disabled": marked("Whoever runs this server disabled your account"),
        "account_enabled": marked("Whoever runs this server enabled your account again"),
    }
)


class PasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey in the list; ``id`` goes into forms."""

    id: str
    name: str
    added: str
    used: str


class BrowserView(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser in the list; ``id`` goes into forms, ``is_this``: the one that looks."""

    id: str
    words: str
    way: str
    since: str
    seen: str
    is_this: bool


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    words: str
    when: str


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The account page.

    Attributes:
        name: What people see.
        email: Names the account.
        password_since: When the password was set, or ``None`` where there is none.
        passkeys: In the order in which they were added.
        browsers: Where the therapist is signed in, the latest first.
        notices: What happened, the latest first.
        failed: How many wrong passwords came since the last sign-in, in words, or ``None``.
        is_proved: Changes are possible now.
        asks_present: A new password needs the present one.
    """

    name: str
    email: str
    password_since: str | None
    passkeys: Sequence[PasskeyView]
    browsers: Sequence[BrowserView]
    notices: Sequence[NoticeView]
    failed: str | None
    is_proved: bool
    asks_present: bool


def account_of(rows: AccountRows, signed_in: SignedIn, now: int) -> Account:
    """Return what the account page shows to whom it belongs.

    Args:
        rows: The account tables.
        signed_in: Who looks.
        now: Server clock.
    """
    whose = signed_in.therapist
    password, tries = rows.password(whose.id), rows.failed_tries(whose.id)
    way, proved_at = signed_in.way, signed_in.proved_at
    live = live_web_sessions(rows, whose.id, now)
    count = 0 if tries is None else tries.count
    return Account(
        name=whose.name,
        email=whose.email,
        password_since=None if password is None else moment_words(password.changed_at),
        passkeys=[_passkey(each) for each in rows.passkeys(whose.id)],
        browsers=[_browser(each, signed_in) for each in reversed(live)],
        notices=[
            NoticeView(words=words_of(n), when=moment_words(n.at)) for n in rows.notices(whose.id)
        ],
        failed=gettext("Wrong passwords since you signed in: {n}").format(n=count)
        if count
        else None,
        is_proved=has_proved(proved_at, now),
        asks_present=password is not None and not may_skip_present_password(way, proved_at, now),
    )


def has_own_way(rows: AccountRows, therapist: bytes) -> bool:
    """Say whether a therapist could sign in again without a link."""
    return rows.password(therapist) is not None or bool(rows.passkeys(therapist))


def words_of(notice: SecurityNotice) -> str:
    """Return a notice in words."""
    if notice.kind == "signed_in":
        way, _, browser = notice.detail.partition(": ")
        return gettext("Signed in by {way}: {browser}").format(
            way=_WAYS.get(_way(way), way), browser=browser_words(browser)
        )
    detail = browser_words(notice.detail) if notice.kind == "session_ended" else notice.detail
    return _NOTICES[notice.kind].format(detail=detail)


def _way(text: str) -> Way:
    return "link" if text == "link" else "passkey" if text == "passkey" else "password"


def _passkey(row: Passkey) -> PasskeyView:
    used = (
        gettext("not used yet")
        if row.used_at is None
        else gettext("last used {time}").format(time=moment_words(row.used_at))
    )
    return PasskeyView(
        id=row.credential.hex(), name=row.name, added=moment_words(row.created_at), used=used
    )


def _browser(row: WebSession, signed_in: SignedIn) -> BrowserView:
    return BrowserView(
        id=row.hash.hex(),
        words=browser_words(row.browser),
        way=_WAYS[row.way],
        since=moment_words(row.created_at),
        seen=moment_words(row.seen_at),
        is_this=row.hash == signed_in.session_hash,
    )
