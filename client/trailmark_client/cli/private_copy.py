"""``trailmark private-copy``: whether a sealed copy of private entries goes to the server."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_shared.words import gettext, marked

PRIVATE_COPY_WORDS: Final = (
    marked("A sealed copy of private entries goes to the server. Nobody there can read it."),
    marked("Whoever runs the server can see how many entries there are and when they were sent."),
)


class PrivateCopy(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a sealed copy of private entries goes to the server.

    Attributes:
        private_copy: It does.
        saved: Always true: said after the choice reached the disk.
    """

    private_copy: bool
    saved: bool


def choose(choice: Literal["on", "off"], /, *, common: Common = PLAIN) -> Answer[PrivateCopy]:
    """Keep a sealed copy of private entries on the server, or keep them here only.

    Args:
        choice: on or off.
    """
    with opened(common) as here:
        is_on = choice == "on"
        set_private_copy(here, is_on=is_on)
    words = (
        tuple(map(gettext, PRIVATE_COPY_WORDS))
        if is_on
        else (gettext("From now on private entries stay on this device."),)
    )
    return Answer(
        PrivateCopy(private_copy=is_on, saved=True), (gettext("Saved on this device."), *words)
    )


def set_private_copy(here: Here, *, is_on: bool) -> None:
    """Keep the choice in the identity, under the lock that orders its changes."""
    here.app.write(
        lambda _conn: here.app.identity_file.update(
            lambda current: msgspec.structs.replace(current, private_copy=is_on)
        )
    )
