"""Cards on one device and on two."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.cards import log_card, place_of_card, rewrite_card, write_card
from trailmark_client.commands.sharing import share_goal
from trailmark_client.queries.cards import card_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.coping import BarrierIdentified, BarrierResolved
from trailmark_shared.events.joint import Decision, ReviewHeld, ReviewScheduled
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")

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


def test_a_review_tells_its_readers_of_no_goal_that_they_do_not_see(person: Person) -> None:
    person.let_in()
    shown, private = person.goal("a"), person.goal("b")
    person.write(lambda c, r: share_goal(c, r, shown, r.now()))
    planned = ReviewScheduled(on="2026-01-05")
    review = person.write(
        lambda c, r: write_card(c, r, planned, r.now(), place_of_card(c, planned, r.now().day))
    ).subject
    kept = [Decision(goal=text_from_id(each), outcome="kept") for each in (shown, private)]

    with pytest.raises(DomainError) as refused:
        person.write(
            lambda c, r: log_card(c, r, review, ReviewHeld(decisions=tuple(kept)), r.now())
        )
    person.write(lambda c, r: log_card(c, r, review, ReviewHeld(decisions=(kept[0],)), r.now()))

    assert ErrorCode.INVALID_INPUT == refused.value.code
    assert "review_held" == person.entries(review, CARE)[-1].body.type


def test_a_review_of_the_person_s_own_names_any_goal(person: Person) -> None:
    goal = text_from_id(person.goal())
    review = person.write(
        lambda c, r: write_card(c, r, ReviewScheduled(on="2026-01-05"), r.now())
    ).subject
    held = ReviewHeld(decisions=(Decision(goal=goal, outcome="ended"),))

    assert SELF == person.write(lambda c, r: log_card(c, r, review, held, r.now())).lane
