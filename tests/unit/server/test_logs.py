"""Logs: one line a fact, without words, tokens, headers or tracebacks."""

import json
import logging
from collections.abc import Generator

import pytest

from trailmark_server import logs


def line_of(record: logging.LogRecord) -> dict[str, object]:
    handler = logging.getLogger("trailmark").handlers[0]
    return json.loads(handler.format(record))


@pytest.fixture
def _set_up() -> Generator[None]:
    loggers = [logging.getLogger(name) for name in ("trailmark", "uvicorn.error")]
    before = [(each, each.handlers, each.propagate) for each in loggers]
    logs.set_up_logs()
    yield
    for logger, handlers, propagate in before:
        logger.handlers = handlers
        logger.propagate = propagate


@pytest.mark.usefixtures("_set_up")
def test_a_fact_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    del capsys
    record = logging.makeLogRecord({"msg": "request", "fields": {"path": "/x\n", "status": 200}})
    line = line_of(record)

    assert ("request", "/x\n", 200) == (line["what"], line["path"], line["status"])


def test_a_failure_names_type_and_place_only() -> None:
    with pytest.raises(ValueError, match="words") as caught:
        int("somebody's words")
    fields = logs.failure_fields(caught.value)

    assert "ValueError" == fields["error"]
    assert fields["where"].startswith("test_logs.py:")
    assert "words" not in str(fields)
    assert "unknown" == logs.failure_fields(ValueError())["where"]


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/enter/token", "/enter/…"),
        ("/with/token", "/with/…"),
        ("/people", "/people"),
        ("/" + "x" * 500, "/" + "x" * 119),
    ],
)
def test_paths_are_logged_without_tokens(path: str, logged: str) -> None:
    assert logged == logs.safe_path(path)


def test_uvicorn_logs_no_header_query_or_traceback() -> None:
    logs.quiet_uvicorn()
    logs.quiet_uvicorn()
    chosen = [
        each
        for each in logging.getLogger("uvicorn.error").filters
        if type(each).__module__ == logs.__name__
    ]
    assert 1 == len(chosen)
    accepts = logging.getLogger("uvicorn.error").filter

    header = logging.makeLogRecord({"msg": "< authorization: secret", "levelno": logging.DEBUG})
    upgrade = logging.makeLogRecord({"msg": '%s - "WebSocket %s" [accepted]', "levelno": 20})
    plain = logging.makeLogRecord({"msg": "Shutting down", "levelno": logging.INFO})
    error = ValueError("somebody's words")
    failed = logging.makeLogRecord(
        {"msg": "Exception", "levelno": logging.ERROR, "exc_info": (ValueError, error, None)}
    )

    assert [False, False, True, True] == [
        bool(accepts(each)) for each in (header, upgrade, plain, failed)
    ]
    assert failed.exc_info is None
    assert "words" not in failed.getMessage()
