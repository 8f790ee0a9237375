"""What a client session asks of the device's store, effect by effect: each is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trailmark_adapters.clock import Clock
from trailmark_adapters.database import Database
from trailmark_adapters.randomness import Randomness
from trailmark_client.identity import Identity
from trailmark_client.storage.cursors import is_forked, note_heads, unnoted_heads
from trailmark_client.storage.doubts import close_doubts, has_open_doubt, note_doubts
from trailmark_client.storage.epochs import start_epoch
from trailmark_client.storage.event_log import lanes_to_send, outbox_batch
from trailmark_client.storage.held import begin_rewind, offers_of, settle_held
from trailmark_client.storage.pinning import follow_keys, is_pinned
from trailmark_client.storage.vault import Vault
from trailmark_shared.protocol import effects
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.messages import LaneWelcome, SigningKey


class SessionStore:
    """Carries out the effects of one session that concern the store alone."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        randomness: Randomness,
        session: ClientSession,
    ) -> None:
        """Take what is needed of the machine, and the session that is told the results."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._randomness = randomness
        self._session = session

    @property
    def _identity(self) -> Identity:
        return self._vault.identity_file.current

    async def carry_out(self, effect: effects.Effect) -> Iterable[effects.Effect]:
        """Carry out an effect.

        Args:
            effect: What the session asks for.

        Returns:
            What the session asks for next.
        """
        read, session = self._database.read, self._session
        match effect:
            case effects.FollowKeys(keys=keys):
                return await self._follow_keys(keys)
            case effects.CheckOwn(lanes=lanes):
                return await self._check_own(lanes)
            case effects.ReadOutbox(lane=lane, after=after):
                batch = await read(lambda conn: outbox_batch(conn, self._identity, lane, after))
                return session.outbox_read(lane, batch.events, is_all=batch.is_all)
            case effects.ReadHeld(lane=lane):
                offers = await read(lambda conn: offers_of(conn, lane))
                return session.held_read(lane, offers)
            case _:
                return await self._change(effect)

    async def _change(self, effect: effects.Effect) -> Iterable[effects.Effect]:
        write, session, now = self._database.write, self._session, self._clock.now_ms()
        match effect:
            case effects.BeginRewind(lane=lane):
                stood = await write(lambda conn: begin_rewind(conn, self._vault, effect, now))
                return session.rewound(lane, stood)
            case effects.StartEpoch():
                epoch, lanes = await write(
                    lambda conn: start_epoch(conn, self._vault.identity_file, self._randomness)
                )
                return session.epoch_started(epoch, lanes)
            case effects.SettleHeld(lane=lane, refused=refused):
                needs_epoch = await write(
                    lambda conn: settle_held(conn, self._identity, lane, refused=refused)
                )
                return session.held_settled(lane, needs_epoch=needs_epoch)
            case effects.ReportAltered(lanes=lanes):
                await write(lambda conn: note_doubts(conn, lanes, now))
                return ()
            case _:
                raise AssertionError(f"no client effect: {type(effect).__name__}")

    async def end_doubts(self) -> None:
        """Note that every lane was read to its head and nothing contradicted what is held."""
        if await self._database.read(has_open_doubt):
            await self._database.write(close_doubts)

    async def _follow_keys(self, keys: Sequence[SigningKey]) -> Iterable[effects.Effect]:
        vault = self._vault
        trusted = is_pinned(vault, keys) or await self._database.write(
            lambda _conn: follow_keys(vault, keys)
        )
        return self._session.keys_followed(trusted=trusted)

    async def _check_own(self, lanes: Sequence[LaneWelcome]) -> Iterable[effects.Effect]:
        read, write = self._database.read, self._database.write
        forked = await read(lambda conn: is_forked(conn, self._identity, lanes))
        if heads := await read(lambda conn: unnoted_heads(conn, lanes)):
            await write(lambda conn: note_heads(conn, heads))
        # Lanes beyond those that fit into `hello` have news to send too.
        waiting = await read(lanes_to_send)
        return [
            *self._session.own_checked(forked=forked),
            *self._session.outbox_changed(waiting),
        ]
