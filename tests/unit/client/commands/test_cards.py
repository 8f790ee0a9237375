"""Cards on one device and on two."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.cards import log_card, rewrite_card, write_card
from trailmark_client.queries.cards import card_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.coping import BarrierIdentified, BarrierResolved
from trailmark_shared.ids import SELF

NAMED = BarrierIdentified(text="Far away")


def barrier(person: Person) -> bytes:
    return person.write(lambda c, r: write_card(c, r, NAMED, r.now())).subject


def test_a_card_stays_on_the_persons_devices(person: Person) -> None:
    person.let_in()

    written = person.write(lambda c, r: write_card(c, r, NAMED, r.now()))

    assert (SELF, ()) == (written.lane, written.seen_by)


def test_a_correction_says_so_and_names_what_it_replaces(person: Person) -> None:
    card = barrier(person)
    later = BarrierIdentified(text="Too far")

    person.write(lambda c, r: rewrite_card(c, r, card, later, r.now()))

    first, second = person.entries(card)
    reason = second.body.reason
    assert (first.id,) == second.body.base
    assert reason is not None
    assert "correction" == reason.code


def test_a_conflict_is_settled_by_saying_it_again(person: Person) -> None:
    card = barrier(person)
    apart = BarrierIdentified(text="Elsewhere")
    person.write(lambda c, r: r.record(c, SELF, card, apart))
    shown = person.read(lambda c: card_of(c, "barrier", card)).document.said.value
    assert isinstance(shown, BarrierIdentified)

    person.write(lambda c, r: rewrite_card(c, r, card, shown, r.now()))

    said = person.read(lambda c: card_of(c, "barrier", card)).document.said
    assert (shown, False) == (said.value, said.conflict)


def test_what_stands_there_is_not_written_again(person: Person) -> None:
    card = barrier(person)
    person.write(lambda c, r: log_card(c, r, card, BarrierResolved(), r.now()))

    for again in (
        lambda: person.write(lambda c, r: log_card(c, r, card, BarrierResolved(), r.now())),
        lambda: person.write(lambda c, r: rewrite_card(c, r, card, NAMED, r.now())),
    ):
        with pytest.raises(DomainError) as refused:
            again()
        assert ErrorCode.NOTHING_CHANGED == refused.value.code
