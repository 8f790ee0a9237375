"""Who is a person's device and who holds their vault keys: reading it, and saying one's part.

Everything is said by signed statements in the lane ``devices``; ``trailmark_shared.device_graph``
says which count. Two devices may speak at once, a server may come back from a backup, a process may
die in the middle: so every device looks whenever it read a page of that lane (``look``), and says
what is to be said once it has nothing more to read (``tend``). A fresh key is written into the
identity file before the statement that hands it out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, founding_key, new_vault_key
from trailmark_client.recorder import Recorder
from trailmark_client.speaking import Boxes, Knowledge
from trailmark_client.storage.control import (
    carry_out,
    keep_order_said,
    orders_to_tell,
    unnamed_among,
)
from trailmark_client.storage.statements import keep_removals, kept_removals, note_said
from trailmark_client.storage.unlocking import keep_keys, unlock
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.keys import opened_keys
from trailmark_shared.device_graph.resolution import Firm
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    Holder,
    HolderId,
    Removed,
    Renamed,
    Saying,
    SpaceErased,
)
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import KeyId, Lane, text_from_id
from trailmark_shared.words import gettext

_ROUNDS_MAX: Final = 1_024
"""Far more than there ever is to say at once; each key that was brought along takes one round."""


class KeySharing:
    """Says what this device has to say about devices and keys, within the caller's transaction."""

    def __init__(self, vault: Vault, clock: Clock, randomness: Randomness) -> None:
        """Take the keys, time for events, and chance for new keys."""
        self._vault = vault
        self._recorder = Recorder(vault, clock, randomness)
        self._randomness = randomness
        self._boxes = Boxes()

    @property
    def _identity(self) -> Identity:
        return self._vault.identity_file.current

    def known(self, conn: Connection) -> Knowledge:
        """Return what this device knows; a read transaction is enough."""
        return Knowledge(conn, self._vault, writes=False)

    # --- what the person asks for ----------------------------------------------------------------

    def require_member(self, conn: Connection) -> Knowledge:
        """Return what this device knows; where it is the only one, it begins to speak.

        Args:
            conn: The store, inside a write transaction.

        Raises:
            DomainError: ``missing_key``: this device is none of the person's, as far as it knows.
        """
        known = self._looked(conn)
        if known.is_alone:
            first = founding_key(self._identity, self._identity.secrets.holder)
            assert first is not None, "who is alone began the space"
            known.found(self._recorder)
            # Nobody else ever had it.
            self._say_key(known, first.id, seals=True)
            known.say(self._recorder, Renamed(known.me, self._identity.device_name))
            self._see_through(known)
        if not known.is_in:
            raise DomainError(
                ErrorCode.MISSING_KEY,
                gettext(
                    "your other devices do not know this one, or removed it: trailmark sync, or "
                    "let it in again from another one"
                ),
            )
        return known

    def let_in(self, conn: Connection, holder: Holder, name: str) -> Firm:
        """Let a device in: it gets all keys, and every later one, from all devices.

        Args:
            conn: The store, inside a write transaction.
            holder: Whom.
            name: What the person calls it.

        Returns:
            What it is to hold firm.

        Raises:
            DomainError: ``missing_key``; ``too_large``: more was made void by the
                person's answers than can be handed over, and some of it would count there.
        """
        known = self.require_member(conn)
        try:
            told = duties.firm_to_tell(known.view, known.firm)
        except LimitExceededError:
            raise DomainError(
                ErrorCode.TOO_LARGE,
                gettext(
                    "devices that you removed told this one more than it can pass on; "
                    "let the other one in from another of your devices"
                ),
            ) from None
        keep_removals(conn, kept_removals(conn) - {holder.id})
        known.say(self._recorder, Admitted(holder, name))
        self._see_through(known)
        return told

    def relay(self, conn: Connection, raws: Sequence[bytes]) -> None:
        """Tell the others what whoever let this device in may have told nobody else.

        Args:
            conn: The store, inside a write transaction.
            raws: Statements as they travel.
        """
        Knowledge(conn, self._vault, writes=True).relay(self._recorder, raws)

    def replace_code(self, conn: Connection, code: Holder) -> None:
        """Let a recovery code in, and those go that were there.

        Raises:
            DomainError: ``missing_key``.
        """
        known = self.require_member(conn)
        old = {each.id for each in known.view.members.values() if each.kind == "code"}
        if code.id not in old:
            known.say(self._recorder, Admitted(code, ""))
        self._remove(known, sorted(old - {code.id}))
        self._see_through(known)

    def remove(self, conn: Connection, holders: Collection[HolderId]) -> bool:
        """Let devices go for ever, with the recovery codes that let them in.

        Args:
            conn: The store, inside a write transaction.
            holders: Whom; who was never let in is left alone. Where the person was asked who
                goes, this is the answer.

        Returns:
            Whether the others are told; ``False`` where this device is none of the person's, as far
            as it knows: it keeps the answer all the same.
        """
        known = self._looked(conn)
        gone = {*holders, *(code for each in holders for code in known.view.codes_of(each))}
        if known.view.asked:
            # Said before all else: a key that were made in between would be for who goes, too.
            known.hold_firm(duties.settled(known.graph, known.firm, gone, known.me))
        elif known.is_alone:
            known = self.require_member(conn)
        if not known.is_in:
            return False
        known_ones = gone & (known.view.left_out | known.view.members.keys())
        # Those that the person chose first, whatever is said to come with them.
        chosen = set(holders)
        # Of some it may not have been read yet who let them in: these go once it is.
        keep_removals(conn, kept_removals(conn) | (chosen - known_ones))
        self._remove(known, sorted(known_ones, key=lambda each: (each not in chosen, each)))
        self._see_through(known)
        return True

    def _remove(self, known: Knowledge, holders: Sequence[HolderId]) -> None:
        for at in range(0, len(holders), limits.HOLDERS_NAMED_MAX):
            named = sorted(holders[at : at + limits.HOLDERS_NAMED_MAX])
            said = known.say(self._recorder, Removed(tuple(named)))
            known.hold_firm(known.firm.and_confirmed({said.id}))

    def rename(self, conn: Connection, holder: HolderId, name: str) -> None:
        """Call a device otherwise; where nobody else is, nobody is told."""
        known = self._looked(conn)
        if known.is_in and holder in known.view.members:
            known.say(self._recorder, Renamed(holder, name))

    def change_key(self, conn: Connection) -> None:
        """Let a fresh vault key seal from now on.

        Raises:
            DomainError: ``missing_key``.
        """
        known = self.require_member(conn)
        self._make_key(known)
        self._see_through(known)

    def order(self, conn: Connection, lane: Lane, subject: bytes, events: Sequence[bytes]) -> None:
        """Order the person's other devices to erase what was erased here.

        Args:
            conn: The store, inside a write transaction.
            lane: Where the words stood.
            subject: What they were about.
            events: Which; at most ``limits.BASE_IDS_MAX``.
        """
        known = self._looked(conn)
        # A device alone tells nobody now; a server or a backup may bring the words back one day.
        keep_order_said(conn, Erased(lane, subject, tuple(events)))
        self._see_through(known)

    def last_words(self, conn: Connection) -> list[bytes]:
        """Return the signed order to erase everything, behind what others may lack of its ground.

        Args:
            conn: The store; nothing is recorded.

        Returns:
            Statements as they travel, the order last, within ``limits.ERASURE_STATEMENTS_MAX`` and
            ``limits.ERASURE_PROOF_BYTES_MAX``.
        """
        known = self.known(conn)
        for founding in known.founding():
            known.graph.add(founding)
        order, graph = known.signed(SpaceErased()), known.graph
        found, size = [order.raw], len(order.raw)
        for at in reversed(graph.order()):
            raw = graph.statements[at].raw
            size += len(raw)
            is_full = len(found) == limits.ERASURE_STATEMENTS_MAX
            if is_full or size > limits.ERASURE_PROOF_BYTES_MAX:
                break
            found.append(raw)
        return found[::-1]

    # --- seeing it through -----------------------------------------------------------------------

    def look(self, conn: Connection) -> bool:
        """Take what was read: hold removals firm, open keys, seal for nobody but members.

        Args:
            conn: The store, inside a write transaction; that of the page that was read.

        Returns:
            Whether something was said.
        """
        return self._looked(conn).has_spoken

    def tend(self, conn: Connection) -> bool:
        """Say what is still to be said; the lanes must have been read to their ends.

        Args:
            conn: The store, inside a write transaction.

        Returns:
            Whether something was said, or what waited for that may go out now.
        """
        known = Knowledge(conn, self._vault, writes=True)
        known.relay_ground(self._recorder)
        self._take(known)
        if known.is_empty and self._identity.sponsors:
            known.found(self._recorder)
        self._be_let_in(known)
        unlock(conn, self._vault)
        self._see_through(known)
        if not known.is_in:
            return known.has_spoken
        has_named = self._name_erased(known)
        if self._identity.sponsors:
            self._vault.identity_file.update(
                lambda current: msgspec.structs.replace(current, sponsors=())
            )
        return note_said(conn) or has_named or known.has_spoken

    def _looked(self, conn: Connection) -> Knowledge:
        known = Knowledge(conn, self._vault, writes=True)
        self._take(known)
        return known

    def _take(self, known: Knowledge) -> None:
        known.hold_firm(known.firm.and_held(known.view.firm()))
        opened = opened_keys(self._vault.cipher, known.view, known.opening)
        if opened.keys() - known.opening.keys.keys():
            keep_keys(self._vault, opened, None)
            unlock(known.conn, self._vault)
        held = known.held(self._boxes)
        if self._identity.newest_key.id in held.brought():
            # Nobody else knows it, or this store knows less than its identity file: it is said
            # first, once everything was read.
            return
        sealing = held.sealing_key if known.is_in else None
        if sealing is not None:
            keep_keys(self._vault, {}, sealing)
        elif known.is_in and known.may_make_key:
            self._make_key(known)
        else:
            # Others hold it, and this device cannot say another: what it writes is for itself.
            fresh = new_vault_key(self._randomness)
            keep_keys(self._vault, {fresh.id: fresh.key}, fresh.id)

    def _make_key(self, known: Knowledge) -> None:
        fresh = new_vault_key(self._randomness)
        keep_keys(self._vault, {fresh.id: fresh.key}, None)
        self._say_key(known, fresh.id, seals=True)
        keep_keys(self._vault, {}, fresh.id)

    def _say_key(self, known: Knowledge, key_id: KeyId, *, seals: bool) -> None:
        key, held = self._identity.vault_key(key_id), known.held(self._boxes)
        assert key is not None, "a device hands out keys that it holds"
        view, space = known.view, self._identity.space
        made = duties.key_to_make(held, space, view, key, known.me, seals=seals)
        known.say(self._recorder, made)

    def _be_let_in(self, known: Knowledge) -> None:
        """Let this device in, in the name of who stands for it until then."""
        identity = self._identity
        sponsors = [each for each in identity.sponsors if each.holder.id in known.view.members]
        if sponsors and not known.is_in:
            admitted = Admitted(identity.secrets.holder, identity.device_name)
            known.say(self._recorder, admitted, sponsors[0])

    def _see_through(self, known: Knowledge) -> None:
        """Say what is to be said, until nothing is left; then do what the others ordered."""
        for _ in range(_ROUNDS_MAX):
            self._take(known)
            if not known.is_in or not self._say_next(known):
                break
        for order in self._orders(known):
            carry_out(known.conn, order)

    def _name_erased(self, known: Knowledge) -> bool:
        """Tell the server of orders that came without their ``subject_erased``, if any did."""
        # Whoever gave them was lost in between; a row without words that nobody erased is taken
        # for tampering.
        unnamed = [
            (says, events)
            for says in self._orders(known)
            if (events := unnamed_among(known.conn, says))
        ]
        for says, events in unnamed:
            erased = SubjectErased(events=tuple(map(text_from_id, events)))
            self._recorder.record(known.conn, Lane(says.lane), says.subject, erased)
        return bool(unnamed)

    def _orders(self, known: Knowledge) -> list[Erased]:
        found = duties.orders_to_obey(known.view, known.firm, known.me)
        sayings = [known.graph.statements[known.graph.index[each]].says for each in found]
        return [says for says in sayings if isinstance(says, Erased)]

    def _say_next(self, known: Knowledge) -> bool:
        """Say one kind of what is to be said.

        Returns:
            Whether something was said.
        """
        view, held, space = known.view, known.held(self._boxes), self._identity.space
        kept = kept_removals(known.conn)
        late = kept & view.members.keys()
        if late and known.has_room:
            keep_removals(known.conn, kept - late)
            codes = {code for each in late for code in view.codes_of(each)}
            self._remove(known, sorted(late | codes))
            return True
        repeat = duties.removals_to_repeat(view, known.firm, known.me)
        if repeat is not None:
            return self._say_all(known, [repeat])
        again = [*held.brought(), *self._identity.own_before]
        if again and known.may_make_key:
            left = tuple(each for each in self._identity.own_before if each != again[0])
            self._vault.identity_file.update(
                lambda current: msgspec.structs.replace(current, own_before=left)
            )
            self._say_key(known, again[0], seals=False)
            return True
        made = duties.key_to_make_again(held, space, view, known.firm, known.me)
        if made is not None and known.may_make_key:
            return self._say_all(known, [made])
        handed = duties.keys_to_hand(held)
        orders = orders_to_tell(known.conn, has_copy=self._identity.private_copy)
        return self._say_all(known, handed or duties.orders_to_repeat(view, orders))

    def _say_all(self, known: Knowledge, sayings: Sequence[Saying]) -> bool:
        for says in sayings:
            if not known.has_room:
                return False
            known.say(self._recorder, says)
        return bool(sayings)
