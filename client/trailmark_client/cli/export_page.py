"""The first page of a copy of everything: what is in it, for reading and for printing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

import msgspec

from trailmark_client.queries.export_records import Source
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.sharing import list_grants

STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
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
    yield _head(made, device)
    yield "<h2>What is here</h2>\n<table>\n"
    yield "<tr><th>File</th><th>What</th><th>How many</th></tr>\n"
    for each in files:
        yield (
            f'<tr><td><a href="{escape(each.name)}">{escape(each.name)}</a></td>'
            f'<td>{escape(each.title)}</td><td class="number">{each.things}</td></tr>\n'
        )
    yield f"</table>\n{_HOW_TO_READ}<h2>Goals</h2>\n"
    for at_home in goals_at_home(source.conn):
        yield _goal(show_goal(source.conn, at_home.id, source.day))
    yield "<h2>Who is let in, and who was</h2>\n<table>\n"
    yield "<tr><th>Who</th><th>As</th><th>Until</th><th>Now</th></tr>\n"
    for grant in list_grants(source.conn, source.day):
        cells = (grant.name, grant.role, grant.until or "stopped", grant.state)
        yield f"<tr>{''.join(f'<td>{_words(each)}</td>' for each in cells)}</tr>\n"
    yield "</table>\n</body>\n</html>\n"


def _head(made: str, device: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Everything, {escape(made)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Everything, as of {escape(made)}</h1>\n"
        '<p class="note">This copy is not sealed: whoever has it can read all of it. '
        "Keep it where only you can reach it, and give it to nobody because they ask.</p>\n"
        f"<p>Made by the device {escape(device)}, of everything that it could read then. What was "
        "erased is not in it, nor what another device had not sent yet.</p>\n"
    )


_HOW_TO_READ: Final = (
    "<p>The tables (<code>.csv</code>) open in every spreadsheet. Dates and clock times are as you "
    "meant them, with the zone beside them; other moments are in universal time (UTC). An "
    "apostrophe in front of a text that a spreadsheet would calculate is not part of it. "
    "<code>everything.json</code> is for programs, and the most complete.</p>\n"
)


def _goal(view: GoalView) -> str:
    goal = view.goal
    seen_by = ", ".join(goal.seen_by)
    facts = (
        ("Status", goal.status_words),
        ("Why it matters", view.why),
        ("Part of life", goal.area),
        ("Target", goal.target),
        ("Hoped for by", goal.due),
        ("How it goes", view.achievement),
        ("Seen by", seen_by or "only you"),
        ("Check-ins", str(len(view.check_ins))),
    )
    rows = "".join(
        f"<tr><th>{name}</th><td>{_words(said)}</td></tr>\n" for name, said in facts if said
    )
    steps = _list(f"{each.text} ({each.status})" for each in view.steps)
    heading = f'<h3 dir="auto">{_words(goal.title)}</h3>'
    return f"<section>\n{heading}\n<table>\n{rows}</table>\n{steps}</section>\n"


def _list(items: Iterable[str]) -> str:
    inner = "".join(f'<li dir="auto">{_words(each)}</li>\n' for each in items)
    return f"<h4>Steps</h4>\n<ul>\n{inner}</ul>\n" if inner else ""


def _words(text: str) -> str:
    return escape(text).replace("\n", "<br>")
