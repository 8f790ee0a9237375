"""What a thief gets by the four ways that were open before the graph, and what still is open.

``docs/threat-model.md`` names these tests; one that shows what stays open is called ``…_still_…``.
"""

from __future__ import annotations

import pytest

from tests.support.graph_devices import Secrets, made_by_thief
from tests.support.graph_scene import Scene
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


def test_a_key_of_a_member_still_leaves_a_member_out(scene: Scene) -> None:
    """What the laptop seals until the thief is removed never opens on the phone."""
    says_key(scene, without=(scene.phone.id,))
    scene.laptop.seal()
    scene.removed()

    assert vault_key_id(KEY) == scene.laptop.sealed[0][0]
    assert vault_key_id(KEY) not in scene.phone.keys
    scene.one_key(scene.phone, scene.laptop)


def test_who_hears_a_thief_first_still_takes_its_side_unasked(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.laptop.seal()

    assert [scene.laptop.id, scene.stolen.id] == list(scene.laptop.view.members)
    assert not scene.laptop.view.asked
    assert scene.laptop.sealed[0][0] in scene.thief.keys(scene.operator.log, scene.stolen.keys)


def test_removing_the_thief_there_still_leaves_that_device_apart(scene: Scene) -> None:
    hears_thief_first(scene)
    scene.laptop.remove([scene.stolen.id])
    scene.settle()
    scene.laptop.seal()

    assert [scene.laptop.id] == list(scene.laptop.view.members)
    assert [scene.phone.id, scene.laptop.id] == list(scene.phone.view.members)
    assert scene.laptop.sealed[0][0] not in scene.thief.keys(scene.operator.log, scene.stolen.keys)
