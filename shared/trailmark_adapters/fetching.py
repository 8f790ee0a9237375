"""HTTP in a browser: only to the server that the app came from, as the page's policy demands."""

from __future__ import annotations

from trailmark_adapters.browser import browser
from trailmark_adapters.https import TIMEOUT_S, NoAnswerError, Sent


def exchange_in_browser(sent: Sent) -> tuple[int, bytes]:
    """Send a request and wait for its answer; see ``https.exchange``.

    Returns:
        Status and body.

    Raises:
        NoAnswerError: There was none, or it is another server than the app came from.
    """
    given = browser()
    if sent.origin != given.origin:
        raise NoAnswerError("OtherServer")
    headers = given.toJs([[name, value] for name, value in sent.headers.items()])
    body = None if sent.body is None else given.toJs(sent.body)
    answer = given.exchange(sent.method, sent.path, headers, body, TIMEOUT_S * 1000)
    if answer.status == 0:
        raise NoAnswerError("NetworkError")
    return answer.status, answer.body.to_bytes()
