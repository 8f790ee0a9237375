"""Test vectors of what removals that speak against each other come to, and what seals then."""

from collections.abc import Iterable

from tests.support.vector_devices import device_secrets
from tests.support.vector_inputs import VAULT_KEY, File
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.identity import Secrets, founded_with
from trailmark_shared import sealing
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
    Removed,
    Saying,
    Statement,
    StatementId,
    Wrap,
    make_statement,
    space_of,
)

_CASES: dict[str, tuple[list[int], list[int], list[int]]] = {
    "all is in order": ([0, 1, 2, 3, 4], [], []),
    "one removal": ([0, 1, 2, 3, 4, 6], [], []),
    "who was removed says more": ([0, 1, 2, 3, 4, 6, 8, 9], [6], []),
    "two remove each other, the senior stays": ([0, 1, 2, 3, 4, 6, 7], [], []),
    "two remove each other, one was heard first": ([0, 1, 2, 3, 4, 6, 7], [7], []),
    "two remove each other, one is confirmed": ([0, 1, 2, 3, 4, 6, 7], [6, 7], [6]),
    "an order waits while somebody is asked": ([0, 1, 2, 3, 4, 6, 7, 8], [7], []),
    "a removal behind the one that was heard first": ([0, 1, 2, 3, 4, 6, 7, 10], [7, 10], [10]),
    "what nobody admitted stands nowhere": ([0, 1, 2, 3, 11], [], []),
}
"""Which statements are there, which of them are held firm, and which of these are confirmed."""

_ANSWERS: dict[str, tuple[list[int], list[int], list[int]]] = {
    "the one that was heard first goes": ([7], [], [2]),
    "the other one goes": ([7], [], [0]),
    "whoever is not concerned goes": ([7], [], [3]),
}
"""What is held firm and confirmed, and who goes, as places in the list of holders."""


class _Told:
    """A phone, a laptop and a tablet, and what they said."""

    def __init__(self) -> None:
        self.cipher = NaclCipher()
        self.holders = [device_secrets(letter) for letter in b"pltf"]
        phone, laptop, tablet, friend = self.holders
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

    def firm(self, held: Iterable[int], confirmed: Iterable[int]) -> Firm:
        beyond = frozenset(self.said[each].id for each in confirmed)
        return Firm(frozenset(self.said[each].id for each in held)).and_confirmed(beyond)

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
        "cases": [_case(told, name, *case) for name, case in _CASES.items()],
        "answers": [_answer(told, name, *case) for name, case in _ANSWERS.items()],
        "keys": [_sealing(told, present) for present in ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])],
    }


def _case(told: _Told, name: str, there: list[int], held: list[int], sure: list[int]) -> File:
    graph = DeviceGraph(told.said[each] for each in there)
    view = resolve(graph, told.firm(held, sure))
    return {
        "name": name,
        "statements": there,
        "held": held,
        "confirmed": sure,
        "members": [each.hex() for each in view.members],
        "removed": sorted(each.hex() for each in view.removed),
        "left_out": sorted(each.hex() for each in view.left_out),
        "in_force": told.places(graph.statements[at].id for at in bits(view.in_force)),
        "certain": told.places(graph.statements[at].id for at in bits(view.certain)),
        "asked": told.places(view.asked),
        "shown": told.places(each.id for each in view.disputed()),
    }


def _answer(told: _Told, name: str, held: list[int], sure: list[int], goes: list[int]) -> File:
    there, laptop = [0, 1, 2, 3, 4, 6, 7], told.holders[1].holder.id
    graph = DeviceGraph(told.said[each] for each in there)
    gone = [HolderId(told.holders[each].holder.id) for each in goes]
    after = duties.settled(graph, told.firm(held, sure), gone, laptop)
    return {
        "name": name,
        "statements": there,
        "device": laptop.hex(),
        "held": held,
        "confirmed": sure,
        "goes": [each.hex() for each in gone],
        "held_after": told.places(after.held),
        "confirmed_after": told.places(after.confirmed),
        "members_after": [each.hex() for each in resolve(graph, after).members],
    }


def _sealing(told: _Told, there: list[int]) -> File:
    """What the phone, which holds all keys, seals with, and whom it hands which one."""
    phone = told.holders[0]
    view = resolve(DeviceGraph(told.said[each] for each in there))
    keys = {sealing.vault_key_id(each): each for each in told.keys}
    opening = Opening(
        space=told.space, private_keys={phone.holder.id: phone.private_key}, keys=keys
    )
    held = HeldKeys(told.cipher, opening, view)
    return {
        "statements": there,
        "seals": None if held.sealing_key is None else held.sealing_key.hex(),
        "handed": [
            {"key": each.key.hex(), "holder": each.holder.hex(), "box": each.box.hex()}
            for each in held.lacking()
        ],
        "brought_along": [each.hex() for each in held.brought()],
    }
