"""The account in words: every notice has some, and nothing is shown that others may not know."""

from typing import get_args

import pytest

from tests.support.languages import language_of
from tests.support.sign_in import DEMO, site_with
from trailmark_server.pages.account_view import account_of, has_own_way, words_of
from trailmark_server.sessions import SignedIn, open_web_session
from trailmark_server.storage.accounts import (
    AccountRows,
    NoticeKind,
    Passkey,
    Password,
    SecurityNotice,
)
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.words import speaking

NOW = 1_790_697_600_000
PASSWORD = Password(therapist=DEMO.id, hash="$argon2id$secret", changed_at=NOW)
KEY = Passkey(
    credential=b"key", therapist=DEMO.id, public_key=b"", sign_count=0, name="Phone", created_at=NOW
)
WHO = SignedIn(
    therapist=DEMO, session_hash=secret_hash("own"), form_token="", way="password", proved_at=NOW
)


KEPT: tuple[tuple[NoticeKind, str], ...] = (
    ("signed_in", "link: Firefox on Linux"),
    ("session_ended", "A browser on Mac"),
    ("session_ended", "A browser"),
)


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_every_notice_has_words(kind: NoticeKind) -> None:
    detail = "passkey: Firefox on Linux" if kind == "signed_in" else "Phone"
    notice = SecurityNotice(therapist=DEMO.id, number=1, kind=kind, detail=detail, at=NOW)
    words = words_of(notice)

    assert words[0].isupper()
    assert "{" not in words


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("link: Firefox on Linux", "Signed in by a link: Firefox on Linux"),
        ("passkey: Safari on iPhone", "Signed in by a passkey: Safari on iPhone"),
        ("password: A browser", "Signed in by your password: A browser"),
    ],
)
def test_sign_ins_say_how_and_where(detail: str, words: str) -> None:
    notice = SecurityNotice(therapist=DEMO.id, number=1, kind="signed_in", detail=detail, at=NOW)

    assert words == words_of(notice)


def test_browsers_are_told_in_the_language_of_the_reader() -> None:
    texts = {"{browser} on {system}": "{browser} sur {system}", "A browser": "Un navigateur"}
    told: list[str] = []
    with speaking(language_of(texts)):
        for kind, detail in KEPT:
            kept = SecurityNotice(therapist=DEMO.id, number=1, kind=kind, detail=detail, at=NOW)
            told.append(words_of(kept).partition(": ")[2])

    assert ["Firefox sur Linux", "Un navigateur sur Mac", "Un navigateur"] == told


async def test_an_account_shows_ways_browsers_and_what_is_possible() -> None:
    parts = await site_with(DEMO)

    def work(rows: AccountRows) -> None:
        open_web_session(rows, DEMO, "older", NOW, browser="Safari on iPhone")
        open_web_session(rows, DEMO, "own", NOW + 1, way="password", browser="")
        assert not has_own_way(rows, DEMO.id)
        rows.save_passkey(KEY)
        assert has_own_way(rows, DEMO.id)
        rows.save_password(PASSWORD)

    await parts.accounts.write(work)
    fresh = await parts.accounts.read(lambda rows: account_of(rows, WHO, NOW))
    stale = await parts.accounts.read(lambda rows: account_of(rows, WHO, NOW + limits.PROOF_MS))

    assert [("A browser", True), ("Safari on iPhone", False)] == [
        (each.words, each.is_this) for each in fresh.browsers
    ]
    assert [("Phone", "not used yet")] == [(each.name, each.used) for each in fresh.passkeys]
    assert (True, True, None) == (fresh.is_proved, fresh.asks_present, fresh.failed)
    assert fresh.password_since is not None
    assert (False, True) == (stale.is_proved, stale.asks_present)
    assert "secret" not in repr(fresh)
