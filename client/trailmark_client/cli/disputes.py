"""What only the person can decide about their devices, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from trailmark_client.cli.here import Here
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, listed

if TYPE_CHECKING:
    from trailmark_client.own_devices import Accusation, Known


def dispute_words(said: Sequence[Accusation]) -> str:
    """Return what devices said of each other, and what the person can do."""
    sentences = [
        gettext("{device} removed {others}.").format(
            device=_with_id(each.by), others=listed([_with_id(one) for one in each.against])
        )
        for each in said
    ]
    return " ".join(
        (
            gettext("Devices of yours removed each other, neither knowing of the other."),
            *sentences,
            gettext("Which one is not yours? trailmark device remove ID"),
        )
    )


def _with_id(device: Known) -> str:
    return f"{device.name} ({text_from_id(device.id)[:10]})"


def warn_of_doubts(here: Here) -> None:
    """Say who accused whom, what became of the recovery code, and what to do."""
    from trailmark_client.cli.recovery import warn_of_code
    from trailmark_client.own_devices import asked

    warn_of_code(here)

    with suppress(TrailmarkError):  # asked again with the next exchange
        if said := asked(here.app):
            here.terminal.warn(dispute_words(said))
