"""In a browser, requests go to the server that the app came from, and nowhere else."""

import pytest

from tests.support.fake_browser import FakeAnswer, FakeBrowser, in_browser
from trailmark_adapters.fetching import exchange_in_browser
from trailmark_adapters.https import NoAnswerError, Sent

ASKED = Sent(
    method="POST", origin="https://home.example", path="/api/word", headers={"A": "b"}, body=b"{}"
)


def test_a_request_is_sent_whole() -> None:
    with in_browser(FakeBrowser()) as given:
        given.answer = FakeAnswer(201, b"made")

        assert (201, b"made") == exchange_in_browser(ASKED)
    assert [("POST", "/api/word", [["A", "b"]], b"{}")] == given.asked


def test_another_server_is_not_asked() -> None:
    with in_browser(FakeBrowser("https://other.example")) as given, pytest.raises(NoAnswerError):
        exchange_in_browser(ASKED)

    assert [] == given.asked


def test_silence_is_told() -> None:
    given = FakeBrowser()
    given.answer = FakeAnswer(0, b"")

    with in_browser(given), pytest.raises(NoAnswerError):
        exchange_in_browser(ASKED)
