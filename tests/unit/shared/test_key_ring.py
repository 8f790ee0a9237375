"""The key ring: whose word counts, which key is the newest, who holds it (docs/decisions/0008)."""

from itertools import permutations

import msgspec
import pytest

from tests.support.key_rings import CIPHER, SPACE, Code, Holder, Key, Lane, planted, ring_of
from trailmark_shared import limits
from trailmark_shared.events.control import LaneEnd, SpaceErased, VaultKeyWrapped, Wrap
from trailmark_shared.ids import KeyId, SpaceId
from trailmark_shared.key_ring import is_proven
from trailmark_shared.sealing import wrap_key

PHONE, LAPTOP, TABLET, THIEF = map(Holder, "plax")
PAPER = Code("r")
FIRST, ONE, TWO, THREE = map(Key, "0123")


@pytest.fixture
def lane() -> Lane:
    """A space whose first key is held by a phone, a laptop and a device that will be removed."""
    begun = Lane()
    for holder in (PHONE, LAPTOP, THIEF):
        begun.add(holder, FIRST)
    return begun


class TestProof:
    def test_a_lane_without_events_has_its_first_key(self) -> None:
        ring = Lane().ring([FIRST])

        assert ([FIRST.id], FIRST.id, {}) == (ring.chain, ring.newest, ring.holders(FIRST.id))

    def test_a_word_without_a_proof_does_nothing(self, lane: Lane) -> None:
        """An operator, or the thief of a credential, holds no vault key."""
        lane.say(planted(ONE, FIRST, [PHONE]), None)
        lane.say(planted(TWO, Key("9"), [PHONE]), Key("9"))
        ring = lane.ring([FIRST], PHONE)

        assert [FIRST.id] == ring.chain
        assert {FIRST.id} == set(ring.keys)

    def test_a_proof_holds_for_one_event_of_one_space(self, lane: Lane) -> None:
        event = lane.remove(THIEF, FIRST)
        other = msgspec.structs.replace

        assert is_proven(FIRST.value, event)
        assert not is_proven(None, event)
        assert not is_proven(ONE.value, event)
        assert not is_proven(FIRST.value, other(event, space=SpaceId(bytes(16))))
        assert not is_proven(FIRST.value, other(event, plain=b"[" * 99))
        assert not is_proven(FIRST.value, other(event, body=other(event.body, mac=None)))

    def test_other_control_events_are_in_force_like_all(self, lane: Lane) -> None:
        event = lane.say(SpaceErased(), FIRST)
        ring = lane.ring([FIRST])

        assert event.id in ring.in_force
        assert event.id in ring.proven


class TestTheNewestKey:
    def test_it_is_planted_by_who_holds_the_present_one(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.plant(TWO, ONE, [PHONE, LAPTOP])
        ring = lane.ring([FIRST], LAPTOP)

        assert [FIRST.id, ONE.id, TWO.id] == ring.chain
        assert TWO.value == ring.keys[TWO.id]
        assert {PHONE.id: PHONE.public_key, LAPTOP.id: LAPTOP.public_key} == ring.holders(TWO.id)

    def test_two_at_once_end_in_the_same_one_everywhere(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.plant(TWO, FIRST, [PHONE, LAPTOP])

        for holder in (PHONE, LAPTOP):
            ring = lane.ring([FIRST], holder)
            assert ONE.id == ring.newest
            assert TWO.value == ring.keys[TWO.id], "it still opens what was sealed with it"

    def test_a_removed_device_plants_nothing(self, lane: Lane) -> None:
        """With the operator's help it writes what it likes, behind its removal or years later."""
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(THIEF, ONE)
        lane.plant(THREE, FIRST, [PHONE, LAPTOP, THIEF])
        ring = lane.ring([FIRST], PHONE)

        assert ONE.id == ring.newest
        assert THIEF.id not in ring.holders(ring.newest)
        assert not ring.leads_to(ONE.id, THREE.id)

    def test_an_old_key_does_not_come_back(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE])
        lane.plant(FIRST, ONE, [PHONE])
        lane.plant(TWO, ONE, [PHONE])
        lane.plant(ONE, TWO, [PHONE])

        assert TWO.id == lane.ring([FIRST], PHONE).newest

    def test_a_device_that_was_left_out_sees_what_it_lacks(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE])
        ring = lane.ring([FIRST], LAPTOP)

        assert FIRST.id == ring.newest
        assert ring.is_left_out
        assert not lane.ring([FIRST], PHONE).is_left_out

    def test_a_key_that_comes_late_proves_what_stands_before_it(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE])
        lane.plant(TWO, ONE, [PHONE, LAPTOP])
        lane.pass_on(ONE, FIRST, [LAPTOP])
        ring = lane.ring([FIRST], LAPTOP)

        assert TWO.id == ring.newest
        assert {FIRST.id, ONE.id, TWO.id} == set(ring.keys)

    def test_a_wrap_that_does_not_open_is_passed_over(self, lane: Lane) -> None:
        broken = Wrap(under=PHONE.text, public_key=PHONE.public_key, sealed=b"broken")
        lane.say(VaultKeyWrapped(key=ONE.id.hex(), wraps=(broken,)), FIRST)
        lane.pass_on(ONE, FIRST, [PHONE])

        assert ONE.value == lane.ring([FIRST], PHONE).keys[ONE.id]

    def test_what_is_only_for_opening_is_bounded(self, lane: Lane) -> None:
        """Who was left out could hand out keys for ever; the newest key is taken all the same."""
        many = {
            KeyId(n.to_bytes(8, "big")): bytes(32) for n in range(limits.VAULT_KEYS_MAX // 2 - 2)
        }
        keys = {FIRST.id: FIRST.value, **many}
        lane.pass_on(THREE, FIRST, [PHONE])
        lane.plant(ONE, FIRST, [PHONE])
        lane.pass_on(TWO, FIRST, [PHONE])
        ring = ring_of(lane.events, keys, {PHONE.id: PHONE.private_key})

        assert {THREE.id, ONE.id} <= set(ring.keys)
        assert TWO.id not in ring.keys


class TestWhoKnowsIt:
    """A key id, its boxes and its links go by in the open: none of them names the newest key."""

    def test_a_copied_claim_with_another_holder_is_none(self, lane: Lane) -> None:
        honest = planted(ONE, FIRST, [PHONE, LAPTOP])
        box = msgspec.structs.replace(honest.wraps[0], under=THIEF.text)
        more = msgspec.structs.replace(honest, wraps=(*honest.wraps, box))
        bare = msgspec.structs.replace(more, proof=None)
        for data in (more, bare, honest):
            lane.say(data, FIRST)
        ring = lane.ring([FIRST], LAPTOP)

        assert ONE.id == ring.newest
        assert {PHONE.id, LAPTOP.id} == set(ring.holders(ONE.id))

    def test_a_claim_counts_behind_one_key_only(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE])
        lane.say(planted(TWO, FIRST, [PHONE]), ONE)

        assert ONE.id == lane.ring([FIRST], PHONE).newest

    def test_another_value_under_its_id_is_no_wrap_of_it(self, lane: Lane) -> None:
        """Else who opened that first would never open the right one."""
        box = wrap_key(CIPHER, LAPTOP.public_key, b"f" * 32, SPACE, ONE.id, THREE.value)
        forged = Wrap(under=LAPTOP.text, public_key=LAPTOP.public_key, sealed=box)
        lane.say(VaultKeyWrapped(key=ONE.id.hex(), wraps=(forged,), newest=True), FIRST)
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        ring = lane.ring([FIRST], LAPTOP)

        assert (ONE.id, ONE.value) == (ring.newest, ring.keys[ONE.id])


class TestClosedClaims:
    """A key that somebody names the newest, and that this device cannot open."""

    def test_it_moves_nobody_once_a_key_follows_that_is_held(self, lane: Lane) -> None:
        """Planted by a thief for itself before it was removed: the person changes keys beside."""
        lane.plant(THREE, FIRST, [THIEF])
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(THIEF, ONE)
        ring = lane.ring([FIRST], LAPTOP)

        assert (ONE.id, False, {THIEF.id}) == (ring.newest, ring.is_left_out, ring.removed)

    def test_sealing_is_for_whom_all_of_them_name(self, lane: Lane) -> None:
        lane.plant(THREE, FIRST, [THIEF])
        assert {THIEF.id} == set(lane.ring([FIRST], LAPTOP).surely_in())

        lane.plant(ONE, FIRST, [PHONE])
        assert {} == lane.ring([FIRST], LAPTOP).surely_in()
        assert {PHONE.id} == set(lane.ring([FIRST], PHONE).surely_in())

    def test_who_held_the_key_before_them_may_begin_anew(self, lane: Lane) -> None:
        lane.plant(THREE, FIRST, [THIEF])
        lane.add(TABLET, FIRST)
        ring = lane.ring([FIRST], LAPTOP)

        assert ring.may_begin_anew(LAPTOP.id)
        assert not ring.may_begin_anew(TABLET.id), "it does not know who was removed meanwhile"
        assert not lane.ring([]).may_begin_anew(LAPTOP.id)
        assert lane.ring([]).is_left_out


class TestWhoHoldsIt:
    def test_who_joined_under_an_old_key_has_to_be_let_in_again(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.add(TABLET, FIRST)
        assert TABLET.id not in lane.ring([FIRST], PHONE).holders(ONE.id)

        lane.add(TABLET, ONE)
        assert TABLET.id in lane.ring([FIRST], PHONE).holders(ONE.id)

    def test_nobody_joins_under_a_key_that_never_claimed_to_be_the_newest(self, lane: Lane) -> None:
        lane.pass_on(ONE, FIRST, [PHONE])
        lane.add(TABLET, ONE)
        ring = lane.ring([FIRST], PHONE)

        assert {} == ring.holders(ONE.id)
        assert TABLET.id not in ring.holders(FIRST.id)

    def test_a_removal_is_final(self, lane: Lane) -> None:
        lane.remove(THIEF, FIRST)
        lane.add(THIEF, FIRST)
        ring = lane.ring([FIRST])

        assert THIEF.id not in ring.holders(FIRST.id)
        assert ({THIEF.id}, {THIEF.id: {FIRST.id}}) == (ring.removed, ring.removals)

    def test_a_removal_that_is_not_in_force_is_known_and_does_nothing(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(LAPTOP, FIRST)
        ring = lane.ring([FIRST], PHONE)

        assert LAPTOP.id in ring.holders(ONE.id)
        assert (set(), {FIRST.id}) == (ring.removed, ring.removals[LAPTOP.id])

    def test_a_recovery_code_holds_keys_until_it_is_removed_like_a_device(self, lane: Lane) -> None:
        lane.make_recovery(PAPER, FIRST)
        assert PAPER.id in lane.ring([FIRST]).holders(FIRST.id)

        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(PAPER, ONE)
        lane.make_recovery(PAPER, ONE)
        ring = lane.ring([FIRST], PHONE)
        assert PAPER.id not in ring.holders(ONE.id)
        assert ({PAPER.id}, {PAPER.id}) == (ring.recovery_codes, ring.removed)

    def test_nobody_makes_a_device_a_recovery_code(self, lane: Lane) -> None:
        """It would go when the person replaces theirs; whoever made a code has made its id."""
        lane.make_recovery(LAPTOP, FIRST)
        lane.make_recovery(TABLET, FIRST)
        ring = lane.ring([FIRST])

        assert set() == ring.recovery_codes
        assert TABLET.id not in ring.holders(FIRST.id)

    def test_a_device_is_called_what_was_said_in_force(self, lane: Lane) -> None:
        lane.rename(LAPTOP, "desk", FIRST)
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(THIEF, ONE)
        lane.rename(PHONE, "the stolen one", FIRST)
        lane.add(Holder("l"), FIRST)
        ring = lane.ring([FIRST], PHONE)

        assert ("device", "desk") == (ring.names[PHONE.id], ring.names[LAPTOP.id])

    def test_nobody_joins_a_key_that_was_passed(self, lane: Lane) -> None:
        """Who was left out could put an accomplice on its list, for whoever still trusts it."""
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.add(TABLET, FIRST)

        assert TABLET.id not in lane.ring([FIRST], PHONE).holders(FIRST.id)

    def test_a_holder_never_gets_another_public_key(self, lane: Lane) -> None:
        """Else somebody else would open what is wrapped for it from then on."""
        forged = Holder("p")
        forged.public_key = THIEF.public_key
        lane.add(forged, FIRST)
        lane.plant(ONE, FIRST, [forged, LAPTOP, THIEF])
        ring = lane.ring([FIRST], LAPTOP)

        assert PHONE.public_key == ring.holders(FIRST.id)[PHONE.id]
        assert {LAPTOP.id, THIEF.id} == set(ring.holders(ONE.id))


class TestFollowing:
    def test_it_goes_step_by_step_and_never_back(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE])
        lane.plant(TWO, ONE, [PHONE])
        ring = lane.ring([FIRST], PHONE)

        assert ring.leads_to(FIRST.id, TWO.id)
        assert ring.leads_to(TWO.id, TWO.id)
        assert not ring.leads_to(TWO.id, FIRST.id)

    def test_two_branches_meet_again_in_a_key_that_links_to_both(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.plant(TWO, FIRST, [PHONE, LAPTOP])
        lane.add(TABLET, TWO)
        lane.plant(THREE, ONE, [PHONE, LAPTOP], links=[TWO])
        ring = lane.ring([FIRST], LAPTOP)

        assert THREE.id == ring.newest
        assert ring.leads_to(ONE.id, THREE.id)
        assert ring.leads_to(TWO.id, THREE.id)
        assert not ring.leads_to(KeyId(bytes(8)), THREE.id)

    def test_a_link_to_a_key_that_its_author_does_not_hold_is_none(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        honest = planted(TWO, FIRST, [PHONE], [ONE])
        forged = planted(THREE, FIRST, [PHONE], [Key("9")])
        stolen = msgspec.structs.replace(forged, links=honest.links)
        unknown = planted(Key("4"), FIRST, [LAPTOP], [ONE])
        for data in (forged, stolen, unknown):
            lane.say(data, FIRST)
        ring = lane.ring([FIRST], PHONE)

        assert not ring.leads_to(ONE.id, THREE.id)
        assert not ring.leads_to(ONE.id, Key("4").id)


class TestDisputes:
    """Two branches, and on one of them somebody was removed who holds the key of the other."""

    def test_a_removal_beside_the_newest_key_is_a_dispute(self, lane: Lane) -> None:
        lane.plant(TWO, FIRST, [THIEF, LAPTOP])
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.plant(Key("4"), FIRST, [PHONE, LAPTOP, THIEF])
        lane.remove(THIEF, ONE)
        ring = lane.ring([FIRST], LAPTOP)

        assert (TWO.id, {THIEF.id}) == (ring.newest, ring.disputed)
        assert ring.is_in_doubt
        assert {LAPTOP.id} == set(ring.surely_in())
        assert [ONE.id] == ring.rivals()
        assert {PHONE.id: PHONE.public_key} == ring.passed_over()

    def test_it_ends_where_a_key_follows_both(self, lane: Lane) -> None:
        lane.plant(TWO, FIRST, [THIEF, LAPTOP])
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(THIEF, ONE)
        lane.plant(THREE, TWO, [PHONE, LAPTOP], links=[ONE])
        lane.say(planted(THREE, ONE, [PHONE, LAPTOP], links=[TWO]), ONE)

        for holder in (PHONE, LAPTOP):
            ring = lane.ring([FIRST], holder)
            assert (THREE.id, False) == (ring.newest, ring.is_in_doubt)
            assert ([], {}) == (ring.rivals(), ring.passed_over())

    def test_what_a_key_says_that_was_passed_or_never_named_is_none(self, lane: Lane) -> None:
        lane.plant(ONE, FIRST, [PHONE, LAPTOP])
        lane.remove(PHONE, FIRST)
        lane.pass_on(THREE, FIRST, [LAPTOP])
        lane.remove(PHONE, THREE)
        ring = lane.ring([FIRST], LAPTOP)

        assert (frozenset(), False) == (ring.disputed, ring.is_in_doubt)


class TestOrders:
    """How far orders to erase count that are proven with a key which was passed."""

    END = LaneEnd(lane="self", seq=7, hash="ab" * 32)

    def test_as_far_as_the_author_of_the_trusted_key_had_read(self, lane: Lane) -> None:
        """The author of one before it may be a device that was removed since."""
        lane.plant(ONE, FIRST, [PHONE], ends=[msgspec.structs.replace(self.END, seq=9)])
        lane.plant(TWO, ONE, [PHONE], ends=[self.END])
        lane.plant(THREE, FIRST, [PHONE], ends=[msgspec.structs.replace(self.END, seq=9)])
        ring = lane.ring([FIRST], PHONE)

        assert (self.END,) == ring.ends_behind(FIRST.id, TWO.id)
        assert (self.END,) == ring.ends_behind(ONE.id, TWO.id)
        assert () == ring.ends_behind(FIRST.id, FIRST.id)
        assert () == ring.ends_behind(TWO.id, TWO.id)
        assert () == ring.ends_behind(TWO.id, ONE.id)

    def test_a_claim_that_says_less_or_more_is_none(self, lane: Lane) -> None:
        honest = planted(ONE, FIRST, [PHONE], ends=[self.END])
        lane.say(msgspec.structs.replace(honest, ends=()), FIRST)
        lane.say(honest, FIRST)

        assert (self.END,) == lane.ring([FIRST], PHONE).ends_behind(FIRST.id, ONE.id)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_whoever_holds_the_same_rows_and_keys_sees_the_same_ring(order: tuple[int, ...]) -> None:
    lane = Lane()
    lane.add(PHONE, FIRST)
    words = [
        lane.plant(ONE, FIRST, [PHONE, LAPTOP]),
        lane.plant(TWO, FIRST, [PHONE, LAPTOP]),
        lane.remove(LAPTOP, FIRST),
    ]
    events = [lane.events[0], *(words[at] for at in order)]
    keys = {each.id: each.value for each in (FIRST, ONE, TWO)}
    phone, laptop = (ring_of(events, keys, {each.id: each.private_key}) for each in (PHONE, LAPTOP))

    assert vars(phone) == vars(laptop)
