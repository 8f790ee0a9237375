"""``trailmark goal areas``: parts of life, those that are often meant and a person's own."""

from __future__ import annotations

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.terminal import Terminal
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.goals import list_goals
from trailmark_shared.domain.areas import AREA_WORDS, area_of, area_words
from trailmark_shared.words import gettext


class AreaLine(msgspec.Struct, frozen=True, kw_only=True):
    """An area of life.

    Attributes:
        area: What is typed: a short name, or the person's own words.
        words: What it is.
        goals: Ids of the goals that belong to it.
    """

    area: str
    words: str
    goals: list[str]


class Areas(msgspec.Struct, frozen=True, kw_only=True):
    """Areas of life.

    Attributes:
        areas: Those that goals are often about, then the person's own.
    """

    areas: list[AreaLine]


def list_areas(*, common: Common = PLAIN) -> Answer[Areas]:
    """Show areas of life, and which of your goals belong to each; your own words do as well."""
    with opened(common) as here:
        found = here.read(lambda conn: list_goals(conn, here.when().day))
    by_area: dict[str, list[str]] = {each: [] for each in AREA_WORDS}
    for each in found:
        if each.area is not None:
            by_area.setdefault(area_of(each.area), []).append(each.id)
    lines = [
        AreaLine(area=area, words=area_words(area), goals=ids) for area, ids in by_area.items()
    ]

    def draw(terminal: Terminal) -> None:
        titles = {each.id: each.title for each in found}
        for line in lines:
            terminal.say(line.area if line.area == line.words else f"{line.area}: {line.words}")
            terminal.say(*(f"  {each[:8]}  {titles[each]}" for each in line.goals))

    return Answer(Areas(areas=lines), draw)


def own_area_lines(here: Here, area: str | None) -> list[str]:
    """Say that an area is a new one of the person's own: it may be a slip of the hand.

    Args:
        here: This device, before the area is recorded.
        area: What was typed, or ``None``.

    Returns:
        A line, or nothing where the area is known or was used before.
    """
    if area is None or area_of(area) in AREA_WORDS:
        return []
    if area in _used(here):
        return []
    return [
        gettext("A part of life in your own words. Those that are often meant: {areas}.").format(
            areas=", ".join(AREA_WORDS)
        )
    ]


def _used(here: Here) -> set[str | None]:
    """Return the areas of goals and challenges so far."""
    day = here.when().day
    challenges = here.read(lambda conn: list_cards(conn, "challenge", day))
    goals = here.read(lambda conn: list_goals(conn, day))
    return {*(each.area for each in goals), *(each.said.get("area") for each in challenges)}
