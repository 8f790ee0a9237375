"""A few words about a browser, and never the header itself."""

import pytest

from tests.support.languages import language_of
from trailmark_server.therapists.browsers import UNKNOWN, browser_kept, browser_words
from trailmark_shared.words import speaking

GECKO = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (GECKO, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/150.0.0.0", "Edge on Windows"),
        (f"{CHROME} OPR/120.0", "Opera on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile", "Chrome on Android"),
        ("curl/8.0", UNKNOWN),
        ("", UNKNOWN),
        ("<script>alert(1)</script> Firefox" + "x" * 10_000, "Firefox"),
    ],
)
def test_browsers_are_known_by_a_few_words(user_agent: str, words: str) -> None:
    assert words == browser_kept(user_agent)


def test_what_is_kept_is_told_as_the_reader_says_it() -> None:
    with speaking(language_of({"{browser} on {system}": "{system}: {browser}"})):
        assert "Linux: Firefox" == browser_words(browser_kept(GECKO))
        assert "Firefox" == browser_words("Firefox")
        assert "A browser" == browser_words("")
