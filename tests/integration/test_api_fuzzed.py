"""Whatever is asked of the members' API, it answers as its own document says, and never breaks.

Questions are made up from the document, well-formed and not; each is asked as it is, and once more
about the person and the goal that there are. ``make fuzz-api`` asks many more.
"""

import os
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis import checks as general
from schemathesis.specs.openapi import checks as openapi

from tests.support.fuzzed_api import FuzzedApi, fuzzed_api
from trailmark_server.api.document import api_document
from trailmark_shared import limits

T = TypeVar("T")

EXAMPLES: Final = int(os.environ.get("API_EXAMPLES", "4"))

# The tool's own types are generic in what a body is, which nobody can say here.
_General, _Openapi = cast("Any", general), cast("Any", openapi)
CHECKS: Final[list[Any]] = [
    _General.not_a_server_error,
    _Openapi.status_code_conformance,
    _Openapi.content_type_conformance,
    _Openapi.response_schema_conformance,
]
SCHEMA: Final = cast("Any", schemathesis.openapi).from_dict(msgspec.json.decode(api_document()))


ABOUT_PERSONS: Final = SCHEMA.include(path_regex="{space}")


def made_up(test: Callable[..., T], schema: Any = SCHEMA) -> Callable[..., T]:  # noqa: ANN401
    """Run a test for made-up questions of each operation, the same ones each time."""
    bounded = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    return cast("Callable[..., T]", schema.parametrize()(bounded(test)))


def is_read(case: Any) -> bool:  # noqa: ANN401
    """Say whether a question is short enough to reach the API at all; see ``deadlines``."""
    query = urlencode(case.query or {}, doseq=True)
    return len(query) + len(case.formatted_path) < limits.REQUEST_HEADER_BYTES_MAX // 2


def is_asked(case: Any) -> bool:  # noqa: ANN401
    """Say whether a question is about more than what an address takes, which anybody is told."""
    return case.method != "OPTIONS"


@pytest.fixture(name="api", scope="module")
def served_once() -> Generator[FuzzedApi]:
    with fuzzed_api() as api:
        yield api


@made_up
def test_a_therapist_is_answered_as_the_document_says(
    case: Any,  # noqa: ANN401
    api: FuzzedApi,
) -> None:
    assume(is_read(case))
    case.call_and_validate(base_url=api.url, checks=CHECKS, **api.sign_in("linked"))
    if "space" in case.path_parameters:
        api.ask_at_home(case)
        case.call_and_validate(base_url=api.url, checks=CHECKS, **api.sign_in("linked"))


@partial(made_up, schema=ABOUT_PERSONS)
def test_a_therapist_whom_nobody_let_in_is_answered_so_and_told_nothing(
    case: Any,  # noqa: ANN401
    api: FuzzedApi,
) -> None:
    assume(is_read(case))
    api.ask_at_home(case)
    answer = case.call(base_url=api.url, **api.sign_in("unlinked"))
    case.validate_response(answer, checks=CHECKS)

    if is_asked(case):
        assert answer.status_code in {400, 404, 405, 413}


@made_up
def test_nobody_is_answered_as_the_document_says(
    case: Any,  # noqa: ANN401
    api: FuzzedApi,
) -> None:
    assume(is_read(case))
    api.ask_at_home(case)
    answer = case.call(base_url=api.url)
    case.validate_response(answer, checks=CHECKS)

    if is_asked(case):
        assert answer.status_code in {400, 401, 403, 405, 413}
