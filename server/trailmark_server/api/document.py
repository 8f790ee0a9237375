"""``GET /api/openapi.json``: the API as OpenAPI 3.1 says it, from the handlers themselves.

Generated once, by an application that is never served: so no page of a third party, and no other
route, comes along.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.types import ControllerRouterHandler

from trailmark_server.api.members import (
    comments,
    goals,
    hand_overs,
    history,
    invitations,
    people,
    session,
    shapes,
    timeline,
)
from trailmark_server.api.members.routes import members_router
from trailmark_server.http import problems

API_VERSION: Final = "1.0.0"
"""Version of the API: its first number changes where a client would break."""

_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)

_COME_BACK: Final = frozenset({"429", "503"})
_RETRY_AFTER: Final = {
    "description": "Seconds to wait before asking again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}

_ABOUT: Final = """What therapists read and write, as JSON.

Sign in on the web, then send that session's cookie. A write also needs the server's own address in
`Origin`, and in `X-Form-Token` what `GET /api/members/session` tells; an export needs `Origin`,
too. Refusals are `application/problem+json` (RFC 9457) with a stable `code`; what is closed to you
and what does not exist are answered alike. Each read is shown to the person."""


def document_of(handlers: Sequence[ControllerRouterHandler]) -> Mapping[str, Any]:
    """Return the OpenAPI document of some routes."""
    app = Litestar(
        route_handlers=handlers,
        openapi_config=OpenAPIConfig(
            title="Trailmark for members",
            version=API_VERSION,
            description=_ABOUT,
            use_handler_docstrings=True,
            components=Components(
                security_schemes={
                    "session": SecurityScheme(
                        type="apiKey",
                        name="__Host-trailmark",
                        security_scheme_in="cookie",
                        description="The cookie of a web session; `trailmark` without TLS.",
                    )
                }
            ),
            tags=[Tag(name="members", description="For therapists who are signed in.")],
        ),
        dependencies={"services": Provide(_nothing, sync_to_thread=False)},
        logging_config=None,
    )
    document = app.openapi_schema.to_schema()
    for operations in document["paths"].values():
        for operation in operations.values():
            # Where a handler sets a cookie, the framework takes its empty answer for one of JSON.
            operation["responses"].get("204", {}).pop("content", None)
            for status in _COME_BACK & operation["responses"].keys():
                operation["responses"][status]["headers"] = {"Retry-After": _RETRY_AFTER}
    for name, struct in _structs().items():
        schema = document["components"]["schemas"].get(name)
        if schema is not None:
            _describe(schema, struct)
    return document


def _structs() -> Mapping[str, type[msgspec.Struct]]:
    """Return what goes in and out, by the name that its schema has."""
    modules = (comments, goals, hand_overs, history, invitations, people, session, shapes, timeline)
    return {
        name: value
        for module in (*modules, problems)
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, msgspec.Struct)
    }


def _describe(schema: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    """Add what a struct's docstring says about it and about each of its fields."""
    text = inspect.getdoc(struct) or ""
    schema["description"] = text.partition("\n\n")[0]
    for name, words in _ATTRIBUTE.findall(text):
        described = schema["properties"].get(name)
        if described is not None and "$ref" not in described:
            described["description"] = " ".join(words.split())


def _nothing() -> None:
    """Stand for the server's parts, which a document does not need."""


@cache
def api_document() -> bytes:
    """Return the document as JSON."""
    return msgspec.json.format(msgspec.json.encode(document_of([members_router()])), indent=1)


@get("/api/openapi.json", media_type=MediaType.JSON)
async def openapi() -> Response[bytes]:
    """Return the OpenAPI document; it says nothing about anybody, so everybody may read it."""
    return Response(api_document(), media_type=MediaType.JSON)
