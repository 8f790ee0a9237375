"""Small named values of this device that are no part of any history."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection

IMPORTED_FROM: Final = "imported_from"
"""The space whose export was imported, until this device is connected."""


def setting(conn: Connection, name: str) -> str | None:
    """Return a setting, or ``None`` where it was never set."""
    found = conn.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if found is None else found[0]


def set_setting(conn: Connection, name: str, value: str) -> None:
    """Keep a setting."""
    conn.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def drop_setting(conn: Connection, name: str) -> None:
    """Forget a setting."""
    conn.execute("DELETE FROM setting WHERE name = ?", (name,))
