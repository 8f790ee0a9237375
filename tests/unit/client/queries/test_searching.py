"""Looking for words."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.notes import note
from trailmark_client.queries.searching import Found, search
from trailmark_client.storage.search_index import put_in
from trailmark_shared import limits
from trailmark_shared.errors import DomainError
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id


def win(person: Person, text: str) -> str:
    won = person.write(lambda c, r: note(c, r, WinNoted(text=text), r.now()))
    return text_from_id(won.subject)


def found_by(person: Person, words: str) -> list[Found]:
    person.app.write(put_in)
    return person.read(lambda c: search(c, words))


def test_a_thing_in_several_lanes_is_found_once(person: Person) -> None:
    person.let_in()
    one = win(person, "walked to the lake")

    found = found_by(person, "lake")

    assert [(one, "win", person.now().day)] == [(each.id, each.kind, each.day) for each in found]


def test_words_of_a_question_are_no_commands(person: Person) -> None:
    one = win(person, "walked NOT far")

    assert [one] == [each.id for each in found_by(person, 'NOT "far')]
    assert [] == found_by(person, "words:far")


def test_there_are_only_so_many_places(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEARCH_RESULTS_MAX", 2)
    for number in range(3):
        win(person, f"walked {number}")

    assert 2 == len(found_by(person, "walked"))


def test_a_question_has_words(person: Person) -> None:
    with pytest.raises(DomainError):
        person.read(lambda c: search(c, "?!"))
