"""Wins and setbacks: the first words count, until they are taken back."""

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.events.notes import SetbackNoted, WinNoted, WinWithdrawn
from trailmark_shared.projections.note import fold_note

SENT = an_entry(1, WinNoted(text="Said no", goal=a_text(100)), lane=CIRCLE)
BACK = an_entry(2, WinWithdrawn(shares=(a_text(1),)), lane=CIRCLE)


def test_a_win_is_told() -> None:
    note = fold_note([SENT])

    assert ("Said no", None, a_text(100)) == (note.text, note.helped, note.goal)
    assert (a_text(1), SENT.effective_at, None) == (note.event, note.event_at, note.withdrawn_at)


def test_a_setback_tells_what_helped() -> None:
    note = fold_note([an_entry(1, SetbackNoted(text="Awake", helped="Reading"))])

    assert (note.text, note.helped, note.goal) == ("Awake", "Reading", None)


def test_the_same_subject_noted_twice_keeps_the_first() -> None:
    entries = [an_entry(number, WinNoted(text=str(number))) for number in (1, 2)]

    assert fold_note(entries).text == "1"


def test_a_win_taken_back_has_no_words() -> None:
    note = fold_note([SENT, BACK])

    assert (None, a_text(1), BACK.effective_at) == (note.text, note.event, note.withdrawn_at)


def test_a_win_sent_again_is_told_again() -> None:
    again = an_entry(3, WinNoted(text="Said no"), lane=CIRCLE)
    note = fold_note([SENT, BACK, again])

    assert ("Said no", a_text(3), None) == (note.text, note.event, note.withdrawn_at)


def test_a_withdrawal_without_its_win_says_nothing() -> None:
    note = fold_note([BACK])

    assert (None, None, None) == (note.text, note.event, note.withdrawn_at)
