"""The generated part of docs/api.md: every route of the members' API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from docs.parts.markdown import table
from trailmark_server.api.document import api_document

_WRITES: Final = frozenset({"post", "put", "patch", "delete"})


def routes() -> str:
    """Return method, address, purpose and statuses of every route."""
    return table(("route", "what", "answers"), _rows(msgspec.json.decode(api_document())))


def _rows(document: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            token = " (with form token)" if method in _WRITES else ""
            statuses = ", ".join(sorted(operation["responses"]))
            yield f"`{method.upper()} {path}`{token}", operation["summary"], statuses


PARTS: Final[Mapping[str, Callable[[], str]]] = {"api-routes": routes}
