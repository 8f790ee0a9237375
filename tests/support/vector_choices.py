"""Test vectors of what removals that speak against each other come to, and what seals then."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tests.support.vector_devices import device_secrets, numbered_secrets
from tests.support.vector_inputs import VAULT_KEY, File
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.identity import Secrets, founded_with
from trailmark_shared import limits, sealing
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.boxes import box_for, key_proof
from trailmark_shared.device_graph.graph import DeviceGraph, bits
from trailmark_shared.device_graph.keys import HeldKeys, Opening
from trailmark_shared.device_graph.resolution import Firm, resolve
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    HolderId,
    KeyMade,
    KeysHanded,
    Removed,
    Saying,
    Statement,
    StatementId,
    Wrap,
    make_statement,
    space_of,
)


class _Case(NamedTuple):
    """Which statements are there; which are held firm, of these confirmed, and which are void."""

    there: Sequence[int]
    held: Sequence[int] = ()
    confirmed: Sequence[int] = ()
    void: Sequence[int] = ()


_CASES: dict[str, _Case] = {
    "all is in order": _Case([0, 1, 2, 3, 4]),
    "one removal": _Case([0, 1, 2, 3, 4, 6]),
    "who was removed says more": _Case([0, 1, 2, 3, 4, 6, 8, 9], [6]),
    "two remove each other, the senior stays": _Case([0, 1, 2, 3, 4, 6, 7]),
    "two remove each other, one was heard first": _Case([0, 1, 2, 3, 4, 6, 7], [7]),
    "two remove each other, one is confirmed": _Case([0, 1, 2, 3, 4, 6, 7], [6, 7], [6]),
    "an order waits while somebody is asked": _Case([0, 1, 2, 3, 4, 6, 7, 8], [7]),
    "a removal behind the one that was heard first": _Case(
        [0, 1, 2, 3, 4, 6, 7, 10], [7, 10], [10]
    ),
    "what nobody admitted stands nowhere": _Case([0, 1, 2, 3, 11]),
    "let in once more by who was removed": _Case([0, 1, 2, 3, 6, 7, 12, 13, 15], [6, 15], [15]),
    "let in once more, both were heard at once": _Case([0, 1, 2, 3, 6, 7, 12, 13, 15], [15], [15]),
    "the founder needs nobody": _Case([0, 1, 2, 3, 12, 14, 16, 17, 18], [16, 17], [16]),
    "an admission is chosen": _Case([0, 1, 2, 3, 6, 9, 19], [19]),
    "a removal defends what it rests on": _Case([0, 1, 2, 3, 7, 12, 20], [20], [20]),
    "a removal rests on what another one attacks": _Case(
        [0, 1, 2, 3, 9, 21, 22, 23, 24], [23], [23]
    ),
    "an admission is confirmed": _Case([0, 1, 2, 3, 9, 21, 22, 23, 24], [23, 21], [23, 21]),
    "nobody, and somebody twice": _Case([0, 1, 2, 3, 26, 27]),
    "what is void counts no more": _Case([0, 1, 2, 3, 4, 6, 7], void=[7]),
    "an admission is void": _Case([0, 1, 2, 3, 9, 19, 22], [19], void=[9]),
}
_REMOVED_EACH_OTHER = [0, 1, 2, 3, 4, 6, 7]
_FRIEND = [0, 1, 2, 3, 6, 9, 19, 25]
_RING = _Case([0, 1, 2, 3, 9, 21, 22, 23, 24], [23], [23])

_ANSWERS: dict[str, tuple[_Case, int, list[int]]] = {
    "the one that was heard first goes": (_Case(_REMOVED_EACH_OTHER, [7]), 1, [2]),
    "the other one goes": (_Case(_REMOVED_EACH_OTHER, [7]), 1, [0]),
    "whoever is not concerned goes": (_Case(_REMOVED_EACH_OTHER, [7]), 1, [3]),
    "who stands on the word of who goes": (_Case([0, 1, 2, 3, 6, 7, 9], [7]), 3, [2]),
    "one who goes takes along its friend": (_Case([0, 1, 2, 3, 6, 9, 19], [19]), 1, [2]),
    "the friend of one who went before": (_Case(_FRIEND, [19, 25], [25]), 1, [3]),
    "three removals in a ring": (_RING, 5, [2]),
    "one that was void goes on to be": (_Case(_REMOVED_EACH_OTHER, void=[7]), 1, [0]),
}
"""A case, and on which device who goes, as places in the list of holders."""

_SEALING: dict[str, tuple[list[int], int, list[int]]] = {
    "a key leaves a member out": ([0, 1, 2, 3, 4], 0, [0, 1, 2]),
    "the last one is for all": ([0, 1, 2, 3, 4, 5], 0, [0, 1, 2]),
    "a key is not held": ([0, 1, 2, 3, 4, 5], 0, [0]),
    "rubbish gives nobody anything": ([0, 1, 2, 3, 28], 0, [0]),
    "rubbish of the author makes welcome": ([0, 1, 2, 3, 29], 0, [0, 2]),
    "who has a key is no member": ([0, 1, 2, 3, 5, 6], 0, [0, 2]),
}
"""Which statements are there, which device asks, and which vault keys it holds."""


class _Told:
    """A phone, a laptop and a tablet, and what they said."""

    def __init__(self) -> None:
        self.cipher = NaclCipher()
        self.holders = [device_secrets(letter) for letter in b"pltfon"]
        phone, laptop, tablet, friend, old, new = self.holders
        self.keys = [VAULT_KEY, bytes(reversed(VAULT_KEY)), bytes(32)]
        founded = founded_with(self.keys[0])
        self.space = space_of(phone.holder, founded)
        self.said: list[Statement] = []
        self.say(phone, founded)
        self.say(phone, Admitted(laptop.holder, "Laptop"), 0)
        self.say(phone, Admitted(tablet.holder, "Tablet"), 1)
        self.say(phone, self.made(0, phone, (), phone, laptop), 2)
        self.say(tablet, self.made(1, tablet, (laptop,), phone, tablet), 3)
        self.say(tablet, self.made(2, tablet, (), phone, laptop, tablet), 3)
        self.say(phone, Removed((tablet.holder.id,)), 3)
        self.say(tablet, Removed((phone.holder.id,)), 3)
        self.say(tablet, Erased("self", bytes(16), (bytes([1]) * 16,)), 3)
        self.say(tablet, Admitted(friend.holder, "Friend"), 3)
        self.say(laptop, Removed((tablet.holder.id,)), 7)
        self.say(friend, Removed((phone.holder.id,)), 3)
        self.say(phone, Admitted(old.holder, "Old"), 3)
        self.say(tablet, Admitted(laptop.holder, ""), 3)
        self.say(tablet, Admitted(phone.holder, ""), 3)
        self.say(laptop, Removed((old.holder.id,)), 12, 13)
        self.say(phone, Removed((old.holder.id,)), 12, 14)
        self.say(laptop, Removed((tablet.holder.id,)), 3)
        self.say(tablet, Removed((laptop.holder.id,)), 3)
        self.say(friend, Removed((phone.holder.id,)), 9)
        self.say(old, Removed((tablet.holder.id,)), 12)
        self.say(laptop, Admitted(new.holder, "New"), 3)
        self.say(friend, Removed((laptop.holder.id,)), 9)
        self.say(new, Removed((tablet.holder.id,)), 21)
        self.say(tablet, Removed((friend.holder.id,)), 9)
        self.say(laptop, Removed((tablet.holder.id,)), 9, 19)
        self.say(phone, Removed(()), 3)
        self.say(phone, Removed((tablet.holder.id,) * 2), 3)
        rubbish = Wrap(sealing.vault_key_id(self.keys[0]), tablet.holder.id, b"rubbish")
        self.say(laptop, KeysHanded((rubbish,)), 3)
        made = self.made(2, laptop, (), laptop)
        named = Wrap(made.key, tablet.holder.id, b"rubbish")
        self.say(laptop, msgspec.structs.replace(made, wraps=(*made.wraps, named)), 1)

    def say(self, by: Secrets, says: Saying, *seen: int) -> None:
        names = tuple(self.said[each].id for each in seen)
        self.said.append(make_statement(by.signer, self.space, by.holder, names, says))

    def made(self, key: int, by: Secrets, without: tuple[Secrets, ...], *to: Secrets) -> KeyMade:
        value, left_out = self.keys[key], tuple(each.holder.id for each in without)
        key_id = sealing.vault_key_id(value)
        wraps = [
            Wrap(key_id, each.holder.id, box)
            for each in to
            if (box := box_for(self.cipher, self.space, value, each.holder)) is not None
        ]
        proof = key_proof(self.space, value, by.holder.id, left_out)
        return KeyMade(key_id, left_out, proof, tuple(wraps), seals=True)

    def firm(self, case: _Case) -> Firm:
        held, confirmed, void = (
            frozenset(self.said[each].id for each in some)
            for some in (case.held, case.confirmed, case.void)
        )
        return Firm(held, confirmed, void)

    def places(self, ids: Iterable[StatementId]) -> list[int]:
        wanted = set(ids)
        return [index for index, each in enumerate(self.said) if each.id in wanted]


def device_choices_file() -> File:
    """Return what sets of statements come to, for devices that hold this or that firm."""
    told = _Told()
    return {
        "about": "Removals that speak against each other: who is in, who is asked, what seals",
        "space": told.space.hex(),
        "holders": [each.holder.id.hex() for each in told.holders],
        "vault_keys": [each.hex() for each in told.keys],
        "statements": [{"id": each.id.hex(), "raw": each.raw.hex()} for each in told.said],
        "cases": [_case(told, name, case) for name, case in _CASES.items()],
        "answers": [_answer(told, name, *case) for name, case in _ANSWERS.items()],
        "keys": [_sealing(told, name, *case) for name, case in _SEALING.items()],
        "without": _without(told),
    }


def _case(told: _Told, name: str, case: _Case) -> File:
    graph = DeviceGraph(told.said[each] for each in case.there)
    view = resolve(graph, told.firm(case))
    return {
        "name": name,
        "statements": case.there,
        "held": case.held,
        "confirmed": case.confirmed,
        "void": case.void,
        "members": [each.hex() for each in view.members],
        "removed": sorted(each.hex() for each in view.removed),
        "left_out": sorted(each.hex() for each in view.left_out),
        "in_force": told.places(graph.statements[at].id for at in bits(view.in_force)),
        "certain": told.places(graph.statements[at].id for at in bits(view.certain)),
        "asked": told.places(view.asked),
        "chosen": told.places(view.chosen),
        "shown": told.places(each.id for each in view.disputed()),
    }


def _answer(told: _Told, name: str, case: _Case, on: int, goes: list[int]) -> File:
    device = told.holders[on].holder.id
    graph = DeviceGraph(told.said[each] for each in case.there)
    gone = [HolderId(told.holders[each].holder.id) for each in goes]
    after = duties.settled(graph, told.firm(case), gone, device)
    view = resolve(graph, after)
    return {
        "name": name,
        "statements": case.there,
        "device": device.hex(),
        "held": case.held,
        "confirmed": case.confirmed,
        "void": case.void,
        "goes": [each.hex() for each in gone],
        "held_after": told.places(after.held),
        "confirmed_after": told.places(after.confirmed),
        "void_after": told.places(after.void),
        "members_after": [each.hex() for each in view.members],
        "asked_after": told.places(view.asked),
    }


def _sealing(told: _Told, name: str, there: list[int], on: int, holds: list[int]) -> File:
    """What a device that holds these keys seals with, and whom it hands which one."""
    device = told.holders[on]
    view = resolve(DeviceGraph(told.said[each] for each in there))
    keys = {sealing.vault_key_id(told.keys[each]): told.keys[each] for each in holds}
    opening = Opening(
        space=told.space, private_keys={device.holder.id: device.private_key}, keys=keys
    )
    held = HeldKeys(told.cipher, opening, view)
    return {
        "name": name,
        "statements": there,
        "device": device.holder.id.hex(),
        "holds": [each.hex() for each in sorted(keys)],
        "seals": None if held.sealing_key is None else held.sealing_key.hex(),
        "handed": [
            {"key": each.key.hex(), "holder": each.holder.hex(), "box": each.box.hex()}
            for each in held.lacking()
        ],
        "brought_along": [each.hex() for each in held.brought()],
    }


def _without(told: _Told) -> File:
    """Whom the next key leaves out, where one that was removed let in more than fit.

    Each of them is named by its number, the seeds of its keys are the number in 32 bytes.
    """
    phone, _, tablet = told.holders[:3]
    numbers = range(limits.HOLDERS_NAMED_MAX + 1)
    friends = [numbered_secrets(each) for each in numbers]
    before = told.said[3].id
    admitted = [
        make_statement(
            tablet.signer, told.space, tablet.holder, (before,), Admitted(each.holder, "")
        )
        for each in friends
    ]
    removal = told.said[6]
    view = resolve(DeviceGraph([*told.said[:4], *admitted, removal]))
    key_id = sealing.vault_key_id(told.keys[2])
    opening = Opening(
        space=told.space,
        private_keys={phone.holder.id: phone.private_key},
        keys={key_id: told.keys[2]},
    )
    held = HeldKeys(told.cipher, opening, view)
    made = duties.key_to_make(held, told.space, view, told.keys[2], phone.holder.id)
    names = {bytes(each.holder.id): number for number, each in enumerate(friends)}
    return {
        "about": "0-3 and 6 stand, and the tablet let in one device for each number behind 3",
        "numbers": len(friends),
        "last": friends[-1].holder.id.hex(),
        "left_out": len(view.left_out),
        "key": key_id.hex(),
        "without": [names.get(each, each.hex()) for each in made.without],
        "proof": made.proof.hex(),
    }
