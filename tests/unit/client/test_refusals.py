"""A refusal reads the same whatever language its server speaks."""

from gettext import NullTranslations

import pytest

from trailmark_client.refusals import refusal_words
from trailmark_shared.errors import ErrorCode
from trailmark_shared.words import Language, speaking


class Loud(NullTranslations):
    """Says everything in capitals."""

    def gettext(self, message: str) -> str:
        return message.upper()


def test_a_known_code_is_worded_here() -> None:
    assert "this device was signed out" == refusal_words(ErrorCode.SIGNED_OUT, "Gerät abgemeldet")


def test_it_speaks_the_language_in_force() -> None:
    with speaking(Language("en-x-loud", Loud())):
        assert "THIS DEVICE WAS SIGNED OUT" == refusal_words(ErrorCode.SIGNED_OUT, "")


def test_what_means_different_things_keeps_the_words_of_the_server() -> None:
    assert "ask for a new one" == refusal_words(ErrorCode.WRONG_CODE, "ask for a new one")
    assert "" == refusal_words(None, "")


@pytest.mark.parametrize(
    "code", [ErrorCode.MALFORMED_FRAME, ErrorCode.UNEXPECTED_MESSAGE, ErrorCode.BROKEN_PAGE]
)
def test_what_a_server_gets_wrong_says_what_to_do_next(code: ErrorCode) -> None:
    words = refusal_words(code, "a message came out of turn")

    assert "nothing is lost" in words
    assert "whoever runs the server" in words


def test_a_server_writes_no_lines_of_its_own() -> None:
    assert "busy Everything was erased" == refusal_words(None, "busy\n\nEverything was erased\n")
