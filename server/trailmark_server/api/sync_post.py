"""``POST /sync``: one whole session in one request, for networks without WebSockets.

Body and answer are frames, each behind its length. The same machine runs until it is idle or the
answer is full; there is no live part.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Request, Response, post

from trailmark_server.credentials import credential_from_header
from trailmark_server.devices import DeviceSession
from trailmark_server.guards import TAKES_NO_COOKIE
from trailmark_server.http.problems import error_frame
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import sign_in
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError, RefusedError
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.protocol.frames import (
    FRAMES_TYPE,
    decode_server_frame,
    join_frames,
    split_frames,
)
from trailmark_shared.protocol.messages import Error, GoingAway

_RIGHT_IS_GONE: Final = frozenset({ErrorCode.SIGNED_OUT, ErrorCode.SPACE_ERASED})


def _is_end(frame: bytes) -> bool:
    return isinstance(decode_server_frame(frame), Error | GoingAway)


class _Collector:
    """Collects the answer's frames."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether another page, beside what answers other frames, might pass the bound."""
        return self._bytes > limits.POST_BYTES_MAX - 2 * limits.FRAME_BYTES_MAX

    def put(self, frame: bytes) -> None:
        """Keep one frame."""
        self.frames.append(frame)
        self._bytes += len(frame)


@post(
    "/sync",
    status_code=200,
    request_max_body_size=limits.POST_BYTES_MAX,
    opt=TAKES_NO_COOKIE,
)
async def sync_post(request: Request[Any, Any, Any], services: InjectedServices) -> Response[bytes]:
    """Run a session over the frames of the request."""
    header = request.headers.get("authorization")
    credential = credential_from_header(header)
    if header is not None:
        await sign_in(services, credential)
    frames = split_frames(await request.body())
    if not frames:
        raise ProtocolError(ErrorCode.MALFORMED_FRAME, "a request holds at least one frame")
    if len(frames) > limits.POST_FRAMES_MAX:
        raise ProtocolError(ErrorCode.TOO_LARGE, "too many frames; send some in another request")
    collector = _Collector()
    with DeviceSession(services, collector, credential) as session:
        for frame in frames:
            if session.is_rewound:
                # The rest was said to a log that is gone: a push may belong behind rows that are
                # to be offered first, and would be refused for good.
                session.end(ErrorCode.BROKEN_PAGE, "the log was rewound; connect again")
                break
            session.take(frame)
            await session.settle(hears=False)
            # Many small frames must not keep everybody else waiting.
            await asyncio.sleep(0)
        await session.settle()
    frames = collector.frames
    code = None if session.ended is None else session.ended.code
    if code is not None and not (frames and _is_end(frames[-1])):
        # A socket tells it by its close code; without it, part of an answer looks like all of it.
        closing = closing_of(code)
        frames.append(error_frame(RefusedError(code, closing.meaning, closing.retry)))
    if code in _RIGHT_IS_GONE:
        frames = frames[-1:]  # what was read before that is handed out no more, either
    return Response(join_frames(frames), media_type=FRAMES_TYPE)
