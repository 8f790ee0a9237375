"""What ``--help`` shows, in the language in force, and the texts of it for the catalogue.

The words of commands and options stand where cyclopts reads them: in docstrings and annotations.
They are looked up paragraph by paragraph when a page of help is drawn. ``help_texts`` walks the
same tree and returns the same paragraphs, so that none is missed. Pages are plain text, never
markup; the syntax in the line of usage (``COMMAND``, ``[OPTIONS]``) stays as it is typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING, Final

from trailmark_shared.words import gettext, marked

if TYPE_CHECKING:
    from cyclopts import App
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

PLAIN: Final = "plaintext"
"""The format of help: for ``App(help_format=…)``."""

_TITLES: Final = (marked("Commands"), marked("Arguments"), marked("Parameters"))
_OF_CYCLOPTS: Final = (
    marked("Display this message and exit."),
    marked("Display application version."),
)
_SAYS_NOTHING: Final = frozenset({"False", "()", "[]", "None", '""'})
"""Defaults that a page of help leaves out."""


def paragraphs(words: str) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [" ".join(each.split()) for each in words.split("\n\n") if each.strip()]


def _said(words: str) -> str:
    return "\n\n".join(gettext(each) for each in paragraphs(words))


def _plain(words: object) -> str:
    """Return the text of something that cyclopts made of a text of ours."""
    return str(getattr(words, "primary_renderable", words) or "")


class TranslatedHelp:
    """Draws the pages of help: for ``App(help_formatter=…)``, with ``help_format`` as ``PLAIN``.

    What draws is loaded when there is something to draw: most commands show no help.
    """

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Draw one panel."""
        from cyclopts.help import DefaultFormatter

        entries = [_entry(each) for each in panel.entries]
        told = panel.copy(title=gettext(str(panel.title)), entries=entries)
        DefaultFormatter()(console, options, told)

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        """Draw the line of usage."""
        del options
        if words := _plain(usage).strip():
            _print(console, gettext("Usage: {command}").format(command=words), "bold")

    def render_description(
        self, console: Console, options: ConsoleOptions, description: object
    ) -> None:
        """Draw what a command does."""
        del options
        if words := _said(_plain(description)):
            _print(console, words)


def _print(console: Console, words: str, style: str = "") -> None:
    console.print(_text(words, style))
    console.print()


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(words, style)


def _entry(entry: HelpEntry) -> HelpEntry:
    from cyclopts.help import InlineText

    words = InlineText(_text(_said(_plain(entry.description))))
    if entry.choices:
        choices = gettext("[one of: {choices}]").format(choices=", ".join(entry.choices))
        words.append(_text(choices, "cyclopts.choices"))
    if entry.default is not None and entry.default not in _SAYS_NOTHING:
        default = gettext("[by default: {value}]").format(value=entry.default)
        words.append(_text(default, "cyclopts.default"))
    if entry.required:
        words.append(_text(gettext("[needed]"), "cyclopts.required"))
    return entry.copy(description=words, choices=None, default=None, required=False)


def help_texts(app: App) -> Iterator[str]:
    """Yield every paragraph that the pages of help show, of an app and all its commands.

    The words of cyclopts itself are marked in this module.
    """
    yield from _about(app.help)
    if app.default_command is not None:
        found = app.assemble_argument_collection(parse_docstring=True)
        for argument in found.filter_by(show=True):
            yield from paragraphs(argument.parameter.help or "")
    for name in app:
        if not name.startswith("-"):
            yield from help_texts(app[name])


def _about(words: str) -> Iterator[str]:
    """Yield the paragraphs of a docstring, without what stands under ``Args:`` and its kin."""
    from docstring_parser import parse

    first, *others = cleandoc(words).split("\n\n")
    yield from paragraphs(first)
    told = parse("\n\n".join(("About.", *others)))
    yield from paragraphs(told.long_description or "")
