"""Passwords: what is taken, how it is compared, and that the loop does not wait for it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

import pytest
from argon2 import extract_parameters, profiles
from zxcvbn_rs_py import zxcvbn

from tests.support.passwords import GOOD, quick_hasher, quick_passwords
from trailmark_server.therapists.passwords import Passwords, form_of, own_words, problem_with
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError

OWN = own_words("Dr Ömer Demo", "omer.demo@practice.example", "Quiet Harbour")


class GatedHasher:
    """Compares nothing until it is let; says how many compare at once."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.at_once = 0
        self.most = 0
        self._lock = threading.Lock()

    def hash(self, _: object) -> str:
        return "kept"

    def check_needs_rehash(self, _: str) -> bool:
        return False

    def verify(self, _: str, __: bytes) -> bool:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.gate.wait(30)
        with self._lock:
            self.at_once -= 1
        return True


@pytest.fixture
def gated() -> Iterator[tuple[Passwords, GatedHasher]]:
    hasher = GatedHasher()
    yield Passwords(cast("Any", hasher)), hasher
    hasher.gate.set()


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "Mira malt sonntags gern",
        "чайник поёт на рассвете",
        "縁側で猫が三匹あくびをしている午後",
        "x" + "7mQ!" * 4 + "kV2&zT",
        "pq8 " * 3 + "лёд und 🦊 bleiben",
    ],
)
def test_any_characters_are_taken(password: str) -> None:
    assert problem_with(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "at least 15"),
        ("kV2&zT 7mQ! pq", "at least 15"),
        ("a" * (limits.PASSWORD_CHARS_MAX + 1), "at most 128"),
        ("passwordpassword1", "too easy"),
        ("aaaaaaaaaaaaaaaaaaaa", "too easy"),
        ("qwertyuiopasdfghjkl", "too easy"),
        ("123456789012345678", "too easy"),
        ("\ud800" * 20, "too easy"),
        ("correct horse battery staple", "try first"),
        ("Trailmark2026Trailmark!", "try first"),
        ("omer.demo@practice.example", "try first"),
        ("DR O\u0308MER DEMO DR O\u0308MER", "try first"),
        ("Quiet-Harbour-2026!", "try first"),
    ],
)
def test_what_others_would_guess_is_refused(password: str, words: str) -> None:
    problem = problem_with(password, OWN)

    assert problem is not None
    assert words in problem
    assert password == "" or password not in problem


def test_bounds_are_those_of_the_limits() -> None:
    shortest, longest = limits.PASSWORD_CHARS_MIN, limits.PASSWORD_CHARS_MAX
    good = "7mQ!kV2&zT#pL9-xR4" * 8

    assert problem_with(good[: shortest - 1], ()) is not None
    assert problem_with(good[:shortest], ()) is None
    assert problem_with(good[:longest], ()) is None
    assert problem_with(good[: longest + 1], ()) is not None


def test_a_password_takes_as_many_guesses_as_the_limits_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enough = int(zxcvbn(GOOD).guesses_log10)
    assert enough >= limits.PASSWORD_GUESSES_LOG10_MIN

    monkeypatch.setattr(limits, "PASSWORD_GUESSES_LOG10_MIN", enough)
    assert problem_with(GOOD, ()) is None
    monkeypatch.setattr(limits, "PASSWORD_GUESSES_LOG10_MIN", enough + 1)
    assert "too easy" in (problem_with(GOOD, ()) or "")


def test_only_the_beginning_of_a_long_one_is_judged() -> None:
    guessable = "a" * limits.PASSWORD_CHARS_JUDGED

    assert problem_with(guessable + "kV2&zT 7mQ! pL9-xR4", ()) is not None


def test_few_characters_besides_own_words_are_too_few() -> None:
    rest = "kV2&zT7m"

    assert limits.PASSWORD_REST_CHARS_MIN == len(rest)
    assert problem_with(f"practice {rest}", OWN) is None
    assert problem_with(f"practice {rest[1:]}", OWN) is not None


async def test_two_ways_to_type_a_letter_are_one_password() -> None:
    passwords = quick_passwords()
    kept = await passwords.hash("fünf müde Füchse")

    assert (await passwords.check(kept, "fu\u0308nf mu\u0308de Fu\u0308chse")).is_right
    assert not (await passwords.check(kept, "funf mude Fuchse")).is_right


async def test_nothing_is_cut_off() -> None:
    passwords = quick_passwords()
    longest = "ab cd" * 25 + "end"
    kept = await passwords.hash(longest)

    assert limits.PASSWORD_CHARS_MAX == len(longest)
    assert (await passwords.check(kept, longest)).is_right
    assert not (await passwords.check(kept, longest + "x")).is_right
    assert not (await passwords.check(kept, longest[:-1])).is_right
    assert not (await passwords.check(kept, longest + "x" * 100_000)).is_right


def test_a_long_run_of_marks_is_cut_before_it_is_composed() -> None:
    assert limits.PASSWORD_CHARS_MAX + 1 == len(form_of("a" + "\u0345\u0301" * 200_000))


async def test_kept_ones_are_argon2id_with_the_second_option_of_rfc_9106() -> None:
    passwords = Passwords()
    kept = await passwords.hash(GOOD)

    assert profiles.RFC_9106_LOW_MEMORY == extract_parameters(kept)
    assert profiles.RFC_9106_LOW_MEMORY == extract_parameters(passwords.nobodys)
    assert (await passwords.check(kept, GOOD)).is_right


async def test_who_has_none_is_compared_too_and_never_right() -> None:
    passwords = quick_passwords()

    assert not (await passwords.check(None, GOOD)).is_right
    assert not (await passwords.check(None, "")).is_right
    assert not (await passwords.check("damaged", GOOD)).is_right


async def test_older_parameters_are_renewed_by_a_right_password_only() -> None:
    older, today = Passwords(quick_hasher(2)), quick_passwords()
    kept = await older.hash(GOOD)
    right, wrong = await today.check(kept, GOOD), await today.check(kept, "wrong")

    assert (True, False, None) == (right.is_right, wrong.is_right, wrong.renewed)
    assert right.renewed is not None
    assert 1 == extract_parameters(right.renewed).time_cost
    assert (await today.check(right.renewed, GOOD)).renewed is None


async def test_the_loop_goes_on_and_few_compare_at_once(
    gated: tuple[Passwords, GatedHasher],
) -> None:
    passwords, hasher = gated
    tries = [asyncio.create_task(passwords.check("kept", "x")) for _ in range(8)]
    await asyncio.sleep(0)
    assert not any(each.done() for each in tries)
    hasher.gate.set()

    assert all(each.is_right for each in await asyncio.gather(*tries))
    assert 0 < hasher.most <= limits.PASSWORD_CHECKS_AT_ONCE


async def test_who_hangs_up_gives_no_further_thread(gated: tuple[Passwords, GatedHasher]) -> None:
    passwords, hasher = gated
    for _ in range(2 * limits.PASSWORD_CHECKS_AT_ONCE):
        task = asyncio.create_task(passwords.check("kept", "x"))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    last = asyncio.create_task(passwords.check("kept", "x"))
    await asyncio.sleep(0)
    hasher.gate.set()

    assert (await last).is_right
    assert hasher.most <= limits.PASSWORD_CHECKS_AT_ONCE


async def test_more_than_can_wait_are_sent_away(gated: tuple[Passwords, GatedHasher]) -> None:
    passwords, hasher = gated
    waiting = [
        asyncio.create_task(passwords.check("kept", "x"))
        for _ in range(limits.PASSWORD_CHECKS_WAITING_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(RefusedError) as caught:
        await passwords.check("kept", "x")
    hasher.gate.set()
    await asyncio.gather(*waiting)

    assert (ErrorCode.OVERLOADED, "later") == (caught.value.code, caught.value.retry)
    assert (await passwords.check("kept", "x")).is_right


async def test_judging_is_done_beside_the_loop_too() -> None:
    assert await quick_passwords().problem_with("short", ()) is not None
    assert await quick_passwords().problem_with(GOOD, OWN) is None


def test_own_words_are_the_longest_first_and_short_ones_left_out() -> None:
    assert ["drömerdemo", "ömer"] == [word for word in OWN if "ömer" in word]
    assert "dr" not in OWN
