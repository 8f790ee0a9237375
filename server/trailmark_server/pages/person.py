"""The head of every page about one person: who it is, what is shared, since when, until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Final

from trailmark_adapters.clock import zone_from_name
from trailmark_server.members.audience import Audience, class_words
from trailmark_server.members.dates import moment_day, short_day
from trailmark_server.members.person_days import person_zone
from trailmark_server.pages.views import Person
from trailmark_server.services import Services
from trailmark_shared.ids import second_mark, text_from_id
from trailmark_shared.words import Texts, gettext, marked

_MAY_WORDS: Final = Texts(
    {
        "view": marked("read it"),
        "comment": marked("comment on it"),
        "propose": marked("propose changes"),
    }
)


async def head_of(services: Services, audience: Audience, live_url: str = "") -> Person:
    """Return the head of a page about the person, whose days it has."""
    lane = audience.lanes[0]
    zone = await person_zone(services, audience.space, lane, audience.reader(lane))
    return person_of(audience, zone_from_name(zone) or UTC, live_url)


def person_of(audience: Audience, zone: tzinfo, live_url: str = "") -> Person:
    """Return the head of a page about the person, with the days of a time zone."""
    space = text_from_id(audience.space)
    granted = [each.granted for each in audience.terms if each.granted is not None]
    shared = {code for each in granted for code in each.classes}
    untils = [each.until for each in granted]
    return Person(
        space=space,
        label=audience.label,
        second_mark=second_mark(audience.space),
        url=f"/people/{space}/timeline",
        live_url=live_url,
        shares=class_words(shared),
        may=[
            words
            for action, words in _MAY_WORDS.items()
            if any(audience.allows(action, lane) for lane in audience.lanes)
        ],
        since=gettext("not known") if audience.since is None else moment_day(audience.since, zone),
        until=until_words(untils),
    )


def until_words(untils: Iterable[str | None]) -> str:
    """Return until when something is shared: the last day of all, or no end."""
    days = list(untils)
    if not days or None in days:
        return gettext("they stop sharing")
    return short_day(max(day for day in days if day is not None))
