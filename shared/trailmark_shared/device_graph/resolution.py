"""Which statements are in force, and so whose word counts: strong removal, without an order.

A pure function of a graph and of what a device holds firm. A statement is in force if its author
was admitted by one in force that it had seen, and no removal of its author is in force that had not
seen it. That is circular where removals name each other's authors: what follows without a choice is
settled first; then one statement is chosen and what speaks against it falls: confirmed removals
first, then those held firm, then the most senior author's. The person is asked wherever nobody
confirmed the choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec

from trailmark_shared.device_graph.graph import DeviceGraph, bits
from trailmark_shared.device_graph.statements import (
    Admitted,
    Founded,
    Holder,
    HolderId,
    Removed,
    Renamed,
    Statement,
    StatementId,
)

Path = tuple[tuple[int, bytes], ...]
"""The admissions that lead from the founder to a holder: the shorter and earlier, the more senior.

Whoever lets others in makes them junior to itself, whatever it claims to have seen.
"""


class Firm(msgspec.Struct, frozen=True):
    """What a device keeps of its own past, and the person's word on it: the graph tells neither.

    Attributes:
        held: Removals that whom they name cannot undo any more by removing their author: this
            device saw them in force for certain, or was told of them by who let it in.
        confirmed: Which of them are beyond question: the person said so on this device, or whoever
            let it in was certain. Where this device stands on the word of who goes, also that.
        void: What counts no more, for the person said of its author that it goes.
    """

    held: frozenset[StatementId] = frozenset()
    confirmed: frozenset[StatementId] = frozenset()
    void: frozenset[StatementId] = frozenset()

    def and_held(self, more: AbstractSet[StatementId]) -> Firm:
        """Return these, and others held."""
        return Firm(self.held | more, self.confirmed, self.void)

    def and_confirmed(self, more: AbstractSet[StatementId]) -> Firm:
        """Return these, and others confirmed."""
        return Firm(self.held | more, self.confirmed | more, self.void)

    def and_void(self, more: AbstractSet[StatementId]) -> Firm:
        """Return these but for what is void now, too."""
        return Firm(self.held - more, self.confirmed - more, self.void | more)

    def among(self, these: AbstractSet[StatementId]) -> Firm:
        """Return those held and confirmed that are among these, and all that is void."""
        return Firm(self.held & these, self.confirmed & these, self.void)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What a graph comes to.

    Attributes:
        graph: The graph.
        in_force: Mask of the statements in force.
        uncertain: Mask of what would not be decided the same without choices that nobody confirmed.
        members: Who is in, the most senior first, by id.
        removed: Whom a removal in force names; for good.
        left_out: Everybody whom anybody ever let in and who is no member.
        lost: What fell because something was chosen that it speaks against.
        asked: Which of these fell to what nobody confirmed: where the person may know better.
        chosen: What was chosen that nobody confirmed: by seniority, or for being heard first.
        against: The removals in force that those asked about fell to, whoever let their authors in.
        paths: Path of each member.
    """

    graph: DeviceGraph
    in_force: int
    uncertain: int
    members: Mapping[HolderId, Holder]
    removed: frozenset[HolderId]
    left_out: frozenset[HolderId]
    lost: frozenset[StatementId]
    asked: frozenset[StatementId]
    chosen: frozenset[StatementId]
    against: frozenset[StatementId]
    paths: Mapping[HolderId, Path]

    @property
    def certain(self) -> int:
        """Mask of those in force that no choice stands behind but such as are confirmed."""
        return self.in_force & ~self.uncertain

    def is_in_force(self, statement: StatementId) -> bool:
        """Say whether a statement stands and counts."""
        at = self.graph.index.get(statement)
        return at is not None and bool(self.in_force >> at & 1)

    def firm(self) -> frozenset[StatementId]:
        """Return the removals that a device which saw this holds firm from now on."""
        return frozenset(
            self.graph.statements[at].id
            for at in bits(self.certain)
            if self.graph.counts_against(at)
        )

    def disputed(self) -> list[Statement]:
        """Return the removals that the person is asked about: what fell, and what it fell to."""
        open_ones = self.asked | self.chosen | self.against if self.asked else self.asked
        places = sorted((self.graph.index[each] for each in open_ones), key=self.graph.place)
        statements = [self.graph.statements[at] for at in places]
        return [each for each in statements if isinstance(each.says, Removed)]

    def names(self) -> dict[HolderId, str]:
        """Return what holders were called last."""
        found: dict[HolderId, str] = {}
        for at in sorted(bits(self.in_force), key=self.graph.place):
            says = self.graph.statements[at].says
            if isinstance(says, Admitted):
                found[says.holder.id] = says.name
            elif isinstance(says, Renamed):
                found[HolderId(says.holder)] = says.name
        return found

    def codes_of(self, holder: HolderId) -> frozenset[HolderId]:
        """Return the recovery codes that let a holder in: it has seen them, so they go with it."""
        statements = self.graph.statements
        return frozenset(
            statements[at].author_id
            for at in bits(self.in_force)
            if isinstance(says := statements[at].says, Admitted) and says.holder.id == holder
            if statements[at].author.kind == "code"
        )

    def let_in_by(self, holder: HolderId) -> frozenset[HolderId]:
        """Return the members that came in through a holder only, in however many steps."""
        admissions = [
            (self.graph.statements[at].author_id, says.holder.id)
            for at in bits(self.in_force)
            if isinstance(says := self.graph.statements[at].says, Admitted)
        ]
        founder = self.graph.founder or 0
        reached = {each.author_id for each in self.graph.statements[founder:][:1]} - {holder}
        while more := {new for by, new in admissions if by in reached} - reached - {holder}:
            reached |= more
        return frozenset(self.members.keys() - reached - {holder})


def resolve(graph: DeviceGraph, firm: Firm | None = None) -> View:
    """Return what a graph comes to.

    Args:
        graph: The statements.
        firm: What this device holds firm; nothing by default.
    """
    return _Resolution(graph, firm or Firm()).view()


class _Resolution:
    """One computation; masks as in the graph."""

    def __init__(self, graph: DeviceGraph, firm: Firm) -> None:
        self.graph = graph
        self.order = graph.order()
        self.founder = graph.founder
        self.founder_id = None if self.founder is None else graph.statements[self.founder].author_id
        self.admissions = self._admissions()
        self.removals = self._removals()
        self.supports = [graph.supports(at) for at in range(len(graph.statements))]
        self.attackers = [self._attackers(at) for at in range(len(graph.statements))]
        self.firm_mask = self._mask(firm.held)
        self.confirmed_mask = self._mask(firm.confirmed)
        self.accepted, self.refused = 0, self._mask(firm.void)
        self.uncertain = 0
        self.lost: set[StatementId] = set()
        self.chosen: set[StatementId] = set()

    def _admissions(self) -> dict[HolderId, int]:
        found: dict[HolderId, int] = {}
        for at, each in enumerate(self.graph.statements):
            if isinstance(each.says, Admitted):
                holder = each.says.holder.id
                found[holder] = found.get(holder, 0) | 1 << at
        return found

    def _removals(self) -> dict[HolderId, int]:
        """Removals by whom they count against."""
        found: dict[HolderId, int] = {}
        for at in range(len(self.graph.statements)):
            for target in self.graph.counts_against(at):
                found[target] = found.get(target, 0) | 1 << at
        return found

    def _attackers(self, at: int) -> int:
        author = self.graph.statements[at].author_id
        mask = self.removals.get(author, 0) & ~(1 << at)
        return sum(1 << each for each in bits(mask) if not self.graph.has_seen(each, at))

    def _mask(self, statements: AbstractSet[StatementId]) -> int:
        places = (self.graph.index.get(each) for each in statements)
        return sum(1 << at for at in places if at is not None)

    def _with_ground(self, firm: int, refused: int) -> int:
        """Return the mask of firm statements, and of the admissions that their authors stand on.

        An admission is as firm only where they themselves speak against whatever speaks against it:
        letting somebody in once more undoes no removal that nobody firm speaks against.

        Args:
            firm: Those that are firm; what fell meanwhile is none.
            refused: What fell, or what of it fell for certain.
        """
        firm &= ~refused
        mask, fresh = 0, firm
        while fresh:
            mask |= fresh
            below = 0
            for at in bits(fresh):
                below |= self.supports[at]
            below &= ~mask & ~refused
            fresh = sum(
                1 << at
                for at in bits(below)
                if all(self.attackers[each] & firm for each in bits(self.attackers[at] & ~refused))
            )
        return mask

    def view(self) -> View:
        """Settle, choose, and settle again until nothing is open."""
        powers = [
            at
            for at in self.order
            if isinstance(self.graph.statements[at].says, Admitted | Removed | Founded)
        ]
        while powers := self._settle(powers):
            self._choose(powers)
        self._settle(self.order)
        return self._made()

    def _settle(self, open_ones: list[int]) -> list[int]:
        """Decide what follows without a choice, until nothing does; return what is left."""
        while True:
            left = [at for at in open_ones if not self._decide(at)]
            if len(left) == len(open_ones):
                return left
            open_ones = left

    def _decide(self, at: int) -> bool:
        """Decide one statement if its ground is decided.

        Returns:
            Whether it is decided now. It is certain if certain ones alone decide it so.
        """
        bit, supports, attackers = 1 << at, self.supports[at], self.attackers[at]
        if (self.accepted | self.refused) & bit:
            return True
        is_founders = self.graph.statements[at].author_id == self.founder_id
        sure_in = self.accepted & ~self.uncertain
        sure_out = self.refused & ~self.uncertain
        if attackers & self.accepted or not (is_founders or supports & ~self.refused):
            self.refused |= bit
            is_sure = attackers & sure_in or not (is_founders or supports & ~sure_out)
        elif not attackers & ~self.refused and (is_founders or supports & self.accepted):
            self.accepted |= bit
            is_sure = not attackers & ~sure_out and (is_founders or supports & sure_in)
        else:
            return False
        if not is_sure:
            self.uncertain |= bit
        return True

    def _choose(self, open_ones: list[int]) -> None:
        """Accept one statement that is attacked by open ones."""
        paths = self._paths()
        confirmed = self._with_ground(self.confirmed_mask, self.refused)
        firm = self._with_ground(self.firm_mask, self.refused)

        def key(at: int) -> tuple[bool, bool, Path, int, bytes]:
            is_confirmed = bool(confirmed >> at & 1)
            is_firm = bool(firm >> at & 1)
            return (not is_confirmed, not is_firm, paths[at], *self.graph.place(at))

        may_be_chosen = [
            at
            for at in open_ones
            if self.graph.statements[at].author_id == self.founder_id
            or self.supports[at] & self.accepted
        ]
        chosen = min(may_be_chosen, key=key)
        is_sure = self._is_surely_confirmed(chosen)
        fallen = self.attackers[chosen] & ~self.refused
        self.refused |= fallen
        self.lost |= {self.graph.statements[at].id for at in bits(fallen)}
        self.accepted |= 1 << chosen
        if not is_sure:
            self.uncertain |= fallen | 1 << chosen
        if not confirmed >> chosen & 1:
            self.chosen.add(self.graph.statements[chosen].id)

    def _is_surely_confirmed(self, at: int) -> bool:
        """Say whether a choice is confirmed, and its author's place, by what is certain alone."""
        sure_in = self.accepted & ~self.uncertain
        sure_out = self.refused & ~self.uncertain
        is_founders = self.graph.statements[at].author_id == self.founder_id
        if not (is_founders or self.supports[at] & sure_in):
            return False
        return bool(self._with_ground(self.confirmed_mask, sure_out) >> at & 1)

    def _paths(self) -> dict[int, Path]:
        """Return the path of the author of each statement that an accepted admission supports."""
        found: dict[int, Path] = {}
        for at in self.order:
            if self.graph.statements[at].author_id == self.founder_id:
                found[at] = ()
            elif ways := self.supports[at] & self.accepted:
                found[at] = min((*found[each], self.graph.place(each)) for each in bits(ways))
        return found

    def _made(self) -> View:
        removed = {holder for holder, mask in self.removals.items() if mask & self.accepted}
        by_author = self._paths()
        paths: dict[HolderId, Path] = {}
        holders: dict[HolderId, Holder] = {}
        if self.founder is not None and self.founder_id is not None:
            paths[self.founder_id] = ()
            holders[self.founder_id] = self.graph.statements[self.founder].author
        for holder, mask in self.admissions.items():
            ways = [(*by_author[at], self.graph.place(at)) for at in bits(mask & self.accepted)]
            if ways and holder not in holders:
                paths[holder] = min(ways)
                best = self.graph.index[StatementId(paths[holder][-1][1])]
                says = self.graph.statements[best].says
                assert isinstance(says, Admitted), "an admission admits"
                holders[holder] = says.holder
        asked = sum(1 << self.graph.index[each] for each in self.lost) & self.uncertain
        members = sorted(holders.keys() - removed, key=lambda each: (len(paths[each]), paths[each]))
        return View(
            graph=self.graph,
            in_force=self.accepted,
            uncertain=self.uncertain,
            members={each: holders[each] for each in members},
            removed=frozenset(removed),
            left_out=frozenset({*self.admissions, *holders} - set(members)),
            lost=frozenset(self.lost),
            asked=self._ids(asked),
            chosen=frozenset(self.chosen),
            against=self._ids(self._fell_to(asked)),
            paths={each: paths[each] for each in members},
        )

    def _ids(self, mask: int) -> frozenset[StatementId]:
        return frozenset(self.graph.statements[at].id for at in bits(mask))

    def _fell_to(self, fallen: int) -> int:
        """Mask of what is in force and speaks against these, or against what they stand on."""
        known, found = 0, 0
        while fresh := fallen & self.refused & ~known:
            known |= fresh
            for at in bits(fresh):
                found |= self.attackers[at] & self.accepted
                fallen |= self.supports[at]
        return found
