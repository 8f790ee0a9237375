"""Every way in which a review broke the ring of MACs, told to the graph of signed statements."""

from __future__ import annotations

import pytest

from tests.support.graph_devices import (
    CIPHER,
    GraphDevice,
    Secrets,
    made_by_thief,
)
from tests.support.graph_scene import Scene
from trailmark_shared import limits
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.boxes import box_for
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    Holder,
    HolderId,
    KeyMade,
    KeysHanded,
    Removed,
    Renamed,
    SpaceErased,
    StatementId,
    Wrap,
    make_statement,
    read_statement,
)
from trailmark_shared.errors import EventDataError
from trailmark_shared.sealing import vault_key_id

EVENT = b"e" * 16


@pytest.fixture
def scene() -> Scene:
    return Scene()


def order() -> Erased:
    return Erased("self", EVENT, (EVENT,))


def test_01_claims_in_front_block_no_key_action(scene: Scene) -> None:
    scene.removed()
    scene.says(
        made_by_thief(
            scene.phone.space,
            scene.stolen.secrets,
            b"1" * 32,
            [scene.phone.secrets.holder, scene.laptop.secrets.holder],
        )
    )
    scene.operator.log.reverse()
    scene.settle()
    scene.phone.rotate()
    tablet = scene.add("tablet", scene.laptop)
    scene.settle(tablet)

    key = scene.one_key(scene.phone, scene.laptop, tablet)

    assert key not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_02_a_removed_device_erases_nothing_whatever_it_plants(scene: Scene) -> None:
    scene.removed()
    scene.says(order())
    scene.says(made_by_thief(scene.phone.space, scene.stolen.secrets, b"1" * 32, []), late=True)
    scene.says(order(), late=True)
    scene.settle()

    assert ({}, {}) == (scene.phone.obeyed, scene.laptop.obeyed)


@pytest.mark.parametrize("how", ["removes itself", "an accomplice", "removes all"])
def test_03_the_thief_answers_no_dispute(scene: Scene, how: str) -> None:
    scene.phone.remove([scene.stolen.id])
    accomplice = Secrets(scene.random)
    scene.thief.secrets.append(accomplice)
    match how:
        case "removes itself":
            scene.says(Removed((scene.stolen.id,)))
        case "an accomplice":
            scene.says(Admitted(accomplice.holder, "x"))
            scene.says(Removed((scene.phone.id, scene.laptop.id)), accomplice)
        case _:
            scene.says(Removed((scene.phone.id, scene.laptop.id)))
    scene.settle()

    key = scene.one_key(scene.phone, scene.laptop)

    assert key not in scene.thief.keys(scene.operator.log, scene.stolen.keys)
    assert [scene.phone.id, scene.laptop.id] == list(scene.laptop.view.members)


def test_04_a_hidden_holder_is_listed_and_goes_with_who_let_it_in(scene: Scene) -> None:
    accomplice = Secrets(scene.random)
    scene.says(Admitted(accomplice.holder, "x"))
    scene.settle()
    listed = scene.phone.view.members
    goes = {scene.stolen.id, *scene.phone.view.let_in_by(scene.stolen.id)}
    scene.phone.remove(goes)
    scene.settle()

    assert accomplice.id in listed
    assert goes == {scene.stolen.id, accomplice.id}
    scene.thief.secrets.append(accomplice)
    key = scene.one_key(scene.phone, scene.laptop)
    assert key not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_04_nobody_takes_the_id_of_a_newcomer(scene: Scene) -> None:
    tablet = Secrets(scene.random)
    forged = Holder("device", tablet.holder.sign_key, scene.stolen.secrets.holder.box_key)

    assert forged.id != tablet.id


def test_05_a_disputed_device_erases_no_space(scene: Scene) -> None:
    scene.says(Removed((scene.phone.id,)))
    said = scene.says(SpaceErased())
    scene.phone.remove([scene.stolen.id])
    scene.operator.collect(scene.phone)
    months_offline = GraphDevice("old", scene.random, scene.phone.space, scene.laptop.secrets)
    scene.operator.deliver(months_offline, scene.operator.log)

    assert said.id not in duties.orders_to_obey(
        months_offline.view, months_offline.firm, months_offline.id
    )


def test_06_branches_of_an_honest_split_meet(scene: Scene) -> None:
    """Both let others in and change keys, unaware; both are lost; those let in go on together."""
    three = GraphDevice("three", scene.random, scene.phone.space, Secrets(scene.random))
    five = GraphDevice("five", scene.random, scene.phone.space, Secrets(scene.random))
    scene.laptop.let_in(three)
    scene.laptop.rotate()
    scene.phone.rotate()
    scene.phone.let_in(five)
    scene.phone.seal()
    scene.operator.collect(scene.laptop)
    scene.operator.collect(scene.phone)
    scene.operator.sync(three, five)

    scene.one_key(three, five)

    assert three.keys.keys() == five.keys.keys()
    assert scene.phone.sealed[0][0] in three.keys


def test_07_keys_of_the_other_branch_reach_newcomers(scene: Scene) -> None:
    scene.laptop.rotate()
    scene.laptop.seal()
    scene.phone.rotate()
    tablet = scene.add("tablet", scene.phone)
    scene.settle(tablet)

    assert scene.laptop.sealed[0][0] in tablet.keys


def test_08_rubbish_keeps_nobody_out(scene: Scene) -> None:
    tablet = scene.add("tablet", scene.phone)
    scene.removed()
    made = [each.says for each in scene.operator.log if isinstance(each.says, KeyMade)]
    scene.says(KeysHanded(tuple(Wrap(each.key, tablet.id, b"rubbish") for each in made)))
    scene.says(Removed((tablet.id, scene.laptop.id)))
    scene.settle(tablet)
    scene.phone.rotate()
    scene.settle(tablet)

    scene.one_key(scene.phone, scene.laptop, tablet)


def test_08_rubbish_of_a_member_keeps_nobody_out(scene: Scene) -> None:
    scene.laptop.rotate()
    scene.laptop.seal()
    made = scene.laptop.outbox[-1].says
    assert isinstance(made, KeyMade)
    tablet = GraphDevice("tablet", scene.random, scene.phone.space, Secrets(scene.random))
    scene.phone.let_in(tablet)
    scene.operator.collect(scene.phone)
    scene.says(KeysHanded((Wrap(made.key, tablet.id, b"rubbish"),)), late=True)
    scene.settle(tablet)

    assert made.key in tablet.keys


def test_09_a_device_is_no_code(scene: Scene) -> None:
    code = Holder("code", scene.laptop.secrets.holder.sign_key, scene.laptop.secrets.holder.box_key)

    assert code.id != scene.laptop.id


def test_10_the_right_answer_keeps_the_honest_device(scene: Scene) -> None:
    scene.says(Removed((scene.phone.id,)))
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    was_out = scene.phone.id not in scene.laptop.view.members
    scene.phone.remove([scene.stolen.id])
    scene.operator.collect(scene.phone)
    scene.settle()
    scene.laptop.remove([scene.stolen.id])
    scene.settle()

    assert was_out
    assert [scene.phone.id, scene.laptop.id] == list(scene.laptop.view.members)
    scene.one_key(scene.phone, scene.laptop)


def test_11_whoever_thinks_otherwise_hands_on_no_key(scene: Scene) -> None:
    """The laptop believes the thief, who is fed to it first; the phone's keys stay its own."""
    scene.says(Removed((scene.phone.id,)))
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.phone.remove([scene.stolen.id])
    scene.phone.seal()
    scene.settle()
    key = scene.phone.sealed[0][0]

    assert key not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_12_no_dispute_comes_twice(scene: Scene) -> None:
    scene.says(Removed((scene.phone.id,)))
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.removed()
    scene.laptop.remove([scene.stolen.id])
    scene.settle()
    members: list[tuple[list[HolderId], frozenset[StatementId]]] = []
    for _ in range(5):
        scene.says(Removed((scene.phone.id, scene.laptop.id)))
        scene.settle()
        members.append((list(scene.laptop.view.members), scene.laptop.view.asked))

    assert [([scene.phone.id, scene.laptop.id], frozenset())] * 5 == members


def test_13_keys_are_renewed_whoever_goes(scene: Scene) -> None:
    tablet = scene.add("tablet", scene.phone)
    scene.settle(tablet)
    scene.phone.remove([tablet.id])
    scene.settle()
    scene.laptop.seal()

    assert scene.laptop.sealed[0][0] not in tablet.keys


def test_14_no_idle_moment_is_needed_to_seal_apart(scene: Scene) -> None:
    """Whoever has read the removal seals with no key of the removed one."""
    scene.phone.remove([scene.stolen.id])
    scene.operator.collect(scene.phone)
    for each in scene.operator.lacking(scene.laptop):
        scene.laptop.graph.add(each)
    view = scene.laptop.look()
    key = scene.laptop.held(view).sealing_key

    assert key is None or key not in scene.stolen.keys


def test_15_a_removal_is_said_at_once_in_any_dispute(scene: Scene) -> None:
    tablet = scene.add("tablet", scene.phone)
    scene.says(Removed((scene.phone.id,)))
    scene.settle(tablet)
    scene.laptop.remove([tablet.id])
    scene.settle()

    assert tablet.id not in scene.laptop.view.members


def test_16_a_left_out_newcomer_wraps_nothing_for_the_removed(scene: Scene) -> None:
    tablet = GraphDevice("tablet", scene.random, scene.phone.space, Secrets(scene.random))
    scene.laptop.let_in(tablet)
    scene.phone.remove([scene.stolen.id])
    scene.operator.collect(scene.phone)
    scene.operator.collect(scene.laptop)
    scene.operator.deliver(tablet, scene.operator.lacking(tablet))
    tablet.rotate()
    tablet.seal()
    scene.settle(tablet)

    known = scene.thief.keys(scene.operator.log, scene.stolen.keys)
    assert tablet.sealed[0][0] not in known
    scene.one_key(scene.phone, scene.laptop, tablet)


def test_17_a_member_fills_no_room_but_its_own(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "KEYS_PER_AUTHOR_MAX", 3)
    for number in range(12):
        value = bytes([number]) * 32
        holders = [scene.phone.secrets.holder, scene.laptop.secrets.holder]
        scene.says(made_by_thief(scene.phone.space, scene.stolen.secrets, value, holders))
    scene.settle()
    scene.removed()

    assert len(scene.laptop.keys) <= 1 + 3 + 3
    scene.one_key(scene.phone, scene.laptop)


def test_18_a_bogus_order_doubles_nothing(scene: Scene) -> None:
    scene.phone.order()
    scene.removed()
    scene.says(order())
    counts: list[int] = []
    for _ in range(3):
        scene.phone.rotate()
        scene.settle()
        counts.append(sum(isinstance(each.says, Erased) for each in scene.operator.log))

    assert [2, 2, 2] == counts


def test_19_a_removed_one_names_nobody(scene: Scene) -> None:
    scene.removed()
    scene.says(Renamed(scene.phone.id, "the stolen tablet"), late=True)
    scene.says(Renamed(scene.laptop.id, "the stolen tablet"))
    scene.settle()

    assert "laptop" == scene.laptop.view.names()[scene.laptop.id]
    assert "the stolen tablet" not in scene.laptop.view.names().values()


def test_20_honest_orders_count_under_any_key(scene: Scene) -> None:
    scene.phone.rotate()
    said = scene.laptop.say(SpaceErased())
    told = scene.laptop.order()
    scene.settle()

    phone = scene.phone
    assert said.id in duties.orders_to_obey(phone.view, phone.firm, phone.id)
    assert told.subject in scene.phone.obeyed


def test_nobody_founds_another_graph_for_the_space(scene: Scene) -> None:
    secrets = scene.stolen.secrets
    first = scene.operator.log[0].says
    forged = make_statement(secrets.signer, scene.phone.space, secrets.holder, (), first)

    with pytest.raises(EventDataError):
        read_statement(CIPHER, scene.phone.space, forged.raw)


def test_a_removed_device_hands_out_what_it_had_and_nothing_new(scene: Scene) -> None:
    scene.removed()
    friend = Secrets(scene.random)
    scene.thief.secrets.append(friend)
    for key_id, value in scene.stolen.keys.items():
        box = box_for(CIPHER, scene.phone.space, value, friend.holder)
        assert box is not None
        scene.says(KeysHanded((Wrap(key_id, friend.id, box),)))
    scene.settle()
    scene.phone.seal()

    assert scene.phone.sealed[0][0] not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_a_senior_thief_cannot_undo_a_removal_that_was_seen(scene: Scene) -> None:
    """The stolen phone founded the space; the laptop removed it and the tablet heard of that."""
    tablet = scene.add("tablet", scene.phone)
    scene.operator.sync(scene.phone, scene.laptop, tablet)
    scene.laptop.remove([HolderId(scene.phone.id)])
    scene.operator.sync(scene.laptop, tablet)
    scene.thief.secrets.append(scene.phone.secrets)
    first = [scene.operator.log[0].id]
    scene.operator.log.append(
        scene.thief.say(
            scene.phone.secrets, first, Removed(tuple(sorted([scene.laptop.id, tablet.id])))
        )
    )
    scene.operator.sync(scene.laptop, tablet)
    later = scene.add("later", tablet)
    scene.operator.sync(scene.laptop, tablet, later)

    for device in (scene.laptop, tablet, later):
        assert scene.phone.id not in device.view.members
        assert {scene.laptop.id, tablet.id, later.id} <= device.view.members.keys()
    key = scene.one_key(scene.laptop, tablet, later)
    assert key not in scene.phone.keys
    assert vault_key_id(later.keys[key]) == key
