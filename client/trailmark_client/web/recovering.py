"""The recovery code: shown once, asked for again, replaced; and the way back with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.dating import moment_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.devices import words_of
from trailmark_client.web.framing import page
from trailmark_client.web.letting_in import address_and_code
from trailmark_client.web.own import BroughtBack, FreshCode, Recovery
from trailmark_client.web.problems import own_words, problem_words
from trailmark_shared.codes import folded
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.words import gettext

_RECOVERED: Final[Mapping[BroughtBack, str]] = {
    "everything": "recovered",
    "shared": "recovered-shared",
    "older": "recovered-older",
}


def show(desk: Desk, asked: Asked) -> Told:
    """Show whether there is a recovery code, and what it brings back."""
    is_connected = desk.identity().server is not None
    standing: Recovery | None = None
    unasked = None
    if is_connected:
        try:
            standing = desk.own.recovery()
        except RefusedError as refused:
            unasked = words_of(refused)
    return page(
        desk,
        asked,
        "recovery.html",
        "state",
        standing=standing,
        unasked=unasked,
        is_connected=is_connected,
        has_copy=desk.identity().private_copy,
        moment=lambda ms: moment_words(ms, desk.zone, desk.today),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    )


def make(desk: Desk, asked: Asked) -> Told:
    """Make a code and show it, this once; it counts for nothing until some of it was typed."""
    return _with_code(desk, asked, desk.own.fresh_code(), is_shown=True)


def keep(desk: Desk, asked: Asked) -> Told:
    """Let the code count, once the person typed some of what they wrote down."""
    code = FreshCode(text=asked.typed("code"), asked=_numbers(asked.chosen("asked")))
    groups = code.text.split("-")
    if not code.asked or max(code.asked) >= len(groups):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("please begin anew with this code"))
    if any(folded(asked.typed(f"group-{each}")) != groups[each] for each in code.asked):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("that is not what the code says, so it does not count yet; look once more"),
        )
    if desk.identity().server is None:
        # Without a server it opens backups alone.
        desk.own.seal_for(code.text)
        return go_on("/backup?done=backup-code")
    desk.own.keep_code(code.text)
    return go_on("/recovery?done=code-counts")


def show_again(desk: Desk, asked: Asked) -> Told:
    """Ask once more for some of the code, which is not shown again."""
    code = FreshCode(text=asked.typed("code"), asked=_numbers(asked.chosen("asked")))
    if not code.text or not code.asked:
        return show(desk, asked)
    return _with_code(desk, asked, code, is_shown=False)


def _with_code(desk: Desk, asked: Asked, code: FreshCode, *, is_shown: bool) -> Told:
    return page(
        desk,
        asked,
        "code.html",
        "state",
        code=code,
        groups=code.text.split("-"),
        is_shown=is_shown,
        is_connected=desk.identity().server is not None,
        has_copy=desk.identity().private_copy,
    )


def _numbers(chosen: Sequence[str]) -> list[int]:
    """Return the numbers of groups that a form brings back; a code has fewer than ten."""
    return [int(each) for each in chosen if len(each) == 1 and each.isascii() and each.isdigit()]


def show_recover(desk: Desk, asked: Asked) -> Told:
    """Ask for the code that was written down."""
    return page(desk, asked, "recover.html", "state", server_address=desk.server_address)


def recover(desk: Desk, asked: Asked) -> Told:
    """Become one of the person's devices again, with nothing but the code."""
    typed = f"{asked.typed('address')} {asked.typed('code')}"
    brought = desk.own.recover(*address_and_code(typed, desk.server_address))
    return go_on(f"/devices?done={_RECOVERED[brought]}")


def keep_words(error: TrailmarkError) -> str:
    """Return what is said where a code could not be kept: it says itself what becomes of it."""
    return own_words(error)


def recover_words(error: TrailmarkError) -> str:
    """Return what is said where the way back did not open."""
    if error.code == ErrorCode.WRONG_CODE:
        return gettext(
            "This code opens nothing here. Compare it group by group; a code that was replaced "
            "works no more."
        )
    return words_of(error) if error.code == ErrorCode.UNREACHABLE else problem_words(error)
