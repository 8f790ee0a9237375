"""The statements that a device has, by what each had seen.

A statement takes part once all that it names is there; until then it waits. Whatever the order in
which statements come, the same ones make the same graph. Ancestors are kept as bits of one number
for each statement, so that "had it seen that one?" is one operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trailmark_shared import limits
from trailmark_shared.device_graph.statements import (
    Admitted,
    Founded,
    HolderId,
    Removed,
    Statement,
    StatementId,
)


class DeviceGraph:
    """Statements whose ancestors are all there.

    Attributes:
        statements: In the order in which they came to stand here; the index is used by the masks.
        index: Where each stands.
        ancestors: For each, the mask of those that its author had seen.
        heights: For each, the longest way down to the first statement.
    """

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        """Begin with these."""
        self.statements: list[Statement] = []
        self.index: dict[StatementId, int] = {}
        self.ancestors: list[int] = []
        self.heights: list[int] = []
        self._waiting: dict[StatementId, Statement] = {}
        self._wanted_by: dict[StatementId, list[StatementId]] = {}
        self._said_by: dict[HolderId, int] = {}
        self._admitting: dict[HolderId, int] = {}
        self._depths: list[int] = []
        for each in statements:
            self.add(each)

    def copy(self) -> DeviceGraph:
        """Return a graph of the same statements, at the same places, that grows by itself."""
        made = DeviceGraph()
        made.statements = [*self.statements]
        made.index = {**self.index}
        made.ancestors = [*self.ancestors]
        made.heights = [*self.heights]
        made._waiting = {**self._waiting}
        made._wanted_by = {each: [*by] for each, by in self._wanted_by.items()}
        made._said_by = {**self._said_by}
        made._admitting = {**self._admitting}
        made._depths = [*self._depths]
        return made

    def add(self, statement: Statement) -> bool:
        """Take a statement, now or once what it names is there.

        Returns:
            Whether it is new here.
        """
        if statement.id in self.index or statement.id in self._waiting:
            return False
        self._waiting[statement.id] = statement
        ready = [statement.id]
        while ready:
            found = ready.pop()
            lacking = [each for each in self._waiting[found].seen if each not in self.index]
            if lacking:
                self._wanted_by.setdefault(lacking[0], []).append(found)
            else:
                self._stand(self._waiting.pop(found))
                ready += self._wanted_by.pop(found, [])
        return True

    def _stand(self, statement: Statement) -> None:
        seen = [self.index[each] for each in statement.seen]
        mask = 0
        for at in seen:
            mask |= self.ancestors[at] | (1 << at)
        if not self._has_room(statement, mask):
            return
        self._depths.append(self._depth(statement, mask))
        at, author, says = len(self.statements), statement.author_id, statement.says
        self.index[statement.id] = at
        self.statements.append(statement)
        self.ancestors.append(mask)
        self.heights.append(1 + max((self.heights[each] for each in seen), default=-1))
        self._said_by[author] = self._said_by.get(author, 0) | 1 << at
        admitted = author if isinstance(says, Founded) else None
        if isinstance(says, Admitted):
            admitted = says.holder.id
        if admitted is not None:
            self._admitting[admitted] = self._admitting.get(admitted, 0) | 1 << at

    def _has_room(self, statement: Statement, mask: int) -> bool:
        """Say whether a statement may stand; what its author had seen decides, and nothing else.

        Args:
            statement: It.
            mask: What it had seen.

        Returns:
            Whether somebody let its author in, and it said not more than there is room for.
        """
        author = statement.author_id
        is_let_in = isinstance(statement.says, Founded) or bool(
            self._admitting.get(author, 0) & mask
        )
        said = (self._said_by.get(author, 0) & mask).bit_count()
        if not is_let_in or said >= limits.STATEMENTS_PER_AUTHOR_MAX:
            return False
        return self._depth(statement, mask) <= limits.ADMISSION_DEPTH_MAX

    def _depth(self, statement: Statement, mask: int) -> int:
        """Steps from the founder to its author, one more where it lets somebody in."""
        if isinstance(statement.says, Founded):
            return 0
        ways = bits(self._admitting.get(statement.author_id, 0) & mask)
        return min(self._depths[at] for at in ways) + isinstance(statement.says, Admitted)

    @property
    def waiting(self) -> frozenset[StatementId]:
        """Those that name some that are not there."""
        return frozenset(self._waiting)

    @property
    def founder(self) -> int | None:
        """Where the first statement stands; there is one at most, for it fits the space."""
        # Whatever stands rests on it, so it stands first.
        return 0 if self.statements else None

    def has_seen(self, later: int, earlier: int) -> bool:
        """Say whether the author of ``later`` had seen ``earlier``, or it is the same one."""
        return later == earlier or bool(self.ancestors[later] >> earlier & 1)

    def counts_against(self, removal: int) -> frozenset[HolderId]:
        """Return whom a removal counts against: those let in in what its author had seen.

        Nobody is removed before they come; what is no removal counts against nobody.
        """
        says, seen = self.statements[removal].says, self.ancestors[removal]
        named = map(HolderId, says.holders) if isinstance(says, Removed) else ()
        return frozenset(each for each in named if self._admitting.get(each, 0) & seen)

    def supports(self, at: int) -> int:
        """Return the admissions that the author of a statement stands on, as a mask.

        Those that the statement had seen; none for the founder, who needs none.
        """
        author = self.statements[at].author_id
        if author == self.statements[0].author_id:
            return 0
        return self._admitting[author] & self.ancestors[at]

    def order(self) -> list[int]:
        """Return all of them, each behind what it had seen; the same whatever came first."""
        return sorted(range(len(self.statements)), key=self.place)

    def place(self, at: int) -> tuple[int, bytes]:
        """Return what statements are ordered by: the height, then the id."""
        return self.heights[at], self.statements[at].id

    def tips(self, mask: int) -> list[int]:
        """Return those of a mask that none of the mask had seen."""
        covered = 0
        for at in bits(mask):
            covered |= self.ancestors[at]
        return list(bits(mask & ~covered))


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits of a mask, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
