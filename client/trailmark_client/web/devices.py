"""The person's own devices: which there are, what they are called, and an end for a lost one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.dating import moment_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.own import OwnDevice
from trailmark_client.web.problems import problem_words
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.words import gettext, marked

_LET_IN_WORDS: Final = {
    "invitation": marked("let in with an invitation"),
    "recovery": marked("let in with the recovery code"),
    "unknown": marked("the server does not name it, and it gets your keys: is it yours?"),
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One device as a page shows it.

    Attributes:
        id: Its id, as text.
        name: What the person calls it.
        is_current: It is this one.
        let_in: How it was let in and when, in words, or ``None``.
        last_seen: When it last spoke with the server, in words, or ``None``.
        lacks_key: It cannot open what is written from now on.
    """

    id: str
    name: str
    is_current: bool
    let_in: str | None
    last_seen: str | None
    lacks_key: bool = False


def show(desk: Desk, asked: Asked) -> Told:
    """Show every device of the person; what cannot be asked now is said, not refused."""
    is_connected = desk.identity().server is not None
    devices: Sequence[OwnDevice] = ()
    unasked = None
    try:
        devices = desk.own.devices()
    except RefusedError as refused:
        unasked = problem_words(refused)
    return page(
        desk,
        asked,
        "devices.html",
        "state",
        devices=lines_of(desk, devices),
        unasked=unasked,
        is_connected=is_connected,
        has_copy=desk.identity().private_copy,
        has_code=desk.own.code() is not None,
        waiting=desk.own.waiting(),
        accusations=desk.own.accusations() if is_connected else (),
    )


def lines_of(desk: Desk, devices: Sequence[OwnDevice]) -> list[Line]:
    """Return devices as a page shows them.

    Args:
        desk: Where it is asked.
        devices: All of them.
    """
    names = {each.id: each.name for each in devices}
    return [
        Line(
            id=each.id,
            name=each.name or each.id[:10],
            is_current=each.is_current,
            let_in=_let_in(desk, each, names),
            last_seen=(
                None
                if each.last_seen is None
                else moment_words(each.last_seen, desk.zone, desk.today)
            ),
            lacks_key=each.has_key is False,
        )
        for each in devices
    ]


def _let_in(desk: Desk, device: OwnDevice, names: dict[str, str]) -> str | None:
    if device.let_in_by == "unknown":
        return gettext(_LET_IN_WORDS["unknown"])
    if device.added_at is None:
        return None
    if device.let_in_by == "device":
        name = names.get(device.confirmed_by or "")
        if name is None:
            words = gettext("let in on a device that was removed")
        else:
            words = gettext("let in on {name}").format(name=name)
    else:
        words = gettext(_LET_IN_WORDS.get(device.let_in_by, _LET_IN_WORDS["invitation"]))
    at = moment_words(device.added_at, desk.zone, desk.today)
    return gettext("{how}, {time}").format(how=words, time=at)


def _one(desk: Desk, asked: Asked) -> Line:
    found = next(
        (each for each in lines_of(desk, desk.own.devices()) if each.id == asked.ids["device"]),
        None,
    )
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such device"))
    return found


def show_one(desk: Desk, asked: Asked) -> Told:
    """Show one device: its name, and what removing it means."""
    line = _one(desk, asked)
    let_in = () if line.is_current else desk.own.let_in_by(line.id)
    return page(
        desk, asked, "device.html", "state", device=line, let_in=lines_of(desk, tuple(let_in))
    )


def rename(desk: Desk, asked: Asked) -> Told:
    """Call a device otherwise."""
    name = asked.words("name")
    if name is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("please give it a name"))
    if len(name) > limits.TITLE_CHARS_MAX:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("this cannot be a name; please choose a shorter one")
        )
    desk.own.rename(asked.ids["device"], name)
    return go_on("/devices?done=kept")


def remove(desk: Desk, asked: Asked) -> Told:
    """Sign a device out for ever, and those with it that were chosen."""
    with_it = [each for each in asked.chosen("with") if each != asked.ids["device"]]
    are_told = desk.own.remove([asked.ids["device"], *with_it])
    return go_on(f"/devices?done={'removed' if are_told else 'removed-only'}")


def keep_copy(desk: Desk, asked: Asked) -> Told:
    """Send a sealed copy of private entries to the home server, or no more."""
    is_on = asked.typed("copy") == "on"
    desk.own.keep_copy(is_on=is_on)
    return go_on(f"/recovery?done={'copied' if is_on else 'not-copied'}")


def words_of(error: TrailmarkError) -> str:
    """Return what a page about devices says of an error."""
    if error.code == ErrorCode.UNREACHABLE:
        return gettext("The server cannot be reached now. Nothing is lost; try again later.")
    return problem_words(error)
