"""One exchange: an answer with its status, or that there was none."""

import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress

import pytest

from tests.support.fakes import FakeClock
from tests.support.http_home import http_home
from trailmark_adapters.https import NoAnswerError, Sent, exchange
from trailmark_shared import limits


def test_an_answer_comes_with_its_status() -> None:
    with http_home() as home:
        sent = Sent(method="GET", origin=home.url, path="/api/word", headers={})
        status, _ = exchange(sent)

    assert 200 <= status < 500


def test_nobody_there_is_told_without_an_address() -> None:
    with http_home() as home:
        url = home.url

    with pytest.raises(NoAnswerError) as raised:
        exchange(Sent(method="GET", origin=url, path="/", headers={}))
    assert "127.0.0.1" not in str(raised.value)


class HurriedClock(FakeClock):
    """A clock on which a third of the time for an answer passes with every look."""

    def monotonic_ms(self) -> int:
        self.advance(limits.ANSWER_MS_MAX // 3)
        return super().monotonic_ms()


@contextmanager
def endless(begins: bytes, goes_on: bytes) -> Generator[str]:
    """Answer with ``begins`` and then ``goes_on``, again and again, until nobody listens."""

    def answer() -> None:
        with suppress(OSError):
            line, _ = listening.accept()
            with closing(line):
                line.recv(4096)
                line.sendall(begins)
                while True:
                    line.sendall(goes_on)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        talking = threading.Thread(target=answer)
        talking.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        talking.join()


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="soon"),
        pytest.param(b"HTTP/1.1 ", b"2", id="status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", b" ", id="body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="chunks"
        ),
    ],
)
def test_an_answer_without_end_is_none(begins: bytes, goes_on: bytes) -> None:
    with endless(begins, goes_on) as url, pytest.raises(NoAnswerError):
        exchange(Sent(method="GET", origin=url, path="/", headers={}), HurriedClock())


@contextmanager
def saying(answer: bytes) -> Generator[tuple[str, bytearray]]:
    """Take one request, say ``answer`` and hang up; what was asked stands beside the address."""
    heard = bytearray()

    def talk() -> None:
        line, _ = listening.accept()
        with closing(line):
            length = 0
            while b"\r\n\r\n" not in heard or len(heard.partition(b"\r\n\r\n")[2]) < length:
                heard.extend(line.recv(1 << 16))
                head = heard.partition(b"\r\n\r\n")[0].lower()
                _, _, told = head.partition(b"content-length: ")
                length = int(told.split(b"\r\n")[0] or 0)
            line.sendall(answer)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        talking = threading.Thread(target=talk)
        talking.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
        talking.join()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"Content-Length: 10\r\n\r\nabc", id="cut"),
        pytest.param(b"Content-Length: 10\r\n\r\n", id="nothing behind the head"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc", id="a cut piece"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n", id="no length"),
    ],
)
def test_an_answer_that_breaks_off_is_none(answer: bytes) -> None:
    with (
        saying(b"HTTP/1.1 200 OK\r\n" + answer) as (url, _),
        pytest.raises(NoAnswerError),
    ):
        exchange(Sent(method="GET", origin=url, path="/", headers={}))


def test_a_longer_answer_than_was_asked_for_is_cut() -> None:
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789") as (url, _):
        sent = Sent(method="GET", origin=url, path="/", headers={}, answer_bytes_max=4)
        assert (200, b"0123") == exchange(sent)


def test_a_long_body_arrives_whole_and_its_length_is_told() -> None:
    body = bytes(range(256)) * 2000
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (url, heard):
        sent = Sent(method="POST", origin=url, path="/sync", headers={"X-A": "b"}, body=body)
        assert (200, b"ok") == exchange(sent)

    head, _, told = bytes(heard).partition(b"\r\n\r\n")
    assert body == told
    assert b"Content-Length: 512000" in head
    assert b"chunked" not in head
