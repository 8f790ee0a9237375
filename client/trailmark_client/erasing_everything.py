"""Erasing everything: this device at once, the server at the next contact, then the others.

Devices do not believe a server. So the device that erases hands over a signed order, the server
relays it with the statements that it stands on, and a device empties itself only where that order
is in force, as it sees the person's devices.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal

import msgspec

from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.http_api import HttpApi
from trailmark_client.server_answers import ErasureAnswer
from trailmark_client.storage.emptying import ErasedThere, Erasure, ServerErasure
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import EventId, text_from_id
from trailmark_shared.words import gettext

_PATH = "/api/space/erasure"

Answered = Literal["erased", "waiting", "refused"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a home server said to being asked to erase everything.

    Attributes:
        url: Its address.
        space: Id of the space there.
        answered: ``erased``; ``waiting``: it could not be reached; ``refused``: it said no for
            good, and only whoever runs it can do it.
        code: Why not, or ``None``.
    """

    url: str
    space: str
    answered: Answered
    code: str | None = None


def erase_everything(app: App) -> None:
    """Empty this device for good, and remember what its home server is to be asked.

    Args:
        app: This device; afterwards it is as new.

    Raises:
        StorageError: It cannot be done now; the next start does it.
    """
    identity = app.identity
    statements = app.read(app.key_sharing.last_words)

    def note() -> Erasure:
        waiting = app.erasure_file.read().waiting
        if identity.server is not None and identity.credential is not None:
            event = EventId(app.randomness.token(limits.ID_BYTES))
            asked = ServerErasure(
                url=identity.server.url,
                credential=identity.credential,
                space=identity.space,
                event=event,
                statements=tuple(statements),
            )
            waiting = (*waiting, asked)
        return Erasure(emptying=identity.space, waiting=waiting)

    app.write(lambda _conn: app.erasure_file.save(note()))
    app.empty()


def ask_servers(app: App) -> list[Told]:
    """Ask every server that was not asked yet, or not reached, to erase everything.

    Returns:
        What each said; empty where none is to be asked.
    """
    waiting = app.erasure_file.read().waiting
    told = [_ask(each) for each in waiting]
    if told:
        app.write(lambda _conn: _keep(app, waiting, told))
    return told


def _ask(asked: ServerErasure) -> Told:
    told = Told(url=asked.url, space=text_from_id(asked.space), answered="erased")
    if asked.refused is not None:
        return msgspec.structs.replace(told, answered="refused", code=asked.refused)
    body = {
        "event": text_from_id(asked.event),
        "statements": [base64.b64encode(each).decode() for each in asked.statements],
    }
    try:
        HttpApi(asked.url, asked.credential).ask("POST", _PATH, ErasureAnswer, body)
    except RefusedError as refused:
        is_later = refused.retry == "later"
        answered: Answered = "waiting" if is_later else "refused"
        return msgspec.structs.replace(told, answered=answered, code=refused.code)
    return told


def _keep(app: App, asked: Sequence[ServerErasure], told: Sequence[Told]) -> None:
    """Keep what is not answered; another process may have erased once more meanwhile."""
    done = {each.event: said for each, said in zip(asked, told, strict=True)}

    def left(waiting: Sequence[ServerErasure]) -> Iterator[ServerErasure]:
        for each in waiting:
            said = done.get(each.event)
            if said is None or said.answered == "waiting":
                yield each
            elif said.answered == "refused":
                yield msgspec.structs.replace(each, refused=said.code)

    erasure = app.erasure_file.read()
    app.erasure_file.save(msgspec.structs.replace(erasure, waiting=tuple(left(erasure.waiting))))


def obey_erasure(app: App) -> int:
    """Empty this device where another device of the person proves that everything was erased.

    Returns:
        When that was, milliseconds UTC by the server's clock.

    Raises:
        RefusedError: ``space_erased``: none of the person's devices asked for it, or it is open
            which they are, and nothing on this device was touched; or whatever the server says.
    """
    _, api = connected(app)
    answer = api.ask("GET", _PATH, ErasureAnswer)
    known = app.read(app.key_sharing.known)
    is_sure = known.is_alone or (known.is_in and not known.view.asked)
    if not known.orders_everything_erased(_statements(answer)):
        app.write(lambda _conn: _note_there(app, answer.erased_at))
        raise RefusedError(ErrorCode.SPACE_ERASED, _kept_words(is_sure=is_sure))
    emptying = app.identity.space

    def note() -> None:
        erasure = app.erasure_file.read()
        left = msgspec.structs.replace(erasure, emptying=emptying, there=None)
        app.erasure_file.save(left)

    app.write(lambda _conn: note())
    app.empty()
    return answer.erased_at


def note_taken(app: App) -> None:
    """Note that the home server takes entries: whatever it erased, it has begun anew."""
    if app.erasure_file.read().there is not None:
        app.write(lambda _conn: _keep_there(app, None))


def _note_there(app: App, erased_at: int) -> None:
    space, now = app.identity.space, app.clock.now_ms()
    if app.erasure_file.erased_there(space) is None:
        there = ErasedThere(space=text_from_id(space), erased_at=erased_at, learned_at=now)
        _keep_there(app, there)


def _keep_there(app: App, there: ErasedThere | None) -> None:
    erasure = app.erasure_file.read()
    app.erasure_file.save(msgspec.structs.replace(erasure, there=there))


def _kept_words(*, is_sure: bool) -> str:
    if is_sure:
        return gettext(
            "the server erased its copy of everything, and no device of yours asked for "
            "that. Everything on this device is still here and stays; nothing is sent "
            "there any more. A copy for yourself: trailmark export FILE"
        )
    # Whoever asked may have been removed on another device.
    return gettext(
        "the server erased its copy of everything. Your devices do not agree which of them are "
        "yours, so this one cannot tell whether you asked for that. Everything on it is still here "
        "and stays; nothing is sent there any more. If it was you: trailmark erase --everything"
    )


def _statements(answer: ErasureAnswer) -> Iterator[bytes]:
    for proof in answer.proofs:
        for each in proof.statements:
            with suppress(binascii.Error, ValueError):
                yield base64.b64decode(each, validate=True)
