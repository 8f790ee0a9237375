"""How the person likes their pages; kept on this device and no part of any history."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.settings import set_setting, setting

_NAME: Final = "page_preferences"


class Preferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the person chose.

    Attributes:
        country: Whose numbers ``Help now`` shows first, a code of ``web.helplines``; ``""`` for
            not chosen.
        is_neutral: Title and icon of the window say nothing of therapy.
        is_quiet: Nothing moves or shines when something is reached.
        hides_charts: Numbers are shown without their picture.
        noun: What they call a goal, of ``web.calling``.
    """

    country: str = ""
    is_neutral: bool = False
    is_quiet: bool = False
    hides_charts: bool = False
    noun: str = "goal"


def preferences(conn: Connection) -> Preferences:
    """Return what the person chose, or what holds where nothing was chosen."""
    kept = setting(conn, _NAME)
    return Preferences() if kept is None else msgspec.json.decode(kept, type=Preferences)


def keep_preferences(conn: Connection, chosen: Preferences) -> None:
    """Keep what the person chose; call inside a write transaction."""
    set_setting(conn, _NAME, msgspec.json.encode(chosen).decode())
