"""Wins and setbacks: the first words count."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.projections.note import fold_note


def test_a_win_is_told() -> None:
    note = fold_note([an_entry(1, WinNoted(text="Said no", goal=a_text(100)))])

    assert ("Said no", None, a_text(100)) == (note.text, note.helped, note.goal)


def test_a_setback_tells_what_helped() -> None:
    note = fold_note([an_entry(1, SetbackNoted(text="Awake", helped="Reading"))])

    assert (note.text, note.helped, note.goal) == ("Awake", "Reading", None)


def test_the_same_subject_noted_twice_keeps_the_first() -> None:
    entries = [an_entry(number, WinNoted(text=str(number))) for number in (1, 2)]

    assert fold_note(entries).text == "1"
