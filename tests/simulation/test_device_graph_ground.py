"""Whom a thief lets in once more, and whom its friends remove: what that undoes is asked."""

from __future__ import annotations

import pytest

from tests.support.graph_devices import GraphDevice, Secrets
from tests.support.graph_scene import Scene
from trailmark_shared.device_graph.statements import Admitted, Erased, HolderId, Removed

EVENT = b"e" * 16


@pytest.fixture
def scene() -> Scene:
    return Scene()


def lets_in_again(scene: Scene, here: GraphDevice, other: GraphDevice, *, at_once: bool) -> None:
    """The thief lets ``here`` in, which is in already; the person removes an old tablet on it.

    The other device removes the thief, which then removes that one, as if it had seen nothing.

    Args:
        scene: Whose thief.
        here: The device that hears of both.
        other: The one that removes the thief.
        at_once: Whether ``here`` hears of both removals together, or of the right one first.
    """
    tablet = scene.add("tablet", scene.phone)
    scene.operator.sync(scene.phone, scene.laptop, scene.stolen, tablet)
    scene.operator.deliver(here, [scene.says(Admitted(here.secrets.holder, here.name))])
    here.remove([tablet.id])
    scene.operator.collect(here)
    other.remove([scene.stolen.id])
    heard = list(other.outbox)
    scene.operator.collect(other)
    if not at_once:
        scene.operator.deliver(here, heard)
    scene.says(Removed((other.id,)))
    scene.says(Erased("self", EVENT, (EVENT,)))
    scene.operator.deliver(here, scene.operator.lacking(here))


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("founder", [False, True])
def test_letting_a_device_in_once_more_undoes_no_removal_unasked(
    scene: Scene, *, founder: bool, at_once: bool
) -> None:
    here, other = (scene.phone, scene.laptop) if founder else (scene.laptop, scene.phone)
    lets_in_again(scene, here, other, at_once=at_once)

    assert here.view.asked
    assert {} == here.obeyed


def test_who_heard_of_the_removal_first_keeps_to_it_and_gives_the_thief_no_key(
    scene: Scene,
) -> None:
    lets_in_again(scene, scene.laptop, scene.phone, at_once=False)
    scene.laptop.seal()

    assert {scene.phone.id, scene.laptop.id} == scene.laptop.view.members.keys()
    assert scene.laptop.sealed[-1][0] not in scene.thief.keys(scene.operator.log, scene.stolen.keys)


@pytest.mark.parametrize("at_once", [False, True])
def test_one_answer_ends_that_question(scene: Scene, *, at_once: bool) -> None:
    lets_in_again(scene, scene.laptop, scene.phone, at_once=at_once)
    scene.laptop.remove([scene.stolen.id])
    scene.settle()

    assert not scene.laptop.view.asked
    for each in (scene.phone, scene.laptop):
        assert [scene.phone.id, scene.laptop.id] == list(each.view.members)
    scene.one_key(scene.phone, scene.laptop)


def test_a_device_that_only_the_thief_let_in_does_not_bring_it_back_unasked(scene: Scene) -> None:
    old = scene.add("old", scene.phone)
    scene.operator.sync(scene.phone, scene.stolen, old)
    tablet = scene.add("tablet", scene.stolen)
    tablet.remove([old.id])
    scene.operator.collect(tablet)
    scene.phone.remove([scene.stolen.id])
    scene.operator.collect(scene.phone)
    scene.says(Removed((scene.phone.id,)))
    scene.says(Erased("self", EVENT, (EVENT,)))
    scene.operator.deliver(tablet, scene.operator.lacking(tablet))

    assert tablet.view.asked
    assert {} == tablet.obeyed


def hears_a_friend_first(scene: Scene) -> Secrets:
    """The thief lets a friend in, which removes the phone; the laptop hears of that first."""
    friend = Secrets(scene.random)
    scene.thief.secrets.append(friend)
    scene.says(Admitted(friend.holder, "x"))
    scene.says(Removed((scene.phone.id,)), friend)
    scene.operator.deliver(scene.laptop, scene.operator.lacking(scene.laptop))
    scene.phone.remove([scene.stolen.id])
    scene.settle()
    return friend


def test_a_friend_of_the_thief_is_named_in_the_question(scene: Scene) -> None:
    friend = hears_a_friend_first(scene)
    told = {each.author_id: each.says for each in scene.laptop.view.disputed()}

    assert Removed((scene.phone.id,)) == told[friend.id]
    assert Removed((scene.stolen.id,)) == told[scene.phone.id]


@pytest.mark.parametrize("turns", [["both"], ["thief", "friend"], ["friend", "thief"]])
def test_naming_all_who_go_ends_the_question(scene: Scene, turns: list[str]) -> None:
    friend = hears_a_friend_first(scene).id
    goes: dict[str, list[HolderId]] = {
        "thief": [scene.stolen.id],
        "friend": [friend],
        "both": [scene.stolen.id, friend],
    }
    for each in turns:
        scene.laptop.remove(goes[each])
        scene.settle()

    assert not scene.laptop.view.asked
    for device in (scene.phone, scene.laptop):
        assert [scene.phone.id, scene.laptop.id] == list(device.view.members)
