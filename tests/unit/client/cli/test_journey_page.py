"""The page of a journey: every word of a person is escaped, empty parts are left out."""

from trailmark_client.cli.journey_page import journey_page
from trailmark_client.queries.journey import Journey

EMPTY = Journey(
    first_day=None,
    last_day=None,
    challenges=[],
    vision=[],
    goals=[],
    wins=["<b>x</b>\ny"],
    celebrations=[],
    insights=[],
    helps=[],
    people=[],
    afterwards=[],
    endings=[],
)


def test_words_are_words() -> None:
    page = b"".join(journey_page(EMPTY, "today")).decode()

    assert "&lt;b&gt;x&lt;/b&gt;<br>y" in page
    assert 1 == page.count("<section>")
