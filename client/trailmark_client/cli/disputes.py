"""What is said where a device of the person removed one that this device trusts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from trailmark_client.cli.here import Here
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_client.own_devices import Disputed


def disputed_words(who: Disputed) -> str:
    """Return what another device says of somebody who holds the keys of this one."""
    if who.name is None:
        return gettext(
            "Another device of yours replaced a recovery code that this one still trusts."
        )
    return gettext("Another device of yours removed {name} ({device}).").format(
        name=who.name, device=text_from_id(who.id)[:10]
    )


def warn_of_doubts(here: Here) -> None:
    """Say who is disputed, and of a recovery code that nobody vouches for; and what to do."""
    from trailmark_client.cli.recovery import warn_of_foreign_code
    from trailmark_client.own_devices import disputed

    warn_of_foreign_code(here)

    with suppress(TrailmarkError):  # asked again with the next exchange
        for each in disputed(here.app):
            here.terminal.warn(
                gettext(
                    "{said} Until you say who is right, what you write here is sealed only for "
                    "those whom nobody removed: trailmark device rotate-keys"
                ).format(said=disputed_words(each))
            )
