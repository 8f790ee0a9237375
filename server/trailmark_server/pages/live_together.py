"""``/people/live``: one stream for all pages that a browser has open.

A browser keeps six connections to a server open at once, and a stream holds one of them for as long
as its page is there. So one page listens for all of them and hands on what concerns each: the
messages of ``/people/<space>/live``, with the name of their page in front (``k3/rows``). Each page
is answered by itself: it has its own place in the log, its own forms, and its own end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, get
from litestar.params import FromQuery
from litestar.response import Stream

from trailmark_server.guards import refuse_foreign_reader
from trailmark_server.members.cursors import cursors_from_text
from trailmark_server.members.visits import note_visits, open_space
from trailmark_server.pages.live import EVENT_STREAM, PASSING, OpenPage, answer, ended_html, sse
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import EventDataError, LimitExceededError, RefusedError

_ASKED: Final = re.compile(r"([a-z0-9]{1,16})~([0-9a-z]+)~(.*)")


class Asked(msgspec.Struct, frozen=True):
    """One page of those that share a stream.

    Attributes:
        name: What the browser calls it.
        space: Whose page it is, as text.
        after: What it has already, as ``members.cursors`` writes it.
    """

    name: str
    space: str
    after: str


@get("/people/live", media_type=EVENT_STREAM, guards=[refuse_foreign_reader])
async def live_together(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    of: FromQuery[list[str] | None] = None,
) -> Stream:
    """Stream what arrives for several pages; ``of`` names each: ``NAME~SPACE~AFTER``."""
    signed_in = await services.web.require(request, services.now(), by_itself=True)
    pages: list[OpenPage] = []
    ended: list[bytes] = []
    for each in asked_pages(of or ()):
        try:
            audience = await open_space(services, signed_in, each.space)
        except (RefusedError, EventDataError) as error:
            if error.code in PASSING:
                raise
            ended.append(sse(f"{each.name}/ended", ended_html(error, services.now())))
        else:
            cursors = cursors_from_text(each.after)
            pages.append(OpenPage(services, signed_in, audience, cursors, each.name))
    spaces = sorted({each.space for each in pages})
    await note_visits(services, spaces, signed_in.therapist.id, Look.TIMELINE)
    return answer(services, pages, ended)


def asked_pages(texts: Sequence[str]) -> list[Asked]:
    """Return the pages that an address names; what cannot be read is left out.

    Args:
        texts: Each ``NAME~SPACE~AFTER``.

    Raises:
        LimitExceededError: There are more than ``limits.LIVE_PAGES_MAX``.
    """
    if len(texts) > limits.LIVE_PAGES_MAX:
        raise LimitExceededError("LIVE_PAGES_MAX", len(texts), limits.LIVE_PAGES_MAX)
    found = [_ASKED.fullmatch(each) for each in texts]
    return [Asked(*each.groups()) for each in found if each is not None]
