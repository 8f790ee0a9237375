"""The journal: entries as they read now, what goes with what, and looking back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.reflection import ReflectionDocument


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A reflection.

    Attributes:
        id: Its id.
        day: The local date it belongs to.
        happened: When, RFC 3339.
        title: A heading, or null.
        text: The words.
        feelings: Feelings named.
        tags: Tags and triggers.
        mood: 0 to 10, or null.
        goal: Id of the goal it is about, or null.
        revisions: How many times it was revised.
    """

    id: str
    day: str
    happened: str
    title: str | None
    text: str
    feelings: list[str]
    tags: list[str]
    mood: int | float | None
    goal: str | None
    revisions: int


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are asked for.

    Attributes:
        since: Only from this local date on.
        tags: Only those with all of these tags, in any case of letters.
        feelings: Only those with all of these feelings.
    """

    since: str | None = None
    tags: Collection[str] = ()
    feelings: Collection[str] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How often something was named.

    Attributes:
        name: What.
        is_feeling: It was named as a feeling, not as a tag.
        entries: In how many entries.
    """

    name: str
    is_feeling: bool
    entries: int


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What was named together.

    Attributes:
        one: One of the two.
        other: The other.
        together: In how many entries both were named.
        one_entries: In how many entries the one was named.
        other_entries: In how many entries the other was named.
    """

    one: str
    other: str
    together: int
    one_entries: int
    other_entries: int


class Patterns(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with what: counts, and nothing read into them.

    Attributes:
        entries: How many entries were looked at.
        names: Every tag and feeling, the one named most in front.
        pairs: What was named together, the most frequent in front.
    """

    entries: int
    names: list[Count]
    pairs: list[Pair]


class LookBack(msgspec.Struct, frozen=True, kw_only=True):
    """The first entry beside the latest, and what was written on this day before.

    Attributes:
        first: The earliest entry, or null.
        latest: The latest one, or null where there is only one.
        on_this_day: Entries of the same day of earlier years and months, the latest in front.
    """

    first: JournalEntry | None
    latest: JournalEntry | None
    on_this_day: list[JournalEntry]


_EVERYTHING = Wanted()


def list_journal(conn: Connection, wanted: Wanted = _EVERYTHING) -> list[JournalEntry]:
    """Return reflections, the earliest first; one whose words are gone is not among them.

    Args:
        conn: The store.
        wanted: Which ones.
    """
    entries = (
        _entry(each.subject, each.document)
        for each in documents(conn, "reflection", ReflectionDocument)
        if each.document.text.value is not None
    )
    found = [each for each in entries if _is_wanted(each, wanted)]
    return sorted(found, key=lambda each: (place_in_time(each.day, each.happened), each.id))


def _is_wanted(entry: JournalEntry, wanted: Wanted) -> bool:
    return (
        (wanted.since is None or entry.day >= wanted.since)
        and _folded(wanted.tags) <= _folded(entry.tags)
        and _folded(wanted.feelings) <= _folded(entry.feelings)
    )


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(each.strip().casefold() for each in names)


def _entry(subject: bytes, document: ReflectionDocument) -> JournalEntry:
    mood = document.mood_tenths.value
    return JournalEntry(
        id=text_from_id(subject),
        day=document.day,
        happened=document.occurred_at,
        title=document.title.value,
        text=document.text.value or "",
        feelings=list(document.feelings.value or ()),
        tags=list(document.tags.value or ()),
        mood=None if mood is None else number_from_tenths(mood),
        goal=document.goal,
        revisions=document.revisions,
    )


def patterns(entries: Sequence[JournalEntry]) -> Patterns:
    """Return what goes with what in some entries.

    A name counts once in an entry, however it is written; it is shown as it was first written.
    """
    spelled: dict[tuple[bool, str], str] = {}
    counts: Counter[tuple[bool, str]] = Counter()
    pairs: Counter[tuple[tuple[bool, str], tuple[bool, str]]] = Counter()
    for each in entries:
        named = [(False, name) for name in each.tags] + [(True, name) for name in each.feelings]
        for is_feeling, name in named:
            spelled.setdefault((is_feeling, name.strip().casefold()), name)
        here = sorted({(is_feeling, name.strip().casefold()) for is_feeling, name in named})
        counts.update(here)
        pairs.update(combinations(here, 2))
    by_count = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return Patterns(
        entries=len(entries),
        names=[Count(name=spelled[key], is_feeling=key[0], entries=n) for key, n in by_count],
        pairs=[
            Pair(
                one=spelled[one],
                other=spelled[other],
                together=together,
                one_entries=counts[one],
                other_entries=counts[other],
            )
            for (one, other), together in sorted(pairs.items(), key=lambda each: (-each[1], each))
        ],
    )


def look_back(entries: Sequence[JournalEntry], day: str) -> LookBack:
    """Return the first entry beside the latest, and those of this day of earlier months and years.

    Args:
        entries: From ``list_journal``.
        day: The person's local date; its day of the month is "this day".
    """
    return LookBack(
        first=entries[0] if entries else None,
        latest=entries[-1] if len(entries) > 1 else None,
        on_this_day=[
            each for each in reversed(entries) if each.day < day and each.day[8:] == day[8:]
        ],
    )
