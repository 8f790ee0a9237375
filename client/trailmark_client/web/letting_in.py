"""One device lets another one in, and is let in by one: a code, four words, a yes."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.qr import qr_picture
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.dating import clock_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.devices import words_of
from trailmark_client.web.framing import page
from trailmark_client.web.own import Asker
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

INVITE_PATH: Final = "/devices/invite"
JOINING_PATH: Final = "/devices/joining"

_JOIN_LINK: Final = "/app/#/devices/join?code="
"""Behind a home server's address: what a camera opens. Behind "#" no server sees the code."""


# --- on the device that lets in --------------------------------------------------------------


def show_code(desk: Desk, asked: Asked) -> Told:
    """Show the code that was made, and the device that asks with it, once there is one."""
    code = desk.own.code()
    asker, problem = None, asked.problem
    if code is not None:
        try:
            asker = desk.own.asker()
        except RefusedError as refused:
            problem = problem or code_words(refused)
            code = desk.own.code()
    return page(
        desk,
        asked,
        "invite.html",
        "state",
        code=code,
        picture=code and qr_picture(f"{code.address}{_JOIN_LINK}{code.text}"),
        until=code and clock_words(code.expires_at, desk.zone),
        asker=asker,
        since=asker and clock_words(asker.asked_at, desk.zone),
        unasked=problem if asked.problem is None else None,
        has_copy=desk.identity().private_copy,
        is_connected=desk.identity().server is not None,
    )


def invite(desk: Desk, asked: Asked) -> Told:
    """Make a code; another device needs the sealed copy, so it begins with the person's yes."""
    if not desk.identity().private_copy:
        if asked.typed("copy") != "on":
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("another device needs the sealed copy; say yes to it, or stay with one"),
            )
        desk.own.keep_copy(is_on=True)
    desk.own.invite()
    return go_on(INVITE_PATH)


def let_in(desk: Desk, asked: Asked) -> Told:
    """Let the device in whose words the person compared."""
    asker = Asker(device=asked.typed("device"), name="", asked_at=0, phrase=asked.typed("phrase"))
    desk.own.let_in(asker)
    return go_on("/devices?done=device-in")


def turn_away(desk: Desk, asked: Asked) -> Told:
    """Turn the device that waits away, or take the code back."""
    del asked
    desk.own.turn_away()
    return go_on("/devices?done=device-away")


def code_words(error: TrailmarkError) -> str:
    """Return what the page of a code says of an error."""
    if error.code == ErrorCode.WRONG_CODE:
        return gettext(
            "This code does not work any more: its time is over, or somebody used it without "
            "knowing all of it. Nobody was let in."
        )
    return words_of(error)


# --- on the device that joins ----------------------------------------------------------------


def show_join(desk: Desk, asked: Asked) -> Told:
    """Ask for the code that the other device shows."""
    return page(
        desk,
        asked,
        "join.html",
        "state",
        name=asked.typed("name") or desk.identity().device_name,
        code=asked.typed("code") or asked.query.get("code", ""),
        server_address=desk.server_address,
    )


def join(desk: Desk, asked: Asked) -> Told:
    """Ask to be let in; the person compares words and says yes on the other device."""
    address, code = address_and_code(asked.typed("code"), desk.server_address)
    name = asked.words("name")
    identity = desk.identity()
    if name is not None and name != identity.device_name and identity.server is None:
        desk.own.rename(text_from_id(identity.device), name)
    desk.own.ask_to_join(address, code)
    return go_on(JOINING_PATH)


def show_joining(desk: Desk, asked: Asked) -> Told:
    """Show the four words while the person has not said yes, and that they have, afterwards."""
    waiting = desk.own.waiting()
    return page(
        desk,
        asked,
        "joining.html",
        "state",
        waiting=waiting,
        until=waiting and clock_words(waiting.expires_at, desk.zone),
        is_in=waiting is None and desk.identity().server is not None,
    )


def look(desk: Desk, asked: Asked) -> Told:
    """Look whether the person has said yes."""
    del asked
    desk.own.finish_joining()
    return go_on(JOINING_PATH)


def address_and_code(typed: str, known: str | None) -> tuple[str, str]:
    """Return a server's address and a code, typed or scanned together or the code alone.

    Args:
        typed: What was typed; blanks within the code do not matter.
        known: The only server that can be reached, where there is only one.

    Returns:
        Address and code.

    Raises:
        DomainError: ``invalid_input``: a part is missing.
    """
    words = typed.replace(_JOIN_LINK, " ").split()
    has_address = bool(words) and any(each in words[0] for each in ("://", ".", ":"))
    address = words.pop(0) if has_address else known
    if address is None or not words:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("type what the other device shows: its server's address, and its code"),
        )
    return address, " ".join(words)


def join_words(error: TrailmarkError) -> str:
    """Return what the pages of a device that joins say of an error."""
    match error.code:
        case ErrorCode.WRONG_CODE:
            return gettext(
                "This code does not work, or not any more. Compare it group by group, or make a "
                "new one on your other device."
            )
        case ErrorCode.NOT_AUTHORISED:
            return gettext("Your other device said no. Nothing was taken from this one.")
        case _:
            return words_of(error)
