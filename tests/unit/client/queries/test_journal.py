"""What goes with what, and looking back, over entries by hand."""

from tests.support.person import Person
from trailmark_client.commands.places import PRIVATE
from trailmark_client.commands.when import When
from trailmark_client.commands.written import write_new
from trailmark_client.queries.journal import JournalEntry, list_journal, look_back, patterns
from trailmark_shared.events.reflections import ReflectionWritten


def entry(day: str, *tags: str, feelings: tuple[str, ...] = ()) -> JournalEntry:
    return JournalEntry(
        id=day,
        day=day,
        happened=f"{day}T12:00:00+02:00",
        title=None,
        text="x",
        feelings=list(feelings),
        tags=list(tags),
        mood=None,
        goal=None,
        revisions=0,
    )


def test_a_name_counts_once_in_an_entry() -> None:
    found = patterns([entry("2025-01-01", "Work", "work ", feelings=("work",))])

    assert [("Work", False, 1), ("work", True, 1)] == [
        (each.name, each.is_feeling, each.entries) for each in found.names
    ]
    assert [("Work", "work", 1)] == [(each.one, each.other, each.together) for each in found.pairs]


def test_nothing_written_has_no_pattern() -> None:
    found = patterns([])

    assert (0, [], []) == (found.entries, found.names, found.pairs)


def test_this_day_is_that_of_earlier_months_and_years() -> None:
    entries = [entry("2023-05-09"), entry("2024-05-08"), entry("2024-05-09"), entry("2025-05-09")]

    found = look_back(entries, "2025-05-09")

    assert ["2024-05-09", "2023-05-09"] == [each.day for each in found.on_this_day]


def test_one_entry_is_not_shown_twice() -> None:
    found = look_back([entry("2025-05-01")], "2025-05-09")

    assert (True, None) == (found.first is not None, found.latest)


def test_entries_of_the_hour_that_comes_twice_stand_in_their_order(person: Person) -> None:
    for text, at in (("later", "02:10:00+01:00"), ("earlier", "02:50:00+02:00")):
        when = When(f"2025-10-26T{at}", "Europe/Berlin", "2025-10-26")
        data = ReflectionWritten(text=text)
        person.write(lambda c, r, s=data, w=when: write_new(c, r, PRIVATE, s, w))

    assert ["earlier", "later"] == [each.text for each in person.read(list_journal)]
