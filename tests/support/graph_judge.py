"""What must hold at the end of a story about a graph of signed statements."""

from __future__ import annotations

from tests.support.graph_devices import GraphDevice, Secrets
from tests.support.graph_story import Story
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.resolution import View, resolve
from trailmark_shared.device_graph.statements import HolderId, KeyMade
from trailmark_shared.ids import KeyId


def check(story: Story) -> None:
    """Judge a finished story."""
    check_order(story)
    check_secrecy(story)
    if story.defeats:
        return
    check_orders(story)
    check_group(story)
    check_alive(story)


def check_order(story: Story) -> None:
    for device in story.honest:
        statements = list(device.graph.statements)
        story.random.shuffle(statements)
        other = resolve(DeviceGraph(statements), device.firm)
        view = device.view
        assert dict(view.members) == dict(other.members)
        assert view.removed == other.removed
        orders, others = (
            duties.orders_to_obey(seen, device.firm, device.id) for seen in (view, other)
        )
        assert set(orders) == set(others)
        for each in statements:
            assert view.is_in_force(each.id) == other.is_in_force(each.id)


def check_secrecy(story: Story) -> None:
    """What a device uses once it knew is never the removed one's, nor its friends'."""
    for device in [*story.honest, *story.gone]:
        if device.id in story.thief.ids:
            continue
        used = [(key, view) for key, _, view in device.made] + device.sealed
        for key_id, view in used:
            out = (story.thief.ids & view.removed) | story.accomplices
            theirs = story.thief.ids - story.accomplices
            if (
                story.stolen in view.removed
                and theirs <= view.removed
                and not story.thief.ids & view.members.keys()
            ):
                assert key_id not in story.thief_start
                for at in story.operator.log:
                    for wrap in getattr(at.says, "wraps", ()):
                        is_theirs = wrap.key == key_id and wrap.holder in out
                        assert not is_theirs or wrap.box == b"rubbish", "the thief has a new key"


def check_orders(story: Story) -> None:
    for device in story.honest:
        for event, order in device.obeyed.items():
            if event in story.thief_orders and device in story.group:
                at, said = story.thief_orders[event]
                removed_at = device.knew_removed.get(said.author_id)
                assert removed_at is None or at <= removed_at, "a thief's order was obeyed"
                del order


def check_group(story: Story) -> None:
    group = story.group
    heart = group[0]
    codes = {each.id for each in story.codes}
    for device in group:
        view = device.view
        assert view.members.keys() == heart.view.members.keys()
        assert not story.thief.ids & view.members.keys() or not story.has_thief
        assert {each.id for each in group} <= view.members.keys()
        assert view.members.keys() - codes >= {each.id for each in group}
        assert device.held(view).sealing_key == heart.held(heart.view).sealing_key
        for other in group:
            for key_id, _ in other.sealed:
                if key_id not in device.keys:
                    # Its author, gone since, had left this one out, and others sealed with it.
                    assert is_of_a_fallen_author(view, key_id)
            for order in other.ordered:
                assert order.subject in device.obeyed, "an honest order was lost"


def is_of_a_fallen_author(view: View, key_id: KeyId) -> bool:
    makers = [
        each
        for each in view.graph.statements
        if isinstance(each.says, KeyMade) and each.says.key == key_id
    ]
    return all(
        each.author_id not in view.members and isinstance(each.says, KeyMade) and each.says.without
        for each in makers
    )


def check_alive(story: Story) -> None:
    by = story.random.choice(story.group)
    device = GraphDevice("last", story.random, story.space, Secrets(story.random))
    by.let_in(device)
    story.operator.sync(*story.group, device)
    for other in story.group:
        other.seal()
        for key_id, _ in other.sealed:
            assert key_id in device.keys or is_of_a_fallen_author(device.view, key_id)
    device.remove([HolderId(by.id)])
    rest = [each for each in story.group if each is not by]
    story.operator.sync(*rest, device)
    for other in [*rest, device]:
        assert by.id not in other.view.members
        key = other.held(other.view).sealing_key
        assert key is not None
        assert key not in by.keys
