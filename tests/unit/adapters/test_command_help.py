"""A page of help speaks the language in force, and the catalogue knows all that it can say."""

from gettext import NullTranslations
from typing import Annotated, Literal

import pytest
from cyclopts import App, Parameter

from tests.support.pseudo import plain_english, pseudo
from trailmark_adapters.command_help import PLAIN, TranslatedHelp, help_texts
from trailmark_shared.words import Language, speaking


class Accented(NullTranslations):
    """Says everything with accents."""

    def gettext(self, message: str) -> str:
        return pseudo(message)


def program() -> App:
    app = App(
        name="tm",
        help="About all.",
        version=None,
        help_format=PLAIN,
        help_formatter=TranslatedHelp(),
    )
    group = App(name="goal", help="About goals.")

    def add(
        title: str,
        /,
        *,
        why: Annotated[str, Parameter(help="Why it matters")] = "none yet",
        kind: Literal["a", "b"] = "a",
        done: Annotated[bool, Parameter(negative="")] = False,
    ) -> None:
        """Write a goal down.

        Nothing of it
        is lost.

        Args:
            title: In your own words.
            why: An annotation stands before a docstring.
            kind: Which of the two.
            done: It is done.
        """

    group.command(add)
    app.command(group)
    return app


def help_page(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    program()([*words, "--help"], exit_on_error=False, result_action="return_value")
    return capsys.readouterr().out


def test_every_text_of_a_command_is_told_to_the_catalogue() -> None:
    assert [
        "About all.",
        "About goals.",
        "Write a goal down.",
        "Nothing of it is lost.",
        "In your own words.",
        "Why it matters",
        "Which of the two.",
        "It is done.",
    ] == list(help_texts(program()))


@pytest.mark.parametrize("words", [(), ("goal",), ("goal", "add")])
def test_help_speaks_the_language_in_force(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with speaking(Language("en-x-pseudo", Accented())):
        shown = help_page(capsys, *words)
    typed = {
        "tm",
        "goal",
        "add",
        "help",
        "why",
        "kind",
        "done",
        "TITLE",
        "STR",
        "CHOICE",
        "version",
    }

    assert set() == set(plain_english(shown)) - typed - {"COMMAND", "OPTIONS", "none", "yet"}


def test_help_in_english_says_what_an_option_takes(capsys: pytest.CaptureFixture[str]) -> None:
    shown = " ".join(help_page(capsys, "goal", "add").split())

    assert "Usage: tm goal add [OPTIONS] TITLE" in shown
    assert "Write a goal down. Nothing of it is lost." in shown
    assert "In your own words. [needed]" in shown
    assert "Why it matters [by default: none yet]" in shown
    assert "Which of the two. [one of: a, b] [by default: a]" in shown
    assert "False" not in shown
