"""The page of a journey: where somebody began, what they did and what they take along, to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from trailmark_client.cli.export_page import POLICY, STYLE
from trailmark_client.cli.wording import day_words
from trailmark_client.queries.journey import GoalOfJourney, Journey
from trailmark_shared.words import gettext, language


def journey_page(journey: Journey, made: str) -> Iterator[bytes]:
    """Yield the page, UTF-8, in pieces; it loads nothing from anywhere.

    Args:
        journey: What is told.
        made: When, in words.
    """
    for piece in _pieces(journey, made):
        yield piece.encode("utf-8", "replace")


_BREAK: Final = "\n"


def _pieces(journey: Journey, made: str) -> Iterator[str]:
    title = gettext("My way so far")
    yield (
        f'<!doctype html>\n<html lang="{language().tag}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n"
    )
    if journey.first_day is not None and journey.last_day is not None:
        words = gettext("From {first} to {last}, written down on {made}.").format(
            first=day_words(journey.first_day), last=day_words(journey.last_day), made=made
        )
        yield f"<p>{escape(words)}</p>\n"
    yield _section(gettext("What was hard"), journey.challenges)
    yield _section(gettext("What I wished for"), journey.vision)
    if journey.goals:
        yield "<h2>" + escape(gettext("My goals")) + "</h2>\n"
    for goal in journey.goals:
        yield _goal(goal)
    yield _section(gettext("What went well"), journey.wins)
    yield _section(gettext("What was celebrated"), journey.celebrations)
    yield _section(gettext("What I understood"), journey.insights)
    yield _section(gettext("What helps me"), journey.helps)
    yield _section(gettext("Who stands by me"), journey.people)
    yield _section(gettext("How I keep it up"), journey.afterwards)
    yield _section(gettext("What I take along"), journey.endings)
    yield "</main>\n</body>\n</html>\n"


def _section(title: str, lines: Iterable[str]) -> str:
    inner = "".join(f'<li dir="auto">{_words(each)}</li>\n' for each in lines)
    return f"<section>\n<h2>{escape(title)}</h2>\n<ul>\n{inner}</ul>\n</section>\n" if inner else ""


def _goal(goal: GoalOfJourney) -> str:
    facts = (
        (gettext("It began as"), goal.first_words if goal.first_words != goal.title else None),
        (gettext("Why it matters"), goal.why),
        (gettext("Where it stands"), goal.status),
        (gettext("How it went"), goal.progress),
        (gettext("Steps"), ", ".join(goal.steps_reached) or None),
        (gettext("What I overcame"), goal.looked_back.get("overcome")),
        (gettext("What I learnt"), goal.looked_back.get("learnt")),
        (gettext("Who or what helped"), goal.looked_back.get("thanks")),
        (gettext("Looking back"), goal.looked_back.get("text")),
    )
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{_words(said)}</td></tr>\n" for name, said in facts if said
    )
    heading = f'<h3 dir="auto">{_words(goal.title)}</h3>'
    return f"<section>\n{heading}\n<table>\n{rows}</table>\n</section>\n"


def _words(text: str) -> str:
    return escape(text).replace(_BREAK, "<br>")
