"""What was typed into a form that could not be taken: the answer gives it back, to be copied.

Pages are never kept by a browser, so the way back from an answer leads to an empty form. Nothing is
stored here: what a request brought is held until it is answered. Requests that another site may
have sent never come this far.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import Request
from litestar.enums import RequestEncodingType

_KEY: Final = "typed"

_WORDS: Final = (
    *("title", "text", "why", "reason_text", "note", "often"),
    *("name", "phone", "hours", "address", "label"),
)
"""Fields that hold words; no other field is ever shown again."""


async def hold_typed(request: Request[Any, Any, Any]) -> None:
    """Hold the words of a form until it is answered; for ``before_request=`` of its router."""
    if request.method != "POST" or request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return
    fields = await request.form()
    said = [str(fields[name]) for name in _WORDS if name in fields]
    request.state[_KEY] = [words for words in said if words.strip()]


def typed_in(request: Request[Any, Any, Any]) -> Sequence[str]:
    """Return the words that a form brought, in the order of their fields."""
    return request.state.get(_KEY, ())
