"""Who looked: asked from the home server, kept on this device for reading without a network."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.server_answers import AccessAnswer, AccessLogAnswer
from trailmark_client.storage.settings import set_setting, setting

_SETTING: Final = "access_log"


class KeptLog(msgspec.Struct, frozen=True, kw_only=True):
    """The access log as the server told it last.

    Attributes:
        asked_at: When it was asked for, milliseconds UTC by this device's clock.
        entries: The newest first.
        more: The server has older ones.
    """

    asked_at: int
    entries: list[AccessAnswer]
    more: bool


def fetch_log(app: App) -> KeptLog:
    """Ask the server who looked, and keep the answer.

    Returns:
        What it told.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    answer = api.ask("GET", "/api/access-log", AccessLogAnswer)
    kept = KeptLog(asked_at=app.clock.now_ms(), entries=answer.entries, more=answer.more)
    text = msgspec.json.encode(kept).decode()
    app.write(lambda conn: set_setting(conn, _SETTING, text))
    return kept


def kept_log(conn: Connection) -> KeptLog | None:
    """Return what the server told last, or ``None`` where it was never asked."""
    text = setting(conn, _SETTING)
    return None if text is None else msgspec.json.decode(text, type=KeptLog)
