"""Asking a server: its refusals are named, its absence is told, strangers are recognised."""

from collections.abc import Iterator

import msgspec
import pytest

from tests.support.http_home import HttpHome, http_home
from trailmark_client.http_api import HttpApi
from trailmark_client.server_answers import Nothing
from trailmark_shared.errors import ErrorCode, RefusedError


class Word(msgspec.Struct):
    """An answer."""

    word: str = "none"


@pytest.fixture
def home() -> Iterator[HttpHome]:
    with http_home() as served:
        yield served


def refusal(home: HttpHome) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        HttpApi(home.url).ask("GET", "/api/word", Word)
    return raised.value


def test_an_answer_is_decoded_and_the_credential_sent(home: HttpHome) -> None:
    home.routes["POST", "/api/word"] = lambda body, credential: (
        200,
        {"word": f"{body['word']} {credential}"},
    )

    answer = HttpApi(home.url, "tmd_x").ask("POST", "/api/word", Word, {"word": "hello"})

    assert answer == Word("hello Bearer tmd_x")


def test_an_empty_answer_is_the_one_of_defaults(home: HttpHome) -> None:
    home.on("DELETE", "/api/word", (204, b""))

    assert HttpApi(home.url).ask("DELETE", "/api/word", Word) == Word()


@pytest.mark.parametrize(
    ("status", "answer", "code", "retry"),
    [
        (403, {"code": "wrong_code", "detail": "no"}, ErrorCode.WRONG_CODE, "never"),
        (429, {"code": "rate_limited"}, ErrorCode.RATE_LIMITED, "later"),
        (503, {"code": "storage_unavailable"}, ErrorCode.STORAGE_UNAVAILABLE, "later"),
        (400, {"code": "news_of_tomorrow"}, ErrorCode.INTERNAL, "never"),
        (502, b"<html>", ErrorCode.INTERNAL, "later"),
    ],
)
def test_refusals_are_named(
    home: HttpHome, status: int, answer: object, code: ErrorCode, retry: str
) -> None:
    home.on("GET", "/api/word", (status, answer))

    refused = refusal(home)

    assert (refused.code, refused.retry) == (code, retry)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"word": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_such_server_is_told(home: HttpHome, answer: bytes) -> None:
    home.on("GET", "/api/word", (200, answer))

    assert refusal(home).code is ErrorCode.UNREACHABLE


def test_a_redirect_is_no_answer(home: HttpHome) -> None:
    home.on("GET", "/api/word", (302, b""))

    with pytest.raises(RefusedError) as raised:
        HttpApi(home.url).ask("GET", "/api/word", Nothing)

    assert raised.value.code is ErrorCode.UNREACHABLE


def test_what_a_server_says_stays_on_one_line(home: HttpHome) -> None:
    home.on("GET", "/api/word", (403, {"code": "wrong_code", "detail": "no\nFour words: x" * 99}))

    message = refusal(home).message

    assert "\n" not in message
    assert len(message) == 300


def test_an_absent_server_is_told() -> None:
    with http_home() as home:
        url = home.url

    with pytest.raises(RefusedError) as raised:
        HttpApi(url).ask("GET", "/api/word", Word)

    assert (raised.value.code, raised.value.retry) == (ErrorCode.UNREACHABLE, "later")


def test_plain_http_to_another_machine_is_refused() -> None:
    with pytest.raises(RefusedError) as raised:
        HttpApi("http://home.example")

    assert raised.value.code is ErrorCode.INSECURE_ADDRESS
