"""Vault keys as a device sees them: which it can open, which seals, who lacks which.

Keys travel in the graph alone, so what it says of them is all that there is to know. A key may seal
while nobody holds it but members; it may be handed to members whom its author would not have left
out. Everything is found anew from the graph and the keys that are held.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trailmark_shared import limits
from trailmark_shared.device_graph.boxes import box_for, key_proof, open_box
from trailmark_shared.device_graph.graph import bits
from trailmark_shared.device_graph.resolution import Firm, View
from trailmark_shared.device_graph.statements import (
    Admitted,
    Founded,
    Holder,
    HolderId,
    KeyMade,
    KeysHanded,
    Wrap,
)
from trailmark_shared.ids import KeyId, SpaceId
from trailmark_shared.sealing import Cipher


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What a device reads keys with.

    Attributes:
        space: Whose graph.
        private_keys: X25519 private keys by the holder that each belongs to: the device's own,
            and that of the recovery code which brought it back.
        keys: The vault keys that it holds already.
    """

    space: SpaceId
    private_keys: Mapping[HolderId, bytes]
    keys: Mapping[KeyId, bytes]


def opened_keys(cipher: Cipher, view: View, opening: Opening) -> dict[KeyId, bytes]:
    """Return the vault keys that a device holds or can open.

    Also those of statements that fell: an honest device may have sealed with them before it heard.
    Of each author no more than ``limits.KEYS_PER_AUTHOR_MAX``, the first ones.

    Args:
        cipher: The cipher port.
        view: What the graph comes to.
        opening: What the device reads with.
    """
    found, graph = dict(opening.keys), view.graph
    offered = offered_keys(view)
    for at in graph.order():
        for wrap in _wraps(graph.statements[at].says):
            key_id, private_key = KeyId(wrap.key), opening.private_keys.get(HolderId(wrap.holder))
            if private_key is None or key_id in found or key_id not in offered:
                continue
            opened = open_box(cipher, opening.space, private_key, key_id, wrap.box)
            if opened is not None:
                found[key_id] = opened
    return found


def offered_keys(view: View) -> dict[KeyId, list[int]]:
    """Return where keys were made, as far as anybody takes notice: at most so many of an author."""
    made: dict[HolderId, list[int]] = {}
    for at in view.graph.order():
        if isinstance(view.graph.statements[at].says, KeyMade):
            made.setdefault(view.graph.statements[at].author_id, []).append(at)
    found: dict[KeyId, list[int]] = {}
    for places in made.values():
        # Those in force first: what a removed device adds crowds none of them out.
        places.sort(key=lambda at: not view.in_force >> at & 1)
        for at in places[: limits.KEYS_PER_AUTHOR_MAX]:
            says = view.graph.statements[at].says
            assert isinstance(says, KeyMade), "only such were gathered"
            found.setdefault(KeyId(says.key), []).append(at)
    return found


class HeldKeys:
    """The keys that a device holds, and what the graph says of each; boxes are checked.

    Attributes:
        keys: The vault keys, by id.
    """

    def __init__(
        self,
        cipher: Cipher,
        opening: Opening,
        view: View,
        boxes: dict[tuple[KeyId, HolderId], bytes | None] | None = None,
    ) -> None:
        """Take what the device holds, its keys from ``opened_keys``; boxes made before, if kept."""
        space, keys = opening.space, opening.keys
        self.keys = keys
        self._cipher = cipher
        self._space = space
        self._view = view
        self._welcomed: dict[int, set[HolderId]] = {}
        self._admissions = [
            (at, view.graph.statements[at].author_id, says.holder.id)
            for at in bits(view.in_force)
            if isinstance(says := view.graph.statements[at].says, Admitted)
        ]
        self._let_in = {who for _, by, who in self._admissions if by in opening.private_keys}
        self._boxes = {} if boxes is None else boxes
        self._made = {
            key_id: [at for at in places if self._is_proven(at)]
            for key_id, places in offered_keys(view).items()
            if key_id in keys
        }
        self._holders = self._who_holds()

    def _is_proven(self, at: int) -> bool:
        statement = self._view.graph.statements[at]
        says = statement.says
        assert isinstance(says, KeyMade), "only such are offered"
        key = self.keys[KeyId(says.key)]
        return says.proof == key_proof(self._space, key, statement.author_id, says.without)

    def _who_holds(self) -> dict[KeyId, set[HolderId]]:
        """Who was ever given each key, in force or not; rubbish gives nobody anything."""
        graph = self._view.graph
        found: dict[KeyId, set[HolderId]] = {
            key_id: {graph.statements[at].author_id for at in places}
            for key_id, places in self._made.items()
        }
        known = self._holders_ever()
        for statement in graph.statements:
            for wrap in _wraps(statement.says):
                key_id, holder_id = KeyId(wrap.key), HolderId(wrap.holder)
                if key_id not in found or holder_id in found[key_id]:
                    continue
                holder = known.get(holder_id)
                if holder is not None and self.box(key_id, holder) == wrap.box:
                    found[key_id].add(holder_id)
        return found

    def _holders_ever(self) -> dict[HolderId, Holder]:
        """Everybody whom anybody ever let in, the founder too, members or not."""
        statements = self._view.graph.statements
        admitted = [each.says.holder for each in statements if isinstance(each.says, Admitted)]
        founders = [each.author for each in statements if isinstance(each.says, Founded)]
        return {each.id: each for each in [*founders, *admitted]}

    def box(self, key_id: KeyId, holder: Holder) -> bytes | None:
        """Return the box of a held key for a holder; ``None`` where it can have none."""
        place = key_id, holder.id
        if place not in self._boxes:
            self._boxes[place] = box_for(self._cipher, self._space, self.keys[key_id], holder)
        return self._boxes[place]

    def holders(self, key_id: KeyId) -> frozenset[HolderId]:
        """Return who was ever given a held key, as far as the graph tells."""
        return frozenset(self._holders.get(key_id, ()))

    @property
    def sealing_key(self) -> KeyId | None:
        """The key to seal with: the last made, in force, for all members and nobody else.

        ``None`` where there is none: the device makes one.
        """
        view = self._view
        usable = [
            (max(places, key=view.graph.place), key_id)
            for key_id, made in self._made.items()
            if (places := [at for at in made if view.in_force >> at & 1])
            and self.may_seal(key_id)
            and (holders := self._holders[key_id]) <= view.members.keys()
            and all(self._may_have(key_id, each) for each in view.members.keys() - holders)
        ]
        if not usable:
            return None
        return max(usable, key=lambda each: view.graph.place(each[0]))[1]

    def may_seal(self, key_id: KeyId) -> bool:
        """Say whether a held key was fresh when it was made, by all who say so."""
        said = [self._view.graph.statements[at].says for at in self._made[key_id]]
        return all(isinstance(says, KeyMade) and says.seals for says in said)

    def withheld_by(self, author: HolderId, firm: Firm) -> list[KeyId]:
        """Return the held keys that an author keeps from some who are members now.

        Args:
            author: Who made the keys.
            firm: What it holds firm: whom that names is not to have the keys.
        """
        may_have = self._view.members.keys() - self.removed_by(firm)
        return [
            key_id
            for key_id in sorted(self._made)
            if (said := self._said_by(key_id).get(author)) is not None
            if (self._left_out(said) & may_have) - self._holders[key_id]
        ]

    def removed_by(self, firm: Firm) -> set[HolderId]:
        """Return whom removals held firm count against, in force or not."""
        graph = self._view.graph
        places = [graph.index[each] for each in firm.held if each in graph.index]
        return {holder for at in places for holder in graph.counts_against(at)}

    def _said_by(self, key_id: KeyId) -> dict[HolderId, list[int]]:
        """Where each author made a key: once, and again for whom it does not leave out any more."""
        found: dict[HolderId, list[int]] = {}
        for at in sorted(self._made[key_id], key=self._view.graph.place):
            found.setdefault(self._view.graph.statements[at].author_id, []).append(at)
        return found

    def _left_out(self, places: list[int]) -> set[HolderId]:
        """Whom an author kept a key from, and keeps from it still."""
        said = [self._view.graph.statements[at].says for at in places]
        made = [each.without for each in said if isinstance(each, KeyMade)]
        return {HolderId(each) for each in made[0] if all(each in later for later in made)}

    def brought(self) -> list[KeyId]:
        """Return the held keys that the graph does not know: others are to be given them."""
        return sorted(self.keys.keys() - {key_id for key_id, made in self._made.items() if made})

    def lacking(self) -> list[Wrap]:
        """Return the boxes that are to be handed over: each held key to each member without it.

        Of the members ``limits.WRAPS_MAX``: those first that this device let in itself. Whoever
        lets many in crowds none of them out.
        """
        wraps: list[Wrap] = []
        members = sorted(self._view.members.values(), key=lambda each: each.id not in self._let_in)
        for key_id in sorted(self._made):
            for holder in members[: limits.WRAPS_MAX]:
                if holder.id in self._holders[key_id] or not self._may_have(key_id, holder.id):
                    continue
                box = self.box(key_id, holder)
                if box is not None:
                    wraps.append(Wrap(key_id, holder.id, box))
        return wraps

    def _may_have(self, key_id: KeyId, holder: HolderId) -> bool:
        """Say whether a member may be handed a key.

        Args:
            key_id: A held key.
            holder: The member.

        Returns:
            Whether some author of the key would not have left it out. Whoever proves to know a key
            could hand it out anyway, so the mildest author decides.
        """
        return any(holder in self._welcome(said) for said in self._said_by(key_id).values())

    def _welcome(self, places: list[int]) -> set[HolderId]:
        """Return who came in by a way that the author of a key does not leave out.

        Those begin whom the author gave it. Whom it left out counts only as let in again by
        somebody who had seen the key; whom it had not heard of, as let in by one who counts.
        """
        made = places[0]
        if made not in self._welcomed:
            view, without = self._view, self._left_out(places)
            founder = view.graph.founder
            assert founder is not None, "somebody spoke, so somebody began"
            first = view.graph.statements[made]
            found = {view.graph.statements[founder].author_id, first.author_id}
            found |= {HolderId(each.holder) for each in _wraps(first.says)}
            found -= without
            while more := {
                holder
                for at, by, holder in self._admissions
                if holder not in found
                if (
                    (by in found and view.graph.has_seen(at, made))
                    if holder in without
                    else (by in found or view.graph.has_seen(made, at))
                )
            }:
                found |= more
            self._welcomed[made] = found
        return self._welcomed[made]


def _wraps(says: object) -> tuple[Wrap, ...]:
    return says.wraps if isinstance(says, KeyMade | KeysHanded) else ()
