"""What only the person can decide about their devices, and how it is said."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from trailmark_client.cli.here import Here
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed

if TYPE_CHECKING:
    from trailmark_client.own_devices import Accusation


def accusation_words(said: Accusation) -> str:
    """Return what a device said of others that said the same of it."""
    return gettext(
        "{device} ({id}) removed {others}, and was removed. Which is not yours? "
        "trailmark device remove ID"
    ).format(device=said.by, id=text_from_id(said.by_id)[:10], others=listed(said.against))


def warn_of_doubts(here: Here) -> None:
    """Say who accused whom, and of a recovery code that nobody vouches for; and what to do."""
    from trailmark_client.cli.recovery import warn_of_foreign_code
    from trailmark_client.own_devices import asked

    warn_of_foreign_code(here)

    with suppress(TrailmarkError):  # asked again with the next exchange
        for each in asked(here.app):
            here.terminal.warn(accusation_words(each))
