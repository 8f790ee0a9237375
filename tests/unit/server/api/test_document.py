"""The OpenAPI document: what is served is what the routes are, and nothing else comes along."""

import re
from typing import Any, cast

import msgspec
import pytest
from litestar import get
from litestar.routes import HTTPRoute

from tests.support.web_site import new_site
from trailmark_server.api.document import api_document, document_of
from trailmark_server.app import routed_app

DOCUMENT = cast("dict[str, Any]", msgspec.json.decode(api_document()))
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
PROBLEM = {"$ref": "#/components/schemas/Problem"}


async def test_document_holds_exactly_the_routes() -> None:
    app = routed_app((await new_site()).services)
    routes = {
        (method.lower(), re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/members/")
        for method in route.methods - {"OPTIONS"}
    }

    assert routes == {(method, path) for method, path, _ in OPERATIONS}


async def test_document_is_served_to_everybody() -> None:
    async with (await new_site()).browser("no-session") as client:
        answer = await client.get("/api/openapi.json")

    assert (200, api_document()) == (answer.status_code, answer.content)
    assert "application/json" == answer.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/schema", "/schema/swagger", "/schema/openapi.json", "/api/docs", "/api/redoc"]
)
async def test_no_page_of_a_third_party_is_served(path: str) -> None:
    async with (await new_site()).browser() as client:
        answer = await client.get(path)

    assert 404 == answer.status_code


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[f"{m} {p}" for m, p, _ in OPERATIONS]
)
def test_every_operation_says_what_can_go_wrong(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    refusals = {
        status: response for status, response in operation["responses"].items() if status > "399"
    }
    wanted = {"400", "401", "500", "503", "507"} | (
        {"403", "413"} if method != "get" else set[str]()
    )
    assert wanted <= set(refusals)
    for status, response in refusals.items():
        (kind, shown), *others = response["content"].items()
        assert ("application/problem+json", []) == (kind, others)
        assert PROBLEM == shown["schema"]
        (example,) = shown["examples"].values()
        assert int(status) == example["value"]["status"]
        assert (status in {"429", "503"}) == ("Retry-After" in response.get("headers", {}))
    assert [{"session": []}] == operation["security"]
    assert operation["summary"]
    assert operation["description"]
    assert ("404" in refusals) == ("{" in path)


def test_a_read_that_another_site_must_not_ask_for_says_what_it_needs() -> None:
    needing = [
        each for method, _, each in OPERATIONS if method == "get" and "403" in each["responses"]
    ]

    assert ["Origin"] * len(needing) == re.findall(
        "Origin", " ".join(each["description"] for each in needing)
    )
    assert needing


def test_every_field_of_an_answer_is_described() -> None:
    bare = [
        f"{name}.{field}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if "Attributes" not in schema["description"]
        for field, value in schema["properties"].items()
        if len(schema["properties"]) > 3 and not ({"description", "$ref"} & set(value))
    ]

    assert [] == bare


def test_a_route_outside_the_schema_is_not_in_the_document() -> None:
    @get("/secret", include_in_schema=False)
    async def secret() -> None: ...

    assert {} == document_of([secret])["paths"]
