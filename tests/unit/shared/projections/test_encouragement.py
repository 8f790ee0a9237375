"""Encouragements: said once, about one thing."""

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.projections.encouragement import fold_encouragement

SAM = "supporter/sam"


def test_an_encouragement_says_what_it_answers() -> None:
    sent = an_entry(
        4, EncouragementSent(text="Bravo", about=a_text(7)), lane=CIRCLE, actor=SAM, cause=3
    )
    told = fold_encouragement([sent])

    assert ("Bravo", a_text(7), a_text(3)) == (told.text, told.about, told.answers)
    assert (SAM, "2026-09-21") == (told.created_by, told.day)


def test_the_first_words_stay() -> None:
    entries = [
        an_entry(number, EncouragementSent(text=str(number), about=a_text(7)), lane=CIRCLE)
        for number in (4, 5)
    ]
    told = fold_encouragement(entries)

    assert ("4", None) == (told.text, told.answers)


def test_something_else_under_its_id_says_nothing() -> None:
    told = fold_encouragement([an_entry(4, WinNoted(text="t"), lane=CIRCLE)])

    assert (None, None) == (told.text, told.about)
