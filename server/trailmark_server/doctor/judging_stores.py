"""What facts about the two stores of a server mean: each check says which one it is about."""

from __future__ import annotations

from typing import Final, Literal

from trailmark_server.doctor.judging import Check, State
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.words import gettext, ngettext

SQLITE_OLDEST: Final = (3, 40, 0)
POSTGRES_OLDEST: Final = 150_000

Where = Literal["file", "marked", "postgres"]
"""In a file; in one of a folder that is marked (moved, not restored yet); in PostgreSQL."""


def database(
    name: str,
    version: str,
    *,
    is_too_old: bool,
    is_standby: bool = False,
    is_durable: bool = True,
) -> Check:
    """Judge the database under a store, ``log`` or ``keys``, that has answered."""
    if is_standby:
        words = gettext("{version}, a standby: it can only be read")
        advice = gettext("name the database that it follows, or promote it")
    elif not is_durable:
        words = gettext("{version} confirms what is not on the disk yet")
        advice = gettext("set fsync and synchronous_commit to on: else what was sent can be lost")
    elif is_too_old:
        words = gettext("{version} is too old")
        advice = gettext("upgrade to PostgreSQL 15 or SQLite 3.40")
    else:
        words, advice = "{version}", ""
    return Check(
        name=f"database_{name}",
        state="bad" if advice else "ok",
        words=_of(name, words.format(version=version)),
        advice=advice,
    )


def unreachable(name: str, error: TrailmarkError, where: Where) -> Check:
    """Say that a store cannot be looked at.

    Args:
        name: ``log`` or ``keys``.
        error: Why not.
        where: Where it is.

    Returns:
        How it is.
    """
    if error.code is ErrorCode.CORRUPT_LOG:
        advice = gettext("see to the disk, then put a backup back: trailmark-server restore")
    elif error.code is ErrorCode.DISK_FULL:
        advice = gettext("make room: nothing can be saved")
    elif where == "marked":
        advice = gettext("do what this line says, before anything else")
    elif where == "file":
        advice = gettext(
            "see whose the file and its folder are, and whether --data names the right folder"
        )
    else:
        advice = gettext("start it, or name the right one with --database")
    return Check(
        name=f"database_{name}", state="bad", words=_of(name, error.message), advice=advice
    )


def migrations(name: str, applied: int, known: int) -> Check:
    """Judge the schema of a store."""
    state: State = "ok"
    advice = ""
    if applied > known:
        state = "bad"
        words = gettext("a newer Trailmark has written this schema ({n})").format(n=applied)
        advice = gettext("run the newer release: this one does not start here")
    elif not applied:
        state = "bad"
        words = gettext("nothing of a server is in this database")
        advice = gettext("name the right one with --database; serve fills an empty one")
    elif applied < known:
        state = "look"
        words = ngettext("{n} migration waits", "{n} migrations wait", known - applied).format(
            n=known - applied
        )
        advice = gettext("make a backup; the next start of a server applies them")
    else:
        words = gettext("the schema is that of this release ({n})").format(n=applied)
    return Check(name=f"schema_{name}", state=state, words=_of(name, words), advice=advice)


def _of(name: str, words: str) -> str:
    told = gettext("log: {words}") if name == "log" else gettext("keys: {words}")
    return told.format(words=words)
