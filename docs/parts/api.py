"""The generated part of docs/api.md: every route of the members' API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from docs.parts.markdown import table
from trailmark_server.api.document import api_document
from trailmark_server.api.members.asking import OF_EVERYBODY

_WRITES: Final = frozenset({"post", "put", "patch", "delete"})

_OF_EVERYBODY: Final = frozenset(str(int(status)) for status in OF_EVERYBODY)


def routes() -> str:
    """Return method, address, purpose and statuses of every route."""
    return table(("route", "what", "answers"), _rows(msgspec.json.decode(api_document())))


def _rows(document: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            token = " (with form token)" if method in _WRITES else ""
            told = operation["responses"].keys() - _OF_EVERYBODY
            statuses = ", ".join(sorted(told))
            yield f"`{method.upper()} {path}`{token}", operation["summary"], statuses


PARTS: Final[Mapping[str, Callable[[], str]]] = {"api-routes": routes}
