"""Passwords of therapists: which are taken, and how they are kept and compared.

They are kept as Argon2id with the second recommended option of RFC 9106 (64 MiB, three passes,
four lanes). That takes a quarter of a second of a core, so it is done in a few threads of its own:
the loop goes on, and neither many tries at once nor peers that hang up can occupy the machine.

Any characters are taken, none are demanded. What is refused is what somebody would guess: common
words and patterns, and the words of one's own name and address (NIST SP 800-63B, section 3.1.1.2).
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import msgspec
from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn_rs_py import zxcvbn

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext

T = TypeVar("T")

_NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$lqo4OcZMr38++QVGdOMraA$/RmQy52FFA3t3UerJ56OG6ALHIWnHS7H1AZsK2NBNrs"
)
"""The hash of a random password that was thrown away: what accounts without one are compared with,
so that they take as long as others."""

_COMMON: Final = ("trailmark", "correcthorsebatterystaple", "correct horse battery staple")
"""Words of this product, and passwords that are famous for being good."""

_WORD_CHARS_MIN: Final = 3


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of comparing a password.

    Attributes:
        is_right: It is the one that is kept.
        renewed: Its hash under today's parameters, where the kept one has others.
    """

    is_right: bool
    renewed: str | None = None


def form_of(password: str) -> str:
    """Return a password as it is hashed: in Unicode's composed form.

    Two keyboards may send one "é" in two ways. What is longer than any password that was ever taken
    is cut behind the bound: it can equal none. It is cut before it is composed, too, because that
    takes the square of the time for long runs of marks; no character is composed of more than four.
    """
    longest = limits.PASSWORD_CHARS_MAX + 1
    return unicodedata.normalize("NFC", password[: 4 * longest])[:longest]


def own_words(*texts: str) -> list[str]:
    """Return the words that a password must not be built from.

    Args:
        texts: Name and email of the therapist, name of the server.

    Returns:
        Their words in lower case, the longest first.
    """
    found: set[str] = set()
    for text in texts:
        folded = unicodedata.normalize("NFC", text).casefold()
        bare = "".join(each if each.isalnum() else " " for each in folded)
        found.update([*bare.split(), "".join(bare.split())])
    kept = [word for word in found if len(word) >= _WORD_CHARS_MIN]
    return sorted(kept, key=lambda word: (-len(word), word))


def problem_with(password: str, words: Iterable[str]) -> str | None:
    """Return what is wrong with a new password, as one sentence, or ``None``.

    Args:
        password: As it was typed; it does not appear in the sentence.
        words: From ``own_words``.
    """
    form = form_of(password)
    if len(form) < limits.PASSWORD_CHARS_MIN:
        return gettext(
            "A password has at least {n} characters; a few words that belong together only for "
            "you are easy to keep in mind."
        ).format(n=limits.PASSWORD_CHARS_MIN)
    if len(form) > limits.PASSWORD_CHARS_MAX:
        return gettext("A password has at most {n} characters.").format(n=limits.PASSWORD_CHARS_MAX)
    words = list(words)
    if _rest_without(form, words) < limits.PASSWORD_REST_CHARS_MIN:
        return gettext(
            "This password is built from words that others would try first; choose other words."
        )
    judged = form[: limits.PASSWORD_CHARS_JUDGED]
    told = zxcvbn(judged.encode("utf-8", "replace").decode(), [*_COMMON, *words])
    if told.guesses_log10 < limits.PASSWORD_GUESSES_LOG10_MIN:
        return gettext(
            "This password is too easy to guess; add words that nobody else would put together."
        )
    return None


def _rest_without(form: str, words: Iterable[str]) -> int:
    """Return how many characters are left without own words; all of them where it has none."""
    rest = form.casefold()
    for word in (*words, *_COMMON):
        rest = rest.replace(word, " ")
    is_same = rest == form.casefold()
    return len(form) if is_same else len("".join(rest.split()))


class Passwords:
    """Hashes and compares passwords beside the loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use the project's parameters, or those of ``hasher``."""
        self._hasher = hasher or PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._nobodys = _NOBODYS if hasher is None else hasher.hash("")
        self._threads = ThreadPoolExecutor(limits.PASSWORD_CHECKS_AT_ONCE, "passwords")
        self._waiting = 0

    @property
    def nobodys(self) -> str:
        """The hash that accounts without a password are compared with."""
        return self._nobodys

    async def check(self, kept: str | None, password: str) -> Checked:
        """Compare a password with what is kept; takes as long where nothing is.

        Returns:
            What came of it; never right where nothing is kept.

        Raises:
            RefusedError: ``overloaded``: too many wait already.
        """
        checked = await self._beside(lambda: self._check(kept or self._nobodys, password))
        return checked if kept is not None else Checked(is_right=False)

    async def hash(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            RefusedError: ``overloaded``: too many wait already.
        """
        return await self._beside(lambda: self._hasher.hash(_bytes(password)))

    async def problem_with(self, password: str, words: Iterable[str]) -> str | None:
        """Return what is wrong with a new password, as one sentence, or ``None``.

        Args:
            password: As it was typed.
            words: From ``own_words``.

        Raises:
            RefusedError: ``overloaded``: too many wait already.
        """
        return await self._beside(lambda: problem_with(password, words))

    def _check(self, kept: str, password: str) -> Checked:
        try:
            self._hasher.verify(kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return Checked(is_right=False)
        is_old = self._hasher.check_needs_rehash(kept)
        return Checked(
            is_right=True, renewed=self._hasher.hash(_bytes(password)) if is_old else None
        )

    async def _beside(self, work: Callable[[], T]) -> T:
        if self._waiting >= limits.PASSWORD_CHECKS_WAITING_MAX:
            raise RefusedError(
                ErrorCode.OVERLOADED, gettext("the server is busy; try again in a minute"), "later"
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _bytes(password: str) -> bytes:
    return form_of(password).encode("utf-8", "surrogatepass")
