"""Passkeys: what is asked, and that only a good answer is taken."""

import base64
import json
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest

from tests.support.authenticator import PRESENT, VERIFIED, Authenticator, text
from tests.support.stores import MemoryParts
from trailmark_server.storage.accounts import AccountRows, Passkey, Purpose, Therapist
from trailmark_server.therapists import passkeys
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode

WHO = Therapist(id=b"m" * 16, name="Dr Demo", email="demo@example.org", created_at=0)
SITE = passkeys.Site(id="trail.example.org", origin="https://trail.example.org")
CHALLENGE = b"c" * passkeys.CHALLENGE_BYTES
NOW = 1_700_000_000_000


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(SITE.origin)


@pytest.fixture
def kept(phone: Authenticator) -> Passkey:
    answer = phone.make(passkeys.wish(SITE, "Practice", WHO, CHALLENGE, []))
    return passkeys.checked_new(SITE, answer, CHALLENGE, WHO.id, "Phone", NOW)


def used(phone: Authenticator, kept: Passkey, **bent: Any) -> Passkey:  # noqa: ANN401
    answer = phone.use(passkeys.question(SITE, CHALLENGE), **bent)
    claim = passkeys.claim_of(answer)
    assert bent.get("challenge", text(CHALLENGE)) == text(claim.challenge)
    asked = passkeys.Claim(credential=claim.credential, challenge=CHALLENGE, owner=claim.owner)
    return passkeys.checked_use(SITE, answer, asked, kept, NOW + 1)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://trail.example.org", "trail.example.org"),
        ("https://Trail.Example.org:8443", "trail.example.org"),
        ("http://localhost:8740", "localhost"),
        ("http://a.localhost", "a.localhost"),
        ("http://trail.example.org", None),
        ("http://127.0.0.1:8740", None),
        ("https://127.0.0.1", None),
        ("https://[::1]:8740", None),
        ("http://localhost.example", None),
    ],
)
def test_passkeys_are_offered_where_browsers_know_them(url: str, site: str | None) -> None:
    found = passkeys.site_of(url)

    assert site == (None if found is None else found.id)


def test_a_wish_names_the_site_and_excludes_what_is_there(kept: Passkey) -> None:
    wish = json.loads(passkeys.wish(SITE, "Practice", WHO, CHALLENGE, [kept]))

    assert {"name": "Practice", "id": "trail.example.org"} == wish["rp"]
    assert (text(WHO.id), WHO.email, WHO.name) == (
        wish["user"]["id"],
        wish["user"]["name"],
        wish["user"]["displayName"],
    )
    assert {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"} \
        == wish["authenticatorSelection"]  # fmt: skip
    assert [text(kept.credential)] == [each["id"] for each in wish["excludeCredentials"]]
    assert limits.CHALLENGE_TTL_MS == wish["timeout"]


def test_a_question_wants_its_owner_verified(kept: Passkey) -> None:
    anybody = json.loads(passkeys.question(SITE, CHALLENGE))
    own = json.loads(passkeys.question(SITE, CHALLENGE, [kept]))

    assert ("trail.example.org", "required") == (anybody["rpId"], anybody["userVerification"])
    assert [] == anybody["allowCredentials"]
    assert [text(kept.credential)] == [each["id"] for each in own["allowCredentials"]]


def test_what_was_made_can_be_used(phone: Authenticator, kept: Passkey) -> None:
    found = used(phone, kept)

    assert (WHO.id, "Phone", NOW, 0) == (
        kept.therapist,
        kept.name,
        kept.created_at,
        kept.sign_count,
    )
    assert (kept.credential, NOW + 1) == (found.credential, found.used_at)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://trail.example.org.evil.example"},
        {"origin": "http://trail.example.org"},
        {"origin": "https://trail.example.org:444"},
        {"challenge": text(b"x" * 32)},
        {"type": "webauthn.create"},
        {"site": "evil.example"},
        {"signature": b"none"},
        {"owner": b"n" * 16},
    ],
)
def test_a_bent_answer_is_refused(
    phone: Authenticator, kept: Passkey, bent: dict[str, Any]
) -> None:
    with pytest.raises(passkeys.PasskeyRefusedError):
        used(phone, kept, **bent)


@pytest.mark.parametrize("flags", [0, PRESENT, VERIFIED])
def test_its_owner_was_there_and_verified(phone: Authenticator, kept: Passkey, flags: int) -> None:
    phone.flags = flags
    with pytest.raises(passkeys.PasskeyRefusedError):
        used(phone, kept)
    answer = phone.make(passkeys.wish(SITE, "Practice", WHO, CHALLENGE, []))
    with pytest.raises(passkeys.PasskeyRefusedError):
        passkeys.checked_new(SITE, answer, CHALLENGE, WHO.id, "Phone", NOW)


def test_another_key_is_not_this_passkey(kept: Passkey) -> None:
    with pytest.raises(passkeys.PasskeyRefusedError):
        used(Authenticator(SITE.origin, seed=8), kept)


def test_a_count_that_goes_back_is_a_copy(phone: Authenticator, kept: Passkey) -> None:
    phone.count = 5
    counted = used(phone, kept)
    assert 6 == counted.sign_count

    phone.count = 3
    with pytest.raises(passkeys.PasskeyRefusedError):
        used(phone, counted)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"challenge": text(b"x" * 32)},
        {"type": "webauthn.get"},
        {"site": "evil.example"},
    ],
)
def test_a_bent_new_one_is_refused(phone: Authenticator, bent: dict[str, str]) -> None:
    answer = phone.make(passkeys.wish(SITE, "Practice", WHO, CHALLENGE, []), **bent)
    with pytest.raises(passkeys.PasskeyRefusedError) as caught:
        passkeys.checked_new(SITE, answer, CHALLENGE, WHO.id, "Phone", NOW)

    assert ErrorCode.SIGN_IN_REFUSED == caught.value.code


def hostile() -> list[str]:
    """Answers that are none, each in another layer."""
    deep = "[" * 50_000
    client = base64.urlsafe_b64encode(b'{"type":1,"challenge":[],"origin":{}}').decode()
    shapes: list[Any] = [
        None,
        [],
        {},
        {"id": 1, "rawId": [], "type": {}, "response": "x"},
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": client,
                "authenticatorData": "AA",
                "attestationObject": "ow",
                "signature": "",
            },
        },
    ]
    return ["", "{", "\x00", "é", "\ud800", deep, *map(json.dumps, shapes)]


@pytest.mark.parametrize("answer", hostile())
def test_hostile_answers_are_refused(answer: str, kept: Passkey) -> None:
    claim = passkeys.Claim(credential=b"", challenge=CHALLENGE, owner=None)
    for read in (passkeys.claim_of, passkeys.challenge_of_new):
        with suppress(passkeys.PasskeyRefusedError):
            read(answer)
    for check in (
        lambda: passkeys.checked_use(SITE, answer, claim, kept, NOW),
        lambda: passkeys.checked_new(SITE, answer, CHALLENGE, WHO.id, "Phone", NOW),
    ):
        with pytest.raises(passkeys.PasskeyRefusedError):
            check()


def test_a_page_within_another_site_gets_no_answer_taken(phone: Authenticator) -> None:
    phone.is_framed = True
    for read, answer in (
        (passkeys.claim_of, phone.use(passkeys.question(SITE, CHALLENGE))),
        (
            passkeys.challenge_of_new,
            phone.make(passkeys.wish(SITE, "Practice", WHO, CHALLENGE, [])),
        ),
    ):
        with pytest.raises(passkeys.PasskeyRefusedError):
            read(answer)


def test_answers_are_bounded(phone: Authenticator, kept: Passkey) -> None:
    answer = phone.use(passkeys.question(SITE, CHALLENGE))
    longest = answer + " " * (limits.PASSKEY_ANSWER_CHARS_MAX - len(answer))

    assert kept.credential == passkeys.claim_of(longest).credential
    with pytest.raises(passkeys.PasskeyRefusedError):
        passkeys.claim_of(longest + " ")


async def test_a_challenge_is_good_once_for_what_it_was_given_for() -> None:
    session, other = b"s" * 32, b"o" * 32

    def work(rows: AccountRows) -> list[bool]:
        passkeys.keep_challenge(rows, CHALLENGE, "prove", session, NOW)
        first = passkeys.take_challenge(rows, CHALLENGE, "prove", session, NOW + 1)
        again = passkeys.take_challenge(rows, CHALLENGE, "prove", session, NOW + 1)
        wrong: list[bool] = []
        elsewhere: list[tuple[Purpose, bytes | None]] = [
            ("sign_in", None),
            ("add", session),
            ("prove", other),
        ]
        for purpose, whose in elsewhere:
            passkeys.keep_challenge(rows, CHALLENGE, "prove", session, NOW)
            wrong.append(passkeys.take_challenge(rows, CHALLENGE, purpose, whose, NOW))
        return [first, again, *wrong]

    assert [True, False, False, False, False] == await MemoryParts().accounts.write(work)


async def test_a_challenge_is_short_lived() -> None:
    def work(rows: AccountRows) -> list[bool]:
        taken: list[bool] = []
        ttl = limits.CHALLENGE_TTL_MS
        for wait in (ttl - 1, ttl, 1 - ttl, -ttl):  # a clock that was ahead is set right
            passkeys.keep_challenge(rows, CHALLENGE, "sign_in", None, NOW)
            taken.append(passkeys.take_challenge(rows, CHALLENGE, "sign_in", None, NOW + wait))
        return taken

    assert [True, False] * 2 == await MemoryParts().accounts.write(work)


async def test_only_so_many_challenges_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHALLENGES_MAX", 3)

    def work(rows: AccountRows) -> list[bool]:
        for number in range(4):
            passkeys.keep_challenge(rows, bytes([number]), "sign_in", None, NOW + number)
        return [rows.challenge(sha256(bytes([each])).digest()) is not None for each in range(4)]

    assert [False, True, True, True] == await MemoryParts().accounts.write(work)
