"""One exchange: an answer with its status, or that there was none."""

import pytest

from tests.support.http_home import http_home
from trailmark_adapters.https import NoAnswerError, Sent, exchange


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
