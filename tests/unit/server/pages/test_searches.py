"""Words that are looked for, sealed into an address."""

import pytest

from tests.support.web_site import new_site
from trailmark_server.pages.searches import Searches, cleaned, new_nonce
from trailmark_shared import limits
from trailmark_shared.sealing import NONCE_BYTES

PLACE = "/people"
NONCE = bytes(NONCE_BYTES)
WORDS = "grüne stations"


def searches(cookie: str = "a", place: str = PLACE) -> Searches:
    return Searches(cookie, place)


def test_only_the_same_session_at_the_same_place_reads_the_words_again() -> None:
    sealed = searches().sealed(WORDS, NONCE)

    assert WORDS == searches().words(sealed)
    assert "" == searches("another").words(sealed)
    assert "" == searches(place="/people/x/timeline").words(sealed)


@pytest.mark.parametrize("altered", ["", "a", "ä", "====", "stations", "A" * 400])
def test_what_nobody_sealed_is_no_search(altered: str) -> None:
    assert "" == searches().words(altered)


def test_an_address_tells_neither_words_nor_their_number() -> None:
    short, long = (searches().sealed(each, NONCE) for each in ("so", "so and so " * 20))

    assert len(short) == len(long)
    assert "so" not in short


def test_words_are_one_bounded_line() -> None:
    assert "a b" == cleaned("  a \n\t b ")
    assert limits.TITLE_CHARS_MAX == len(cleaned("x" * (limits.TITLE_CHARS_MAX + 1)))


async def test_no_nonce_is_used_twice() -> None:
    services = (await new_site()).services

    assert new_nonce(services) != new_nonce(services)
