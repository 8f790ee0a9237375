"""Taking back: what counts no more, for whom, and how it comes back."""

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack, InsightNoted
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.projections.fold import decode_document, fold_subject
from trailmark_shared.projections.mark import MarkDocument, counting, fold_mark, taken_back
from trailmark_shared.projections.reflection import ReflectionDocument

WRITTEN = an_entry(1, ReflectionWritten(text="one"))
REVISED = an_entry(2, ReflectionRevised(text="two"), base=(1,))


def back(number: int, *events: int) -> EntryTakenBack:
    assert number
    return EntryTakenBack(events=tuple(map(a_text, events)))


def test_what_was_taken_back_as_a_whole_is_a_thing_of_its_own() -> None:
    mark = an_entry(3, EntryTakenBack(events=(a_text(1), a_text(2))))

    document = fold_subject("self", [WRITTEN, REVISED, mark])

    assert document is not None
    assert "mark" == document.kind
    facts = decode_document(document)
    assert isinstance(facts, MarkDocument)
    assert (a_text(1), a_text(2)) == facts.events


def test_a_taken_back_revision_lets_the_words_before_it_stand() -> None:
    document = fold_subject("self", [WRITTEN, REVISED, an_entry(3, back(3, 2))])

    assert document is not None
    facts = decode_document(document)
    assert isinstance(facts, ReflectionDocument)
    assert "one" == facts.text.value


def test_what_is_put_back_counts_again() -> None:
    entries = [WRITTEN, an_entry(2, back(2, 1)), an_entry(3, EntryPutBack(events=(a_text(1),)))]

    assert frozenset() == taken_back(entries)
    assert entries == counting(entries)


def test_nobody_takes_back_what_somebody_else_wrote() -> None:
    said = CommentAdded(text="x", about=a_text(7))
    theirs = an_entry(1, said, lane=CARE, actor="member/7")
    mark = an_entry(2, back(2, 1), lane=CARE)

    assert [theirs, mark] == counting([theirs, mark])


def test_erasures_and_marks_are_not_taken_back() -> None:
    entries = [
        an_entry(1, SubjectErased(events=(a_text(9),))),
        an_entry(2, back(2, 1)),
        an_entry(3, back(3, 2)),
    ]

    assert frozenset() == taken_back(entries)


def test_an_unknown_event_is_not_taken_back() -> None:
    entries = [an_entry(1, InsightNoted(text="x")), an_entry(2, back(2, 1, 77))]

    assert {a_text(1)} == taken_back(entries)
    assert (a_text(1), a_text(77)) == fold_mark(entries).events
