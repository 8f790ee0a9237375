"""The journal: reading, revising, patterns, looking back, looking for words, insights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from trailmark_client.cli import cards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.cards import Cards, changed, id_of
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, GoalOption, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import clock_words, day_words
from trailmark_client.commands import reflections
from trailmark_client.queries import journal, searching
from trailmark_client.queries.cards import CardLine
from trailmark_client.queries.documents import KIND_WORDS, find
from trailmark_client.queries.finding import shortest
from trailmark_client.queries.journal import JournalEntry, LookBack, Pair, Patterns, Wanted
from trailmark_client.queries.searching import Found
from trailmark_client.storage.search_index import put_in
from trailmark_shared.dates import day_text
from trailmark_shared.events.journal import InsightNoted
from trailmark_shared.words import gettext, ngettext

Since = Annotated[str | None, Parameter(help="Only from this day on: YYYY-MM-DD, 30 days ago")]
Tags = Annotated[tuple[str, ...], Parameter(help="A tag or trigger; may be repeated", negative="")]
Feelings = Annotated[
    tuple[str, ...], Parameter(name="--feeling", help="A feeling; may be repeated", negative="")
]
ReflectionId = Annotated[str, Parameter(help="Id of the reflection, or the beginning of it")]


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """Reflections.

    Attributes:
        entries: The earliest first.
    """

    entries: list[JournalEntry]


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """What holds the words that were looked for.

    Attributes:
        found: The best first.
    """

    found: list[Found]


def list_entries(
    *,
    since: Since = None,
    tag: Tags = (),
    feeling: Feelings = (),
    common: Common = PLAIN,
) -> Answer[Journal]:
    """Read your journal, all of it or by tag and feeling."""
    with opened(common) as here:
        wanted = Wanted(
            since=here.day(since),
            tags=tag,
            feelings=feeling,
        )
        entries = here.read(lambda conn: journal.list_journal(conn, wanted))

    def draw(terminal: Terminal) -> None:
        if not entries:
            terminal.say(gettext("Nothing here yet, and that is fine."))
        short = shortest([each.id for each in entries])
        for each in entries:
            terminal.say(*_entry_lines(each, short[each.id]), "")

    return Answer(Journal(entries=entries), draw)


def _entry_lines(entry: JournalEntry, short: str) -> Iterator[str]:
    title = "" if entry.title is None else f"  {entry.title}"
    yield f"{day_words(entry.day)} {clock_words(entry.happened)}  {short}{title}"
    yield from (f"  {line}" for line in entry.text.split("\n"))
    for label, names in (
        (gettext("feelings"), entry.feelings),
        (gettext("tags"), entry.tags),
    ):
        if names:
            yield f"  {label}: {', '.join(names)}"
    if entry.mood is not None:
        yield "  " + gettext("mood: {number} of 10").format(number=entry.mood)


def revise(
    reflection: ReflectionId,
    /,
    *,
    text: Annotated[Words | None, Parameter(help="All of it, in other words")] = None,
    title: Annotated[Words | None, Parameter(help="A heading, or none")] = None,
    mood: Annotated[str | None, Parameter(help="How you felt, 0 to 10, or none")] = None,
    tag: Tags = (),
    feeling: Feelings = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Change a reflection: what is given replaces what stood there, the rest stays."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "reflection", reflection))
        tenths = mood if mood in {None, "none"} else reflections.mood_tenths(mood or "")
        given = changed(
            {"text": text, "title": title, "tags": tag, "feelings": feeling, "mood_tenths": tenths}
        )
        when = here.when()
        return here.record(
            lambda conn, recorder: reflections.revise(conn, recorder, subject, given, when),
            gettext("It reads differently now; what it said before stays in the history."),
        )


def add_tags(
    reflection: ReflectionId,
    /,
    *,
    tag: Tags = (),
    feeling: Feelings = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Add tags, triggers or feelings to a reflection, after writing."""
    with opened(common) as here:
        subject = here.read(lambda conn: find(conn, "reflection", reflection))
        when = here.when()
        return here.record(
            lambda conn, recorder: reflections.add_tags(conn, recorder, subject, tag, feeling, when)
        )


def show_patterns(*, since: Since = None, common: Common = PLAIN) -> Answer[Patterns]:
    """Show what you named together, as plain counts. What it means is yours to say."""
    with opened(common) as here:
        wanted = Wanted(since=here.day(since))
        entries = here.read(lambda conn: journal.list_journal(conn, wanted))
        found = journal.patterns(entries)

    def draw(terminal: Terminal) -> None:
        if not found.names:
            terminal.say(
                gettext("Nothing to count yet. Tags and feelings are named with a reflection.")
            )
            return
        terminal.say(
            ngettext("In {n} entry you named:", "In {n} entries you named:", found.entries).format(
                n=found.entries
            )
        )
        rows = [
            (
                each.name,
                gettext("feeling") if each.is_feeling else gettext("tag"),
                str(each.entries),
            )
            for each in found.names
        ]
        terminal.table((gettext("name"), gettext("as"), gettext("entries")), rows)
        terminal.say(*(_pair_words(each) for each in found.pairs))
        terminal.say(
            gettext("Counts only: two things named together need not have to do with each other.")
        )

    return Answer(found, draw)


def _pair_words(pair: Pair) -> str:
    return gettext(
        "{one} and {other}: together {together}x ({one} {one_entries}x, {other} "
        "{other_entries}x in all)"
    ).format(
        one=pair.one,
        other=pair.other,
        together=pair.together,
        one_entries=pair.one_entries,
        other_entries=pair.other_entries,
    )


def show_look_back(*, common: Common = PLAIN) -> Answer[LookBack]:
    """Show your first entry beside the latest, and what you wrote on this day before."""
    with opened(common) as here:
        day = here.when().day
        found = journal.look_back(here.read(journal.list_journal), day)

    def draw(terminal: Terminal) -> None:
        if found.first is None:
            terminal.say(gettext("Nothing to look back on yet, and that is fine."))
            return
        terminal.say(
            gettext("Where you began:"), *_entry_lines(found.first, found.first.id[:8]), ""
        )
        if found.latest is not None:
            terminal.say(gettext("And now:"), *_entry_lines(found.latest, found.latest.id[:8]), "")
        if found.on_this_day:
            terminal.say(gettext("On this day:"))
        for each in found.on_this_day:
            terminal.say(*_entry_lines(each, each.id[:8]), "")

    return Answer(found, draw)


def search(words: Words, /, *, common: Common = PLAIN) -> Answer[SearchResult]:
    """Look for words in everything on this device. The search never leaves it.

    Args:
        words: What to look for; the beginning of a word is enough.
    """
    with opened(common) as here:
        here.app.write(put_in)
        found = here.read(lambda conn: searching.search(conn, words))

    def draw(terminal: Terminal) -> None:
        if not found:
            terminal.say(gettext("Nothing on this device holds these words."))
        short = shortest([each.id for each in found])
        for each in found:
            kind = KIND_WORDS.get(each.kind, each.kind)
            terminal.say(f"{short[each.id]}  {day_text(each.day)}  {kind}: {each.excerpt}")

    return Answer(SearchResult(found=found), draw)


def note_insight(
    text: Words,
    /,
    *,
    goal: GoalOption = None,
    source: Annotated[
        tuple[str, ...],
        Parameter(name="--from", help="A reflection it came from; may be repeated", negative=""),
    ] = (),
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Note a pattern that you recognised.

    Args:
        text: What you see now, in your own words.
    """
    with opened(common) as here:
        data = InsightNoted(
            text=text,
            goal=id_of(here, "goal", goal),
            reflections=tuple(id_of(here, "reflection", each) or "" for each in source),
        )
        return cards.write(here, data, gettext("Worth knowing."))


def list_insights(*, goal: GoalOption = None, common: Common = PLAIN) -> Answer[Cards]:
    """Show what you recognised."""
    return cards.show(common, "insight", gettext("Nothing here yet."), _insight_words, goal)


def _insight_words(line: CardLine) -> Iterator[str]:
    yield f"{day_text(line.day)}  {line.words}"


def revise_insight(
    insight: Annotated[str, Parameter(help="Id of the insight, or the beginning of it")],
    /,
    *,
    text: Words,
    common: Common = PLAIN,
) -> Answer[Saved]:
    """Say an insight in other words.

    Args:
        text: What you see now, in your own words.
    """
    with opened(common) as here:
        return cards.revise(here, "insight", insight, {"text": text})
