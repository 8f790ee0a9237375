"""What all lists of cards say beside the words."""

from gettext import NullTranslations

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.cards import show
from trailmark_client.cli.options import PLAIN
from trailmark_client.cli.terminal import Terminal
from trailmark_shared.words import Language, speaking


class German(NullTranslations):
    """As much of German as says who somebody is."""

    def gettext(self, message: str) -> str:
        return {"you": "du"}.get(message, message)


def test_own_cards_name_no_writer_in_any_language(
    cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.ok("barrier", "add", "Far away")

    with speaking(Language("de", German())):
        answer = show(PLAIN, "barrier", "", lambda line: iter((line.words,)))
        assert callable(answer.words)
        answer.words(Terminal(as_json=False))

    [card] = answer.document.cards
    assert ("du", True) == (card.by, card.is_own)
    assert "written by" not in capsys.readouterr().out
