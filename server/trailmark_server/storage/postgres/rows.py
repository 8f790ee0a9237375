"""What PostgreSQL can do in one statement where the common text takes several."""

from __future__ import annotations

from typing import Final

from trailmark_server.lane_draft import LaneDraft
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.sql.lane_numbers import BY_SPACE
from trailmark_server.storage.sql.lanes import event_values
from trailmark_server.storage.sql.rows import SqlRows
from trailmark_server.storage.sql.statements import statements_by

_TEXT: Final = statements_by(BY_SPACE)
_SAVE_ONE: Final = f"""
    WITH moved AS (
        UPDATE lane SET head = ?, hash = ?, received_at = ? WHERE space = ? AND name = ?
    ), noted AS ({_TEXT.save_chain})
    {_TEXT.insert_event}
"""  # noqa: S608  (own names)
"""One row of one device: three tables in one round trip."""


class PostgresRows(SqlRows):
    """``LogRows`` over a connection of PostgreSQL; lives as long as its transaction."""

    def save(self, draft: LaneDraft, seal: RestSeal) -> None:
        """Insert the rows of a draft and put lane, chains and grants where it has them."""
        facts = draft.lane
        number = self._numbers.get((facts.space, facts.lane))
        more = draft.granted or draft.revoked or draft.rejoined
        if more or number is None or (len(draft.rows), len(draft.chains)) != (1, 1):
            super().save(draft, seal)
            return
        [((device, epoch), chain)] = draft.chains.items()
        [new] = draft.rows
        place = self._placed(facts.space, number)
        self._held = None
        self._conn.execute(
            _SAVE_ONE,
            (
                *(facts.head, facts.hash, facts.received_at, facts.space, facts.lane),
                *(*place, device, epoch, chain.high, chain.hash),
                *event_values(place, new, seal),
            ),
        )
