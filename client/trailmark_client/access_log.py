"""Who looked: asked from the home server, kept on this device for reading without a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.home_api import connected
from trailmark_client.queries.export_records import Look
from trailmark_client.server_answers import AccessAnswer, AccessLogAnswer
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared import limits

_PATH: Final = "/api/access-log"
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


def fetch_log(app: App, *, everything: bool = False) -> KeptLog:
    """Ask the server who looked, and keep the newest page of the answer.

    Args:
        app: This device.
        everything: Ask for older ones too, page by page, as far as the server has them.

    Returns:
        What it told.

    Raises:
        RefusedError: ``not_connected``, ``unreachable`` and the like.
    """
    _, api = connected(app)
    answer = api.ask("GET", _PATH, AccessLogAnswer)
    told = KeptLog(asked_at=app.clock.now_ms(), entries=answer.entries, more=answer.more)
    text = msgspec.json.encode(told).decode()
    app.write(lambda conn: set_setting(conn, _SETTING, text))
    pages = 1
    while everything and answer.next is not None and pages < limits.ACCESS_LOG_PAGES_MAX:
        answer = api.ask("GET", f"{_PATH}?before={quote(answer.next)}", AccessLogAnswer)
        told = msgspec.structs.replace(
            told, entries=[*told.entries, *answer.entries], more=answer.more
        )
        pages += 1
    return told


def kept_log(conn: Connection) -> KeptLog | None:
    """Return what the server told last, or ``None`` where it was never asked."""
    text = setting(conn, _SETTING)
    return None if text is None else msgspec.json.decode(text, type=KeptLog)


def looks_of(told: Iterable[AccessAnswer], names: Mapping[str, str]) -> list[Look]:
    """Return who looked, named as the person knows them.

    Args:
        told: What the server told.
        names: Name of each member, by actor.
    """
    return [
        Look(
            member=each.member,
            name=names.get(f"member/{each.member}")
            or names.get(f"supporter/{each.member}")
            or each.name,
            page=each.page,
            at=each.at,
        )
        for each in told
    ]
