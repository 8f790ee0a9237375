"""What a thief gets by the four ways that were open before the graph, and what still is open.

``docs/threat-model.md`` names these tests; one that shows what stays open is called ``…_still_…``.
"""

from __future__ import annotations

import pytest

from tests.support.graph_devices import Secrets, made_by_thief
from tests.support.graph_scene import Scene
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Admitted, Erased, HolderId, Removed
from trailmark_shared.sealing import vault_key_id

EVENT = b"e" * 16
KEY = b"9" * 32


@pytest.fixture
def scene() -> Scene:
    return Scene()


def shared_order() -> Erased:
    return Erased("care/0024h36h2ncsvrh6daqf6dvvqz", EVENT, (EVENT,))


def hears_thief_first(scene: Scene) -> None:
    """The operator keeps the phone's removal of the thief from the laptop for a while."""
    scene.says(Removed((scene.phone.id,)))
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.phone.remove([scene.stolen.id])
    scene.settle()


def test_an_order_dated_before_a_removal_erases_nothing_shared(scene: Scene) -> None:
    scene.removed()
    scene.says(shared_order())
    scene.settle()

    assert ({}, {}) == (scene.phone.obeyed, scene.laptop.obeyed)


def test_who_has_not_heard_of_a_removal_still_obeys(scene: Scene) -> None:
    scene.phone.remove([scene.stolen.id])
    said = scene.says(shared_order())
    scene.operator.deliver(scene.laptop, [said])

    assert {EVENT: said.id} == scene.laptop.obeyed


def test_a_replaced_code_does_not_come_back(scene: Scene) -> None:
    old, new, friend = (Secrets(scene.random, kind) for kind in ("code", "code", "device"))
    scene.phone.replace_code(old, [])
    scene.settle(scene.stolen)
    scene.phone.replace_code(new, [old.id])
    scene.settle(scene.stolen)
    scene.thief.secrets = [old, friend]
    scene.says(Admitted(friend.holder, "recovered"), old)
    scene.says(Removed((scene.phone.id, scene.laptop.id, new.id)), old)
    scene.settle(scene.stolen)
    key = scene.one_key(scene.phone, scene.laptop)

    assert {scene.phone.id, scene.laptop.id, scene.stolen.id, new.id} == set(
        scene.laptop.view.members
    )
    assert key not in scene.thief.keys(scene.operator.log, {})


def says_key(scene: Scene, without: tuple[HolderId, ...] = ()) -> None:
    """The thief, a member yet, names a newest key for itself and the laptop."""
    holders = [scene.laptop.secrets.holder]
    scene.says(
        made_by_thief(scene.phone.space, scene.stolen.secrets, KEY, holders, without), late=True
    )
    scene.settle()


def test_a_key_of_a_thief_seals_nothing_once_it_is_removed(scene: Scene) -> None:
    says_key(scene)
    before = scene.laptop.held(scene.laptop.view).sealing_key
    scene.removed()
    after = scene.one_key(scene.phone, scene.laptop)

    assert vault_key_id(KEY) == before
    assert after != before
    assert after not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_nobody_seals_with_a_key_that_leaves_a_member_out(scene: Scene) -> None:
    says_key(scene, without=(scene.phone.id,))
    scene.laptop.seal()
    scene.settle()

    assert vault_key_id(KEY) != scene.laptop.sealed[0][0]
    assert scene.laptop.sealed[0][0] in scene.phone.keys


def test_who_hears_a_thief_first_still_seals_for_it_until_the_person_answers(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.laptop.seal()

    assert [scene.laptop.id, scene.stolen.id] == list(scene.laptop.view.members)
    assert scene.laptop.sealed[0][0] in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_who_hears_a_thief_first_asks_and_erases_nothing_meanwhile(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.says(shared_order())
    scene.settle()
    told = scene.laptop.view.disputed()

    assert {scene.phone.id, scene.stolen.id} == {each.author_id for each in told}
    assert {} == scene.laptop.obeyed


def test_removing_the_thief_there_brings_the_others_back(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.laptop.remove([scene.stolen.id])
    scene.settle()
    key = scene.one_key(scene.phone, scene.laptop)

    assert [scene.phone.id, scene.laptop.id] == list(scene.laptop.view.members)
    assert [scene.phone.id, scene.laptop.id] == list(scene.phone.view.members)
    assert not scene.laptop.view.asked
    assert key not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_who_removed_the_thief_before_it_heard_of_the_other_removal_is_asked(scene: Scene) -> None:
    scene.says(Removed((scene.phone.id,)))
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.laptop.remove([scene.stolen.id])
    scene.phone.remove([scene.stolen.id])
    scene.settle()
    was_asked = scene.laptop.view.asked
    scene.laptop.remove([scene.stolen.id])
    scene.settle()

    assert was_asked
    assert [scene.phone.id, scene.laptop.id] == list(scene.laptop.view.members)
    scene.one_key(scene.phone, scene.laptop)


def test_who_removed_a_thief_is_not_asked_and_who_heard_of_it_first_is_once(scene: Scene) -> None:
    scene.removed()
    scene.says(Removed((scene.phone.id,)))
    scene.settle()
    asked = bool(scene.phone.view.asked), bool(scene.laptop.view.asked)
    scene.laptop.remove([scene.stolen.id])
    scene.says(Removed((scene.phone.id, scene.laptop.id)))
    scene.settle()

    assert (False, True) == asked
    assert not scene.laptop.view.asked
    assert [scene.phone.id, scene.laptop.id] == list(scene.laptop.view.members)


def test_a_device_that_is_let_in_after_the_answer_is_not_asked(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.laptop.remove([scene.stolen.id])
    scene.settle()
    tablet = scene.add("tablet", scene.laptop)
    scene.settle(tablet)

    assert not tablet.view.asked
    assert {scene.phone.id, scene.laptop.id, tablet.id} == tablet.view.members.keys()


def test_a_device_that_is_let_in_before_the_answer_is_asked_too(scene: Scene) -> None:
    hears_thief_first(scene)
    tablet = scene.add("tablet", scene.laptop)
    scene.settle(tablet)

    assert tablet.view.asked


def test_a_removed_thief_pushes_itself_out_of_no_list(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOLDERS_NAMED_MAX", 4)
    hears_thief_first(scene)
    friends = [Secrets(scene.random) for _ in range(40)]
    for each in friends:
        scene.says(Admitted(each.holder, ""))
    scene.operator.deliver(scene.phone, scene.operator.lacking(scene.phone))
    scene.phone.rotate()
    scene.phone.tend()
    scene.phone.seal()
    scene.settle()

    assert any(each.id < scene.stolen.id for each in friends)
    assert scene.phone.sealed[-1][0] not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_the_right_answer_ends_the_question_though_a_friend_of_the_thief_is_out(
    scene: Scene,
) -> None:
    friend = Secrets(scene.random)
    scene.says(Admitted(friend.holder, "friend"))
    scene.says(Removed((scene.phone.id,)), friend)
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.laptop.remove([friend.id])
    scene.phone.remove([scene.stolen.id])
    scene.settle()
    was_asked = scene.laptop.view.asked
    scene.laptop.remove([scene.stolen.id])
    scene.settle()

    assert was_asked
    assert not scene.laptop.view.asked
    assert scene.phone.id in scene.laptop.view.members
