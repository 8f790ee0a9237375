"""Bounds of a session: frames, pages, windows, waits."""

from __future__ import annotations

from typing import Final

# --- protocol -------------------------------------------------------------------------------------

FRAME_BYTES_MAX: Final = 1024 * 1024
"""Largest frame in either direction."""

PAGE_EVENTS_MAX: Final = 500
"""Most events in one page or batch."""

PAGE_BYTES_MAX: Final = 512 * 1024
"""A page or batch is cut before its bodies pass this many bytes."""

PACKED_FROM_BYTES: Final = 4096
"""A frame shorter than this is sent as it is."""

PUSH_WINDOW: Final = 4
"""Batches a client may have in flight without an answer, per lane."""

PUSH_SETBACKS_MAX: Final = 16
"""Times a client takes `fork` or `gap` for a lane in one session; then it ends the session."""

PAGE_WINDOW: Final = 4
"""Pages a server may have in flight without an acknowledgement, per lane."""

PAGES_READ_AT_ONCE: Final = 4
"""Pages of different lanes that a server reads and holds for one session at the same time."""

SHORT_PAGE_EVENTS_MAX: Final = 16
"""Events behind a place that a server looks for at once when they were just written; where there
are as many, it reads a whole page as for anybody else."""

LANES_PER_SESSION_MAX: Final = 256
"""Most lanes in one ``hello``; what a device reads of further ones begins at their first row."""

LANES_PER_SPACE_MAX: Final = LANES_PER_SESSION_MAX - 1
"""Most lanes of one person, ``self`` among them, that anybody was ever let into: as many as
``hello`` names beside ``devices``, so that each goes on where it ended."""

BACK_POINTS_MAX: Final = 56
"""Known rows at doubling distances that ``hello`` names: enough for 2**53 rows."""

REVOKED_GRANTS_MAX: Final = 1024
"""Most revoked grants named in one ``hello`` or ``revoked``."""

SESSION_OFFERS_MAX: Final = 4
"""Offers a client may have in flight without an answer, per lane."""

HELLO_TIMEOUT_MS: Final = 5_000
"""The first frame arrives within this time, or the session closes."""

SEND_TIMEOUT_MS: Final = 20_000
"""A peer that takes no bytes for this long is dropped; it resumes from its cursor."""

ANSWER_MS_MAX: Final = 30_000
"""What a server answers over HTTPS has ended this long after it was asked, or counts as none."""

PING_INTERVAL_MS: Final = 20_000
"""Distance of keep-alive pings at the transport."""

UPGRADE_MS_MAX: Final = 10_000
"""A WebSocket opens within this time, or the device goes by requests."""

REQUEST_MS_MAX: Final = 120_000
"""Longest answer to one ``POST /sync``: ``POST_BYTES_MAX`` over a poor line."""

REQUEST_POLL_MS: Final = 15_000
"""How often a device that no WebSocket gets through to asks its server for news."""

REQUEST_POLLS_MAX: Final = 20
"""After so many of these in a row it tries a WebSocket again."""

POST_BYTES_MAX: Final = 4 * FRAME_BYTES_MAX
"""Largest body of ``POST /sync``, either way."""

POST_FRAMES_MAX: Final = 2048
"""Most frames in one ``POST /sync``: each is answered, and may cost the server a commit."""

# --- reconnecting ---------------------------------------------------------------------------------

BACKOFF_MIN_MS: Final = 500
"""First ceiling of the full-jitter wait before connecting again."""

BACKOFF_MAX_MS: Final = 30_000
"""Last ceiling of that wait."""

HEALTHY_MS: Final = 30_000
"""A session that lived this long resets the wait."""

SPREAD_MS_MAX: Final = 30_000
"""``going_away`` never asks for a longer wait than this."""
