"""Taking back and putting back, in every lane that has it."""

from tests.support.person import Person
from trailmark_client.commands.notes import note
from trailmark_client.commands.reflections import reflect, share_excerpt
from trailmark_client.commands.undoing import put_back, undo
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.taken_back import what_to_put_back, what_to_undo
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import SELF, care_lane, text_from_id
from trailmark_shared.projections.excerpt import ExcerptDocument

CARE = care_lane(bytes(15) + b"\x09")


def take_back(person: Person, subject: bytes) -> Written:
    name = text_from_id(subject)
    return person.write(lambda c, r: undo(c, r, what_to_undo(c, name, r.today()), r.now()))


def test_a_win_goes_from_every_lane_that_has_it(person: Person) -> None:
    person.let_in()
    won = person.write(lambda c, r: note(c, r, WinNoted(text="walked"), r.now()))

    back = take_back(person, won.subject)

    assert (CARE, ("Dr Demo",)) == (back.lane, back.seen_by)
    assert ["win_noted", "entry_taken_back"] == person.types(won.subject, CARE)


def test_it_comes_back_to_where_it_was(person: Person) -> None:
    person.let_in()
    won = person.write(lambda c, r: note(c, r, WinNoted(text="walked"), r.now()))
    take_back(person, won.subject)

    name = text_from_id(won.subject)
    back = person.write(lambda c, r: put_back(c, r, what_to_put_back(c, name), r.now()))

    assert ("win", CARE) == (back.kind, back.lane)


def test_a_part_that_was_sent_is_withdrawn_and_keeps_no_words(person: Person) -> None:
    person.let_in()
    words = ReflectionWritten(text="all of it")
    entry = person.write(lambda c, r: reflect(c, r, words, r.now())).subject
    part = person.write(lambda c, r: share_excerpt(c, r, entry, "all of", r.now())).subject
    # As if the server had taken everything so far.
    person.write(lambda c, _: c.execute("UPDATE event SET seq = pos WHERE lane = ?", (CARE,)))

    take_back(person, part)

    shown = person.read(lambda c: of_subject(c, "excerpt", part, ExcerptDocument))
    assert ["excerpt_shared", "excerpt_withdrawn"] == person.types(part, CARE)
    assert (None, True) == (shown[CARE].text, shown[CARE].withdrawn_at is not None)
    assert shown[SELF].link is not None


def test_a_part_that_waits_to_be_sent_loses_its_words(person: Person) -> None:
    person.let_in()
    words = ReflectionWritten(text="all of it")
    entry = person.write(lambda c, r: reflect(c, r, words, r.now())).subject
    part = person.write(lambda c, r: share_excerpt(c, r, entry, "all of", r.now())).subject

    take_back(person, part)

    assert ["excerpt_withdrawn", "subject_erased"] == person.types(part, CARE)
