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
