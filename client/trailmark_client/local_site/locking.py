"""What the forms of the lock do: the store is let go, its files change, it is held again."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trailmark_adapters import ciphered_sqlite
from trailmark_adapters.randomness import Randomness
from trailmark_client.app import App
from trailmark_client.local_site.latch import Latch
from trailmark_client.local_site.worker import Worker
from trailmark_client.lock import Cost
from trailmark_client.passphrase import (
    USUAL,
    change_passphrase,
    forgotten,
    opens_by_code,
    remove_passphrase,
    set_passphrase,
    unlocked,
)
from trailmark_client.web import locking
from trailmark_client.web.asking import Asked, Told, UnknownChoiceError, go_on
from trailmark_client.web.desk import LockState
from trailmark_client.web.problems import problem_words
from trailmark_shared.errors import DomainError, ErrorCode, TrailmarkError
from trailmark_shared.words import gettext


class Locksmith:
    """Answers the forms of the lock."""

    def __init__(
        self,
        home: Path,
        far: Worker,
        latch: Latch,
        randomness: Randomness,
        cost: Cost = USUAL,
    ) -> None:
        """Take what is needed.

        Args:
            home: The folder of the person's data.
            far: The thread that may take a while.
            latch: What holds the store open.
            randomness: Chance.
            cost: Of trying one passphrase.
        """
        self._home = home
        self._far = far
        self._latch = latch
        self._randomness = randomness
        self._cost = cost

    async def in_front(self, asked: Asked) -> Told:
        """Answer where the store is shut: open it, or ask for what opens it."""
        if asked.method != "POST" or asked.path != locking.UNLOCK_PATH:
            return locking.shut(asked)
        try:
            key = await self._far.run_without(lambda: self._key(asked))
        except TrailmarkError as error:
            return locking.shut(msgspec.structs.replace(asked, problem=_words(error)))
        self._latch.open(key)
        return go_on(locking.safe_path(asked.typed("to")))

    def _key(self, asked: Asked) -> bytes | None:
        if asked.words("code") is None:
            return unlocked(self._home, asked.typed("passphrase"))
        code, following = asked.typed("code"), _twice(asked)
        return forgotten(self._home, code, following, self._randomness, self._cost)

    async def done(self, asked: Asked) -> Told | str:
        """Do what a form on the page of the lock says.

        Args:
            asked: The form.

        Returns:
            Where to go on, or in words why it could not be done.
        """
        try:
            return await self._done(asked)
        except TrailmarkError as error:
            return _words(error)

    async def _done(self, asked: Asked) -> Told:
        match asked.typed("deed"):
            case "now":
                await self._latch.shut()
                return go_on("/")
            case "set":
                following = _twice(asked)
                async with self._latch.released() as held:
                    held.key = await self._far.run_without(lambda: self._set(following))
                return go_on(f"{locking.PATH}?done=locked")
            case "change":
                following = _twice(asked)
                await self._far.run(lambda app: self._change(app, asked, following))
                return go_on(f"{locking.PATH}?done=relocked")
            case "remove":
                async with self._latch.released() as held:
                    await self._far.run_without(lambda: self._remove(asked))
                    held.key = None
                return go_on(f"{locking.PATH}?done=unlocked")
            case _:
                raise UnknownChoiceError

    def _set(self, following: str) -> bytes:
        return set_passphrase(self._home, following, self._randomness, self._cost)

    def _change(self, app: App, asked: Asked, following: str) -> None:
        change_passphrase(app, asked.typed("passphrase"), following, self._cost)

    def _remove(self, asked: Asked) -> None:
        remove_passphrase(self._home, asked.typed("passphrase"), self._randomness)


def lock_state(app: App) -> LockState:
    """Return what locks an open store."""
    if app.key is None:
        return "none" if ciphered_sqlite.is_installed() else "impossible"
    return "code" if opens_by_code(app.home) else "passphrase"


def _words(error: TrailmarkError) -> str:
    """Return what is said of an error here, where a code is no invitation."""
    match error.code:
        case ErrorCode.WRONG_CODE:
            return gettext(
                "This recovery code does not open this device. Compare it group by group."
            )
        case ErrorCode.STORAGE_UNAVAILABLE:
            return gettext(
                "Something else has the store open: a command, or other pages. Close it, then try "
                "again; nothing was changed."
            )
        case _:
            return problem_words(error)


def _twice(asked: Asked) -> str:
    """Return the new passphrase of a form.

    Raises:
        DomainError: ``invalid_input``: both differ.
    """
    following = asked.typed("following")
    if following != asked.typed("again"):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("these were two different passphrases; nothing was changed"),
        )
    return following
