"""What a device knows of the person's devices within one transaction, and speaking in its name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, Secrets, founded_with, founding_key
from trailmark_client.recorder import Recorder
from trailmark_client.storage.statements import (
    firm_of,
    keep_firm,
    keep_own,
    statements_of,
    take_ground,
)
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.keys import HeldKeys, Opening
from trailmark_shared.device_graph.resolution import Firm, View, resolve
from trailmark_shared.device_graph.statements import (
    Holder,
    HolderId,
    KeyMade,
    Saying,
    SpaceErased,
    Statement,
    StatementId,
    make_statement,
    read_statement,
)
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.events.control import StatementMade
from trailmark_shared.ids import DEVICES, KeyId
from trailmark_shared.sealing import Cipher

_NOTHING_SEEN: Final = StatementId(bytes(limits.HASH_BYTES))
"""Named by who has read nothing yet: such a statement stands nowhere."""

_SUBJECT: Final = slice(0, limits.ID_BYTES)

_GRAPHS_KEPT: Final = 2
"""Statements are few and seldom news, and every transaction about devices asks for all of them."""


@lru_cache(_GRAPHS_KEPT)
def graph_of(*statements: Statement) -> DeviceGraph:
    """Return the graph of these; it is kept, so whoever adds to it takes a copy."""
    return DeviceGraph(statements)


@lru_cache(_GRAPHS_KEPT)
def view_of(graph: DeviceGraph, firm: Firm) -> View:
    """Return what a graph comes to that nobody adds to."""
    return resolve(graph, firm)


class Boxes:
    """Boxes that were made before, and what they told last: the same whenever they are made."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[tuple[KeyId, HolderId], bytes | None] = {}
        self._told: tuple[View, Opening, HeldKeys] | None = None

    def held(self, cipher: Cipher, opening: Opening, view: View) -> HeldKeys:
        """Return what a device that reads with ``opening`` holds, and what is said of it."""
        told = self._told
        if told is None or told[0] is not view or told[1] != opening:
            told = view, opening, HeldKeys(cipher, opening, view, self._made)
            self._told = told
        return told[2]


class Knowledge:
    """The statements that this device has, what they come to, and its own word on top.

    Attributes:
        graph: The statements.
        firm: What this device holds firm.
        conn: The store.
        has_spoken: Something was said.
    """

    def __init__(self, conn: Connection, vault: Vault, *, writes: bool) -> None:
        """Read the store.

        Args:
            conn: The store.
            vault: Cipher and identity.
            writes: Inside a write transaction.
        """
        self.conn = conn
        self.has_spoken = False
        self._vault = vault
        self._as_read = graph_of(*statements_of(conn, vault, keeps=writes))
        self.graph = self._as_read.copy()
        self.firm = firm_of(conn)
        self._resolved: tuple[int, Firm, View] | None = None

    @property
    def identity(self) -> Identity:
        """Who this device is."""
        return self._vault.identity_file.current

    @property
    def me(self) -> HolderId:
        """This device as a holder."""
        return HolderId(self.identity.device)

    @property
    def view(self) -> View:
        """What the statements come to."""
        count = len(self.graph.statements)
        if count == len(self._as_read.statements):
            return view_of(self._as_read, self.firm)
        if self._resolved is None or self._resolved[:2] != (count, self.firm):
            self._resolved = (count, self.firm, resolve(self.graph, self.firm))
        return self._resolved[2]

    @property
    def is_empty(self) -> bool:
        """Nobody said anything: this device is the person's only one, or has read nothing yet."""
        return self.graph.founder is None

    @property
    def founder(self) -> Holder | None:
        """The device with which the space began."""
        at = self.graph.founder
        return None if at is None else self.graph.statements[at].author

    @property
    def is_alone(self) -> bool:
        """Nobody but this device was ever let in: it has not begun to speak of devices."""
        return (
            self.is_empty and founding_key(self.identity, self.identity.secrets.holder) is not None
        )

    @property
    def has_room(self) -> bool:
        """This device may say more."""
        return len(self.said_by_me()) < limits.STATEMENTS_PER_AUTHOR_MAX

    def keys_made(self) -> list[KeyId]:
        """Return the vault keys that this device made and holds."""
        held = self.opening.keys
        made = [
            KeyId(each.says.key)
            for each in self.graph.statements
            if isinstance(each.says, KeyMade) and each.author_id == self.me
        ]
        return [key for key in dict.fromkeys(made) if key in held]

    def said_by_me(self) -> frozenset[StatementId]:
        """Return the statements of this device under its present id."""
        return frozenset(each.id for each in self.graph.statements if each.author_id == self.me)

    @property
    def may_make_key(self) -> bool:
        """This device may make another key, and others take notice of it."""
        made = sum(
            isinstance(each.says, KeyMade)
            for each in self.graph.statements
            if each.author_id == self.me
        )
        return self.has_room and made < limits.KEYS_PER_AUTHOR_MAX

    @property
    def is_in(self) -> bool:
        """This device is one of the person's, as far as it knows."""
        return self.me in self.view.members

    @property
    def opening(self) -> Opening:
        """What this device reads keys with."""
        identity = self.identity
        private = {HolderId(identity.device): identity.private_key}
        private |= {each.holder.id: each.private_key for each in identity.sponsors}
        keys = {each.id: each.key for each in identity.vault_keys}
        return Opening(space=identity.space, private_keys=private, keys=keys)

    def held(self, boxes: Boxes) -> HeldKeys:
        """Return the keys that this device holds, and what is said of each."""
        return boxes.held(self._vault.cipher, self.opening, self.view)

    def hold_firm(self, firm: Firm) -> None:
        """Hold this firm from now on, and nothing else."""
        if firm != self.firm:
            self.firm = firm
            keep_firm(self.conn, firm)

    def say(self, recorder: Recorder, says: Saying, by: Secrets | None = None) -> Statement:
        """Sign a statement and put it into the outbox.

        Args:
            recorder: The way to record.
            says: What.
            by: In whose name; this device's own by default.

        Returns:
            The statement; it stands.

        Raises:
            LimitExceededError: ``STATEMENTS_PER_AUTHOR_MAX``, ``STATEMENT_BYTES_MAX``: nothing was
                said.
        """
        statement = self.signed(says, by)
        self._speak(recorder, statement)
        return statement

    def relay(self, recorder: Recorder, raws: Iterable[bytes]) -> None:
        """Put statements of others into the outbox, whether they stand here yet or not.

        Args:
            recorder: The way to record.
            raws: As they travel; what is none of this space is left out.
        """
        for statement in self._read(raws):
            if self.graph.add(statement):
                self._record(recorder, statement)

    def relay_ground(self, recorder: Recorder) -> None:
        """Say what whoever let this device in stands on, once, as far as the lane has it not.

        The server was put back from before it, and whoever had said it may be lost.
        """
        self.relay(recorder, take_ground(self.conn))

    def _speak(self, recorder: Recorder, statement: Statement) -> None:
        self.graph.add(statement)
        if statement.id not in self.graph.index:
            most = limits.STATEMENTS_PER_AUTHOR_MAX
            raise LimitExceededError("STATEMENTS_PER_AUTHOR_MAX", most + 1, most)
        self._record(recorder, statement)

    def _record(self, recorder: Recorder, statement: Statement) -> None:
        self.has_spoken = True
        data = StatementMade(statement=statement.raw)
        event = recorder.record(self.conn, DEVICES, statement.id[_SUBJECT], data)
        keep_own(self.conn, event.id, statement)

    def signed(self, says: Saying, by: Secrets | None = None) -> Statement:
        """Return a statement that names what this device has seen; nobody is told."""
        secrets = by or self.identity.secrets
        seen = duties.heads(self.view, secrets.holder.id) or (_NOTHING_SEEN,)
        return make_statement(secrets.signer, self.identity.space, secrets.holder, seen, says)

    def orders_everything_erased(self, raws: Iterable[bytes]) -> bool:
        """Say whether a device of the person ordered that everything is erased.

        Args:
            raws: What a server relays: what this device knows already, and what it may lack.

        Returns:
            Whether such an order is in force once these are read.
        """
        graph = DeviceGraph([*self.graph.statements, *self._read(raws)])
        firm = self.firm.and_held(resolve(graph, self.firm).firm())
        view = resolve(graph, firm)
        orders = duties.orders_to_obey(view, firm, self.me)
        return any(
            isinstance(graph.statements[graph.index[each]].says, SpaceErased) for each in orders
        )

    def _read(self, raws: Iterable[bytes]) -> Iterable[Statement]:
        for raw in raws:
            with suppress(EventDataError):
                yield read_statement(self._vault.cipher, self.identity.space, raw)

    def founding(self) -> list[Statement]:
        """Return the statement that begins the space, where nobody said it: one, or none."""
        if not self.is_empty:
            return []
        for secrets in (self.identity.secrets, *self.identity.sponsors):
            key = founding_key(self.identity, secrets.holder)
            if key is not None:
                says, space = founded_with(key.key), self.identity.space
                return [make_statement(secrets.signer, space, secrets.holder, (), says)]
        return []

    def found(self, recorder: Recorder) -> None:
        """Begin the graph of a space that this device, or a sponsor of it, began alone."""
        for statement in self.founding():
            self._speak(recorder, statement)
