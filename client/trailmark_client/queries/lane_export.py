"""A person's own copy of a lane, with all that proves it: ``trailmark-lane-export/1``."""

from __future__ import annotations

from collections.abc import Iterator

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.cursors import cursor_of, highest_head
from trailmark_client.storage.lane_log import fetched_lanes, log_grants, log_rows
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.exports.format import (
    FORMAT,
    ExportHeader,
    exported_consent,
    exported_head,
    exported_key,
    line_from_header,
    line_from_row,
)
from trailmark_shared.exports.notice import notice_for_person
from trailmark_shared.ids import Lane, is_shared, text_from_id
from trailmark_shared.phrases import told_head
from trailmark_shared.words import gettext


def lane_meant(conn: Connection, text: str | None) -> Lane:
    """Return the lane that a person means.

    Args:
        conn: The store.
        text: Its name or the beginning of it; ``None`` for the one shared lane that there is.

    Returns:
        A lane of which this device holds rows of the server's log.

    Raises:
        DomainError: ``not_found``: no such lane was fetched; ``ambiguous_id``: several fit.
    """
    meant = [
        lane
        for lane in fetched_lanes(conn)
        if (is_shared(lane) if text is None else lane.startswith(text))
    ]
    if not meant:
        raise DomainError(
            ErrorCode.NOT_FOUND, gettext("no such lane was fetched from a server yet")
        )
    if len(meant) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID,
            gettext("several lanes fit; name one as trailmark status shows it"),
        )
    return meant[0]


def export_lane(
    conn: Connection, identity: Identity, lane: Lane, now_ms: int
) -> tuple[ExportHeader, Iterator[bytes]]:
    """Return a lane as this device holds it.

    Args:
        conn: The store; it must stay in one read transaction until the last line was taken.
        identity: Who this device is.
        lane: One that was fetched from the server.
        now_ms: Device clock, milliseconds UTC.

    Returns:
        The header, and the lines of the file, the header's first.

    Raises:
        IntegrityError: ``corrupt_log``: no signature stands over the last row; see ``verify``.
    """
    cursor, head, server = cursor_of(conn, lane), highest_head(conn, lane), identity.server
    if server is None or head is None or (head.seq, head.hash) != (cursor.seq, cursor.hash):
        raise IntegrityError(
            ErrorCode.CORRUPT_LOG,
            gettext("the last entry is not signed; run trailmark verify"),
        )
    header = ExportHeader(
        format=FORMAT,
        notice=notice_for_person(lane),
        space=text_from_id(identity.space),
        lane=lane,
        made_at=now_ms,
        made_for=None,
        entries=head.seq,
        words=told_head(head.hash, head.seq),
        signed_head=exported_head(head),
        keys=tuple(map(exported_key, server.signing_keys)),
        consents=tuple(
            exported_consent(text_from_id(each.grant), each.granted, each.seq, each.revoked_seq)
            for each in log_grants(conn, lane)
        ),
    )
    return header, _lines(conn, header)


def _lines(conn: Connection, header: ExportHeader) -> Iterator[bytes]:
    yield line_from_header(header)
    yield from map(line_from_row, log_rows(conn, Lane(header.lane)))
