"""An outlet that keeps the frames of a device's session, read."""

from __future__ import annotations

from typing import Any

from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame


class Pipe:
    """Keeps what a session sends.

    Attributes:
        error: Raised instead of sending, when set.
        pages_max: How many pages it takes.
    """

    def __init__(self) -> None:
        self.sent: list[messages.ServerMessage] = []
        self.pages_max = 9999
        self.error: Exception | None = None

    def put(self, frame: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(decode_server_frame(frame))

    @property
    def is_full(self) -> bool:
        return self.kinds.count(messages.Events) >= self.pages_max

    @property
    def kinds(self) -> list[type[Any]]:
        return [type(each) for each in self.sent]
