"""Logs: one line a fact, without words, tokens, headers or tracebacks."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable, Generator

import pytest

from trailmark_server import logs


def line_of(record: logging.LogRecord) -> dict[str, object]:
    handler = logging.getLogger("trailmark").handlers[0]
    return json.loads(handler.format(record))


@pytest.fixture
def _restored(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Put back what ``set_up_logs`` sets for a whole process."""
    loggers = [logging.getLogger(name) for name in ("trailmark", "uvicorn.error", None)]
    before = [(each, each.handlers, each.propagate) for each in loggers]
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    for logger, handlers, propagate in before:
        logger.handlers = handlers
        logger.propagate = propagate


@pytest.mark.usefixtures("_restored")
def test_a_fact_is_one_line_of_json() -> None:
    logs.set_up_logs()
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


def test_what_an_operator_should_look_at_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    logs.log_warning("descriptors_short", limit=8)

    [record] = caplog.records
    assert ("WARNING", {"limit": 8}) == (record.levelname, record.__dict__["fields"])


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/enter/token", "/enter/…"),
        ("/with/token", "/with/…"),
        ("//enter//token", "//enter/…"),
        ("/Enter/token", "/Enter/…"),
        ("/elsewhere/../with/token", "/elsewhere/../with/…"),
        ("/" + "x" * 150 + "/enter/token", "/" + "x" * 119),
        ("/with", "/with"),
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
    opened = logging.makeLogRecord({"msg": "connection open", "levelno": logging.INFO})
    upgrade = logging.makeLogRecord({"msg": '%s - "WebSocket %s" [accepted]', "levelno": 20})
    plain = logging.makeLogRecord({"msg": "Shutting down", "levelno": logging.INFO})
    error = ValueError("somebody's words")
    failed = logging.makeLogRecord(
        {"msg": "Exception", "levelno": logging.ERROR, "exc_info": (ValueError, error, None)}
    )

    sent = logging.makeLogRecord(
        {**failed.__dict__, "msg": "Invalid UTF-8 sequence received from client."}
    )

    assert [False, False, False, True, True, False] == [
        bool(accepts(each)) for each in (header, opened, upgrade, plain, failed, sent)
    ]
    assert failed.exc_info is None
    assert ("failure", "web server") == (failed.getMessage(), failed.__dict__["fields"]["in"])
    assert ("web_server", {"says": "Shutting down"}) == (
        plain.getMessage(),
        plain.__dict__["fields"],
    )


def test_what_is_cut_off_at_the_end_of_the_server_is_no_failure() -> None:
    logs.quiet_uvicorn()
    cut = asyncio.CancelledError()
    record = logging.makeLogRecord(
        {"msg": "Exception in ASGI", "levelno": logging.ERROR, "exc_info": (type(cut), cut, None)}
    )

    assert not logging.getLogger("uvicorn.error").filter(record)


def test_uvicorn_logs_its_sentences_without_what_they_are_about() -> None:
    logs.quiet_uvicorn()
    accepts = logging.getLogger("uvicorn.error").filter
    records = [
        logging.makeLogRecord({"msg": message, "args": args, "levelno": logging.ERROR})
        for message, args in (
            ("it returned '%s'.\n", ("somebody's words",)),
            (ValueError("somebody's words"), ()),
        )
    ]

    assert all(accepts(each) for each in records)
    assert ["it returned '…'.", "ValueError"] == [
        each.__dict__["fields"]["says"] for each in records
    ]


class BrokenError(Exception):
    """Quotes what somebody wrote."""


def fail_somewhere() -> None:
    raise BrokenError("somebody's words")


def in_a_task() -> None:
    async def fail() -> None:
        fail_somewhere()

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])

    asyncio.run(forget())


def in_a_callback() -> None:
    async def call() -> None:
        asyncio.get_running_loop().call_soon(fail_somewhere)
        await asyncio.sleep(0)

    asyncio.run(call())


def in_a_thread() -> None:
    thread = threading.Thread(target=fail_somewhere)
    thread.start()
    thread.join()


def in_a_finalizer() -> None:
    class Thrown:
        def __del__(self) -> None:
            fail_somewhere()

    thrown = Thrown()
    del thrown


def in_a_library() -> None:
    try:
        fail_somewhere()
    except BrokenError:
        logging.getLogger("library").exception("somebody's words")


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize(
    ("fail", "where"),
    [
        (in_a_task, "asyncio"),
        (in_a_callback, "asyncio"),
        (in_a_thread, "thread"),
        (in_a_finalizer, "finalizer"),
        (in_a_library, "library"),
    ],
)
def test_what_nobody_catches_is_told_by_type_and_place(
    fail: Callable[[], None], where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up_logs()

    fail()

    [line] = map(json.loads, capsys.readouterr().err.splitlines())
    assert ("failure", where, "BrokenError") == (line["what"], line["in"], line["error"])
    assert line["where"].startswith("test_logs.py:")
    assert "words" not in str(line)


@pytest.mark.usefixtures("_restored")
def test_a_line_that_cannot_be_written_is_not_told_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up_logs()

    logging.getLogger("trailmark").warning("%d", "somebody's words")

    assert "" == capsys.readouterr().err


@pytest.mark.usefixtures("_restored")
def test_libraries_do_not_chat(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up_logs()
    library = logging.getLogger("library")
    library.setLevel(logging.DEBUG)

    library.debug("somebody's words")
    library.info("somebody's words")
    library.warning("somebody's %s", "words")

    [line] = map(json.loads, capsys.readouterr().err.splitlines())
    assert ("failure", "library", "warning") == (line["what"], line["in"], line["level"])
    assert "words" not in str(line)
