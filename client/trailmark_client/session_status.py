"""How a session with the home server goes and ends, for whoever watches or comes back."""

from __future__ import annotations

from typing import Literal

import msgspec

from trailmark_shared.errors import ErrorCode, Retry


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the replicator is doing, for people who watch.

    Attributes:
        phase: ``live`` means: everything is exchanged and news arrive by themselves.
        received: Rows received in this session.
        waiting: Own events that have no row yet.
        refused: Own events that the server refused in this session.
        code: What ended the last session, while ``waiting`` or ``stopped``.
        message: The same in one sentence.
    """

    phase: Literal["connecting", "exchanging", "live", "waiting", "stopped"]
    received: int = 0
    waiting: int = 0
    refused: int = 0
    code: ErrorCode | None = None
    message: str = ""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a session ended.

    Attributes:
        code: Why; ``None`` for an end that we wished.
        retry: When connecting again makes sense.
        message: One sentence.
        wait_ms: Ceiling of a wait that the server asked for.
        lived_ms: How long the session was open.
        is_done: Everything was exchanged.
        received: Rows received.
        refused: Own events refused.
        waiting: Own events that still have no row.
    """

    code: ErrorCode | None = None
    retry: Retry = "later"
    message: str = ""
    wait_ms: int = 0
    lived_ms: int = 0
    is_done: bool = False
    received: int = 0
    refused: int = 0
    waiting: int = 0
