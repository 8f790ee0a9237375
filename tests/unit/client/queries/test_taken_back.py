"""What can be taken back, and by which name."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.queries.taken_back import what_to_put_back, what_to_undo
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.coping import CopingAdded, CopingUsed
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.ids import SELF, text_from_id


def test_a_use_is_named_by_its_event(person: Person) -> None:
    added = CopingAdded(then="breathe")
    card = person.write(lambda c, r: write_card(c, r, added, r.now())).subject
    used = person.write(lambda c, r: log_card(c, r, card, CopingUsed(), r.now())).events[0]
    day = person.now().day

    one = person.read(lambda c: what_to_undo(c, text_from_id(used), day))
    whole = person.read(lambda c: what_to_undo(c, text_from_id(card), day))

    assert (False, {SELF: (used,)}) == (one.is_whole, one.events)
    assert (True, 2) == (whole.is_whole, len(whole.events[SELF]))


def test_a_use_that_was_taken_back_comes_back_alone_or_with_all(person: Person) -> None:
    added = CopingAdded(then="breathe")
    card = person.write(lambda c, r: write_card(c, r, added, r.now())).subject
    used = person.write(lambda c, r: log_card(c, r, card, CopingUsed(), r.now())).events[0]
    back = EntryTakenBack(events=(text_from_id(used),))
    person.write(lambda c, r: r.record(c, SELF, card, back))

    alone = person.read(lambda c: what_to_put_back(c, text_from_id(used)))
    by_card = person.read(lambda c: what_to_put_back(c, text_from_id(card)))

    assert ({SELF: (used,)}, "coping") == (alone.events, alone.kind)
    assert (alone.events, True, False) == (by_card.events, by_card.is_whole, alone.is_whole)


def test_what_was_never_taken_back_cannot_be_put_back(person: Person) -> None:
    goal = text_from_id(person.goal())

    with pytest.raises(DomainError) as refused:
        person.read(lambda c: what_to_put_back(c, goal))
    assert ErrorCode.NOT_FOUND == refused.value.code
