"""Entries: best known times, and each id once."""

from itertools import permutations

import msgspec

from tests.support.entries import START, an_entry, an_id
from trailmark_shared.events.goals import GoalActivated
from trailmark_shared.projections.entries import Entry, Sighting, entries_of_subject

NOW = GoalActivated()


def test_a_confirmed_time_is_set_right_by_the_offset() -> None:
    assert an_entry(1, NOW, at=100, offset=-90_000).effective_at == START + 10_000


def test_nothing_is_recorded_after_it_arrived() -> None:
    assert an_entry(1, NOW, at=100, delay=-60).effective_at == START + 40_000


def test_an_unconfirmed_time_is_the_device_s() -> None:
    assert an_entry(1, NOW, at=100, confirmed=False).effective_at == START + 100_000


def test_each_id_counts_once_at_its_first_place() -> None:
    first, second = an_entry(1, NOW), an_entry(2, NOW)
    again = msgspec.structs.replace(first, seq=3, received_at=START + 99_000)

    assert entries_of_subject([first, second, again]) == [first, second]


def test_the_earliest_row_tells_times_and_actor() -> None:
    """After a restore the proven row may stand behind the one that was pushed again."""
    pushed = an_entry(1, NOW, at=100)
    proven = msgspec.structs.replace(
        pushed, seq=7, received_at=START + 3_000, offset=-98_000, actor="member/x"
    )
    expected = msgspec.structs.replace(
        pushed, received_at=START + 3_000, offset=-98_000, actor="member/x"
    )

    assert entries_of_subject([pushed, proven]) == [expected]


def test_a_row_without_body_can_be_the_earliest() -> None:
    pushed = an_entry(1, NOW, at=100)
    seen = Sighting(id=an_id(1), received_at=START, offset=5, actor="person")
    later = Sighting(id=an_id(1), received_at=START + 999_000, offset=6, actor="member/x")
    other = Sighting(id=an_id(9), received_at=0, offset=0, actor="member/x")
    expected = msgspec.structs.replace(pushed, received_at=START, offset=5)

    assert entries_of_subject([pushed], [later, seen, other]) == [expected]


def test_an_own_unconfirmed_copy_adds_nothing() -> None:
    confirmed = an_entry(1, NOW)
    copy = an_entry(1, NOW, confirmed=False)

    assert entries_of_subject([confirmed, copy]) == [confirmed]


def test_an_unconfirmed_entry_takes_the_times_of_its_stub() -> None:
    """Its id was restored as a stub of another row: the fact is as old as that row says."""
    own = an_entry(1, NOW, confirmed=False)
    seen = Sighting(id=own.id, received_at=START, offset=0, actor="person")
    [entry] = entries_of_subject([own], [seen])

    assert (entry.seq, entry.received_at) == (None, START)


def test_no_rows_are_no_entries() -> None:
    nothing: list[Entry] = []

    assert entries_of_subject(nothing) == nothing


def test_of_two_equally_early_rows_the_lesser_counts_in_any_order() -> None:
    row = an_entry(1, NOW, at=100)
    seen = [
        Sighting(id=row.id, received_at=START, offset=offset, actor=actor)
        for offset, actor in ((7, "person"), (3, "person"), (3, "member/x"))
    ]

    told = {
        (each.offset, each.actor)
        for order in permutations(seen)
        for each in entries_of_subject([row], order)
    }

    assert told == {(3, "member/x")}
