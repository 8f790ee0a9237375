"""What a key ring makes of branches that somebody names who is against the person.

A server that turns the order round, a removed device that the operator helps: the ring alone, no
device around it.
"""

import pytest

from tests.support.key_rings import Holder, Key, Lane, ring_of

PHONE, LAPTOP, TABLET, THIEF = map(Holder, "plax")
FIRST, ONE, TWO, THREE = map(Key, "0123")


@pytest.fixture
def lane() -> Lane:
    """A space whose first key is held by a phone, a laptop and a device that will be removed."""
    begun = Lane()
    for holder in (PHONE, LAPTOP, THIEF):
        begun.add(holder, FIRST)
    return begun


def test_a_server_that_turns_the_order_round_moves_nobody_who_knew_better() -> None:
    """Behind a rewind the removed device's key may come first; it follows from nothing here."""
    lane = Lane()
    for holder in (PHONE, LAPTOP, THIEF):
        lane.add(holder, FIRST)
    rotated = lane.plant(ONE, FIRST, [PHONE, LAPTOP])
    planted = lane.plant(TWO, FIRST, [PHONE, LAPTOP])
    turned = [*lane.events[:3], planted, rotated]
    ring = ring_of(turned, {FIRST.id: FIRST.value}, {PHONE.id: PHONE.private_key})

    assert TWO.id == ring.newest
    assert not ring.leads_to(ONE.id, ring.newest)


def test_nobody_comes_in_by_a_rival(lane: Lane) -> None:
    """A removed device disputes others, and names an accomplice."""
    lane.plant(ONE, FIRST, [PHONE, LAPTOP])
    lane.remove(THIEF, ONE)
    lane.plant(TWO, FIRST, [LAPTOP, THIEF, TABLET])
    lane.remove(PHONE, TWO)
    ring = lane.ring([FIRST], LAPTOP)

    assert (ONE.id, {PHONE.id}, [TWO.id]) == (ring.newest, ring.disputed, ring.rivals())
    assert {LAPTOP.id} == set(ring.surely_in())
    assert {} == ring.passed_over()


@pytest.mark.parametrize("rivals", [[TWO], [TWO, THREE]], ids=len)
def test_no_circle_of_keys_is_a_dispute_without_end(lane: Lane, rivals: list[Key]) -> None:
    """A removed device lets each of its keys follow all of them; then no branch had an end."""
    lane.plant(ONE, FIRST, [PHONE, LAPTOP])
    lane.remove(THIEF, ONE)
    for under, rival in zip([FIRST, *rivals], rivals, strict=False):
        lane.plant(rival, under, [LAPTOP, THIEF], links=rivals)
    lane.plant(rivals[-1], rivals[-1], [LAPTOP, THIEF])
    lane.remove(PHONE, TWO)
    ring = lane.ring([FIRST], LAPTOP)

    assert {PHONE.id} == ring.disputed
    assert [TWO.id] == ring.rivals()


def test_two_keys_that_follow_each_other_are_one_branch(lane: Lane) -> None:
    lane.plant(ONE, FIRST, [PHONE, LAPTOP])
    lane.plant(TWO, FIRST, [LAPTOP], links=[THREE])
    lane.plant(THREE, FIRST, [LAPTOP], links=[TWO])
    ring = lane.ring([FIRST], LAPTOP)

    assert ring.leads_to(THREE.id, TWO.id)
    assert not ring.leads_to(TWO.id, THREE.id)


def test_who_joins_beside_the_newest_key_is_listed_there_and_vouched_for_by_nobody(
    lane: Lane,
) -> None:
    lane.plant(ONE, FIRST, [PHONE, LAPTOP])
    lane.plant(TWO, FIRST, [PHONE, LAPTOP])
    for key in (ONE, TWO):
        lane.add(TABLET, key)
    ring = lane.ring([FIRST], PHONE)
    (beside,) = {ONE.id, TWO.id} - set(ring.chain)
    lone = Lane()
    lone.plant(ONE, FIRST, [PHONE, LAPTOP])
    lone.plant(TWO, FIRST, [PHONE, LAPTOP])
    lone.add(TABLET, ONE if beside == ONE.id else TWO)
    there = lone.ring([FIRST], PHONE)

    assert TABLET.id in there.holders(beside)
    assert TABLET.id not in there.known
    assert TABLET.id in ring.known
