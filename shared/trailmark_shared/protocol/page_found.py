"""What a server found when it read a page: the rows, and how far they go."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_shared.events.envelope import Row
from trailmark_shared.protocol.messages import Events, SignedHead


class PageFound(msgspec.Struct, frozen=True, kw_only=True):
    """The result of ``effects.ReadPage``.

    Attributes:
        rows: Consecutive rows after the session's place; empty at the head.
        signed_head: Signed head of the last row; ``None`` when there are no rows.
        is_last: The lane ended behind them when they were read: only a ring tells of more.
        whole: The message that brings these rows to whoever holds none of them, where it is made
            already.
    """

    rows: Sequence[Row]
    signed_head: SignedHead | None
    is_last: bool = False
    whole: Events | None = None
