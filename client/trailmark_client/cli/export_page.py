"""The first page of a copy of everything: what is in it, for reading and for printing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

import msgspec

from trailmark_client.cli.wording import grant_state_words, role_words, value_words
from trailmark_client.queries.export_records import Source
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.sharing import list_grants
from trailmark_shared.dates import day_text
from trailmark_shared.words import gettext, language, listed

STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
body { overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .25rem .75rem .25rem 0; }
tr { border-bottom: 1px solid #bbb; break-inside: avoid; }
td.number { text-align: end; }
section { break-inside: avoid-page; }
.note { border: 1px solid; padding: .5rem 1rem; }
@media print {
  @page { margin: 2cm; }
  body { font: 11pt/1.4 serif; max-width: none; margin: 0; padding: 0; }
  a { color: inherit; text-decoration: none; }
}
"""
"""How a page that stands alone looks, on a screen and on paper."""

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Such a page loads nothing and runs nothing."""


class InFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the copy.

    Attributes:
        name: Its name.
        title: What is in it.
        things: How many things are in it.
    """

    name: str
    title: str
    things: int


def page_pieces(source: Source, made: str, device: str, files: Sequence[InFile]) -> Iterator[bytes]:
    """Yield the page, UTF-8, in pieces; it loads nothing from anywhere.

    Args:
        source: What the copy was made from.
        made: When, in words.
        device: Id of the device that made it.
        files: The other files of the copy.
    """
    for piece in _pieces(source, made, device, files):
        yield piece.encode("utf-8", "replace")


def _pieces(source: Source, made: str, device: str, files: Sequence[InFile]) -> Iterator[str]:
    yield from _head(made, device)
    yield _heading("h2", gettext("What is here")) + "<table>\n"
    yield _row("th", (gettext("File"), gettext("What"), gettext("How many")))
    for each in files:
        name = escape(each.name)
        yield (
            f'<tr><td><a href="{name}">{name}</a></td><td>{escape(each.title)}</td>'
            f'<td class="number">{each.things}</td></tr>\n'
        )
    yield "</table>\n" + _paragraph(
        gettext(
            "The tables (.csv) open in every spreadsheet. Dates and clock times are as you meant "
            "them, with the zone beside them; other moments are in universal time (UTC). An "
            "apostrophe in front of a text that a spreadsheet would calculate is not part of it. "
            "everything.json is for programs, and the most complete."
        )
    )
    yield _heading("h2", gettext("Goals"))
    for at_home in goals_at_home(source.conn):
        yield _goal(show_goal(source.conn, at_home.id, source.day))
    yield _heading("h2", gettext("Who is let in, and who was")) + "<table>\n"
    yield _row("th", (gettext("Who"), gettext("As"), gettext("Until"), gettext("Now")))
    for grant in list_grants(source.conn, source.day):
        until = day_text(grant.until) if grant.until else gettext("until you stop it")
        yield _row(
            "td", (grant.name, role_words(grant.role), until, grant_state_words(grant.state))
        )
    yield "</table>\n</main>\n</body>\n</html>\n"


def _head(made: str, device: str) -> Iterator[str]:
    title = gettext("Everything, as of {time}").format(time=made)
    yield (
        f'<!doctype html>\n<html lang="{language().tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    yield _heading("h1", title)
    yield _paragraph(
        gettext(
            "This copy is not sealed: whoever has it can read all of it. Keep it where only you "
            "can reach it, and give it to nobody because they ask."
        ),
        ' class="note"',
    )
    yield _paragraph(
        gettext(
            "Made by the device {device}, of everything that it could read then. What was erased "
            "is not in it, nor what another device had not sent yet."
        ).format(device=device)
    )


def _goal(view: GoalView) -> str:
    goal = view.goal
    facts = (
        (gettext("Status"), goal.status_words),
        (gettext("Why it matters"), view.why),
        (gettext("Part of life"), goal.area),
        (gettext("Target"), goal.target and value_words("target", goal.target)),
        (gettext("Hoped for by"), goal.due and day_text(goal.due)),
        (gettext("How it goes"), view.achievement),
        (gettext("Seen by"), listed(goal.seen_by) or gettext("only you")),
        (gettext("Check-ins"), str(len(view.check_ins))),
    )
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{_words(said)}</td></tr>\n" for name, said in facts if said
    )
    steps = _list(
        gettext("{step} ({status})").format(step=each.text, status=value_words("step", each.status))
        for each in view.steps
    )
    heading = f'<h3 dir="auto">{_words(goal.title)}</h3>'
    return f"<section>\n{heading}\n<table>\n{rows}</table>\n{steps}</section>\n"


def _list(items: Iterable[str]) -> str:
    inner = "".join(f'<li dir="auto">{_words(each)}</li>\n' for each in items)
    return _heading("h4", gettext("Steps")) + f"<ul>\n{inner}</ul>\n" if inner else ""


def _heading(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words)}</{tag}>\n"


def _paragraph(words: str, attributes: str = "") -> str:
    return f"<p{attributes}>{escape(words)}</p>\n"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_words(each)}</{tag}>' for each in cells)}</tr>\n"


def _words(text: str) -> str:
    return escape(text).replace("\n", "<br>")
