"""What a device has to say, given all that it has read: plans, without chance or storage.

Whoever does this whenever a page was read, until nothing is left to say, comes to an end: a removal
is said again once for each holder, a key is made where none may seal, a box is handed over once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from trailmark_shared import limits
from trailmark_shared.device_graph.boxes import key_proof
from trailmark_shared.device_graph.graph import DeviceGraph, bits
from trailmark_shared.device_graph.keys import HeldKeys
from trailmark_shared.device_graph.resolution import Firm, View, resolve
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    HolderId,
    KeyMade,
    KeysHanded,
    Removed,
    SpaceErased,
    StatementId,
    Wrap,
)
from trailmark_shared.errors import LimitExceededError
from trailmark_shared.ids import SpaceId
from trailmark_shared.sealing import vault_key_id


def heads(view: View, me: HolderId) -> tuple[StatementId, ...]:
    """Return what the next statement of a device names as seen.

    The last ones in force; what fell is not vouched for. A member may fork as often as it likes, so
    each author has one before anybody has two, senior ones first.

    Args:
        view: What the graph comes to.
        me: Who speaks.
    """
    graph = view.graph
    by_author: dict[HolderId, list[int]] = {}
    for at in graph.tips(view.in_force):
        by_author.setdefault(graph.statements[at].author_id, []).append(at)
    ranks = {holder: rank for rank, holder in enumerate(view.members)}
    ordered: list[tuple[bool, int, int, bytes]] = []
    for author, tips in by_author.items():
        tips.sort(key=graph.place, reverse=True)
        for turn, at in enumerate(tips):
            rank = ranks.get(author, len(ranks))
            ordered.append((author != me, turn, rank, graph.statements[at].id))
    found = [StatementId(each[-1]) for each in sorted(ordered)]
    if me not in by_author and view.paths.get(me):
        # Nobody speaks who names no statement that let it in.
        found.insert(0, StatementId(view.paths[me][-1][1]))
    return tuple(dict.fromkeys(found))[: limits.HEADS_MAX]


def removals_to_repeat(view: View, firm: Firm, me: HolderId) -> Removed | None:
    """Return a removal to say oneself: of those whose removal was in force once and fell.

    Its author was removed meanwhile by somebody who had not seen it. Who is out stays out: a person
    can let a device in again in a minute, and cannot call back a key. A device believes nothing
    of a removal that named it too, and never says that it is out itself.

    Args:
        view: What the graph comes to.
        firm: What this device holds firm.
        me: This device.
    """
    graph = view.graph
    fallen = [
        at
        for each in firm.held
        if (at := graph.index.get(each)) is not None
        if not view.in_force >> at & 1
    ]
    targets: set[HolderId] = set()
    for at in fallen:
        says = graph.statements[at].says
        if isinstance(says, Removed) and graph.statements[at].id not in view.lost:
            named = graph.counts_against(at)
            targets |= set() if me in says.holders else _with_let_in(view, at, named, me)
    targets &= view.members.keys()
    if me not in view.members or not targets:
        return None
    return Removed(tuple(sorted(targets)[: limits.HOLDERS_NAMED_MAX]))


def _with_let_in(
    view: View, removal: int, named: AbstractSet[HolderId], me: HolderId
) -> set[HolderId]:
    """Those whom a removal names, and those who were let in only as it cancels it, but oneself."""
    graph = view.graph
    found = set(named)
    admissions = [
        (graph.has_seen(removal, at), graph.statements[at].author_id, says.holder.id)
        for at in bits(view.in_force)
        if isinstance(says := graph.statements[at].says, Admitted)
    ]
    while more := {
        holder
        for _, _, holder in admissions
        if holder not in found and holder != me
        if all(not seen and by in found for seen, by, each in admissions if each == holder)
    }:
        found |= more
    return found


def key_to_make(
    held: HeldKeys, space: SpaceId, view: View, key: bytes, me: HolderId, *, seals: bool = True
) -> KeyMade:
    """Return the statement that makes a vault key known to all members.

    Args:
        held: The keys that are held, the fresh one among them.
        space: Whose graph.
        view: What the graph comes to.
        key: The vault key, kept before this is said.
        me: This device.
        seals: It is fresh, and not one of ``HeldKeys.brought``.
    """
    key_id = vault_key_id(key)
    without = _named_first(view.removed, view.left_out)
    wraps = [
        Wrap(key_id, holder.id, box)
        for holder in view.members.values()
        if (box := held.box(key_id, holder)) is not None
    ]
    proof = key_proof(space, key, me, without)
    return KeyMade(key_id, without, proof, tuple(wraps[: limits.WRAPS_MAX]), seals)


def key_to_make_again(
    held: HeldKeys,
    space: SpaceId,
    view: View,
    firm: Firm,
    me: HolderId,
) -> KeyMade | None:
    """Return a key of this device to be made again for members that it had left out.

    They were no members then, and nobody had removed them. Nobody else may lift that: others may
    still lack what this device knew.

    Args:
        held: The keys that are held.
        space: Whose graph.
        view: What the graph comes to.
        firm: What this device holds firm: whom that names stays left out.
        me: This device.
    """
    for key_id in held.withheld_by(me, firm):
        removed = held.removed_by(firm)
        without = _named_first(view.removed | removed, view.left_out | removed)
        proof = key_proof(space, held.keys[key_id], me, without)
        return KeyMade(key_id, without, proof, (), held.may_seal(key_id))
    return None


def _named_first(
    removed: AbstractSet[HolderId], left_out: AbstractSet[HolderId]
) -> tuple[HolderId, ...]:
    """As many as one statement names, ascending: whoever says more lets nobody out of the list."""
    ordered = sorted(left_out, key=lambda each: (each not in removed, each))
    return tuple(sorted(ordered[: limits.HOLDERS_NAMED_MAX]))


def keys_to_hand(held: HeldKeys) -> list[KeysHanded]:
    """Return the statements that hand held keys to members who lack them."""
    wraps = held.lacking()
    size = limits.WRAPS_MAX
    return [KeysHanded(tuple(wraps[at : at + size])) for at in range(0, len(wraps), size)]


def orders_to_obey(view: View, firm: Firm, me: HolderId) -> list[StatementId]:
    """Return the orders to erase that a device obeys.

    Those in force for certain; none while it is no member itself, and none of who is no member and
    whom it saw removed by somebody who had not seen the order: words do not come back.

    Args:
        view: What the graph comes to.
        firm: What this device holds firm.
        me: This device.
    """
    graph = view.graph
    seen_out = [
        (at, says.holders)
        for each in firm.held
        if (at := graph.index.get(each)) is not None
        if isinstance(says := graph.statements[at].says, Removed)
    ]
    return [
        graph.statements[at].id
        for at in bits(view.certain if me in view.members else 0)
        if isinstance(graph.statements[at].says, Erased | SpaceErased)
        if (author := graph.statements[at].author_id) in view.members
        or all(author not in named or graph.has_seen(removal, at) for removal, named in seen_out)
    ]


def orders_to_repeat(
    view: View, mine: Iterable[Erased | SpaceErased]
) -> list[Erased | SpaceErased]:
    """Return the orders of this device that are not in force any more, to be said again.

    Whoever let it in was removed, say, and another device let it in again.

    Args:
        view: What the graph comes to.
        mine: What this device ordered, under whatever id.
    """
    said = {
        each.says
        for at in bits(view.in_force)
        if isinstance((each := view.graph.statements[at]).says, Erased)
        if each.author_id in view.members
    }
    return [each for each in mine if each not in said and not isinstance(each, SpaceErased)]


def firm_to_tell(view: View, firm: Firm) -> Firm:
    """Return what a device tells one that it lets in to hold firm: what is, and is in force.

    What is not confirmed is asked there as it is here, and both see the same until then. Where more
    is void than is told, what would count there otherwise goes first; the rest falls there by what
    is firm, and at most asks the person once more.

    Args:
        view: What the graph comes to.
        firm: What this device holds firm.

    Raises:
        LimitExceededError: ``FIRM_TOLD_MAX``: something void would count there.
    """
    told = firm.among(set(filter(view.is_in_force, firm.held)))
    most = limits.FIRM_TOLD_MAX
    if len(told.void) <= most:
        return told
    needed = _void_that_would_count(view.graph, told)
    if len(needed) > most:
        raise LimitExceededError("FIRM_TOLD_MAX", len(needed), most)
    others = sorted(told.void - needed, key=lambda each: (not _removes(view.graph, each), each))
    chosen = needed | set(others[: most - len(needed)])
    return Firm(told.held, told.confirmed, chosen)


def _void_that_would_count(graph: DeviceGraph, told: Firm) -> frozenset[StatementId]:
    """Return what must be told to be void, so that nothing void is in force by what is told."""
    needed = frozenset[StatementId]()
    while True:
        view = resolve(graph, Firm(told.held, told.confirmed, needed))
        more = frozenset(filter(view.is_in_force, told.void))
        if not more:
            return needed
        needed |= more


def _removes(graph: DeviceGraph, statement: StatementId) -> bool:
    at = graph.index.get(statement)
    return at is not None and isinstance(graph.statements[at].says, Removed)


def settled(graph: DeviceGraph, firm: Firm, goes: Collection[HolderId], me: HolderId) -> Firm:
    """Return what a device holds firm once the person said on it who goes.

    What those said counts no more, as far as it was in question: what spoke against it stands
    then, and whom they let in falls. What fell by that is not firm any more, so nobody says it
    again. Where that would leave this device outside, it stands on what they said: all stays as it
    is, for certain, until another device lets it in again.

    Args:
        graph: The statements.
        firm: What was firm so far.
        goes: Who is not the person's.
        me: This device.
    """
    view = resolve(graph, firm)
    said = (graph.statements[at] for at in bits(view.uncertain))
    changed = firm.and_void({each.id for each in said if each.author_id in goes})
    after = resolve(graph, changed)
    if me in view.members and me not in after.members:
        return firm.and_confirmed(view.chosen)
    fell = view.in_force & ~after.in_force
    return changed.among(changed.held - {graph.statements[at].id for at in bits(fell)})
