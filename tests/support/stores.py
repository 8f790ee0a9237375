"""Parts of a server over memory, for tests that need no socket."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.passwords import quick_passwords
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_server.bell import Bell
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.heads import HeadSigner, SigningKeys
from trailmark_server.http.addresses import TrustedProxies
from trailmark_server.services import Services
from trailmark_server.sessions import WebSessions
from trailmark_server.settings import Settings
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.accounts.memory.store import MemoryAccountStore
from trailmark_server.storage.memory_keys import MemoryKeyStore
from trailmark_server.storage.ports import Check, EventStore, Page, TakenOffer
from trailmark_server.therapists.known_browsers import KnownBrowsers
from trailmark_server.throttle import Tries, account_tries, challenge_counts
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol.effects import AppendBatch, Appended, LaneState
from trailmark_shared.protocol.messages import LaneHello, Offer
from trailmark_shared.protocol.signing_keys import first_key


class ScriptedLog:
    """A log that answers as it was told and remembers what it was asked.

    Attributes:
        asked: Names of the calls, in order.
        appended: What ``append`` answers; ``None`` for all of it.
    """

    def __init__(self, accounts: MemoryAccountStore) -> None:
        self.asked: list[str] = []
        self.appended: Appended | None = None
        self._revoked: set[tuple[SpaceId, bytes]] = set()
        self._accounts = accounts

    async def _check(self, check: Check | None) -> None:
        def work(rows: AccountRows) -> None:
            if check is not None:
                check(rows)

        await self._accounts.read(work)

    async def heads(self, spaces: Sequence[SpaceId]) -> dict[tuple[SpaceId, Lane], int]:
        self.asked.append("heads")
        return dict.fromkeys(((space, Lane("self")) for space in spaces), 1)

    async def open_lanes(
        self,
        space: SpaceId,
        device: DeviceId,
        epoch: Epoch,
        lanes: Sequence[LaneHello],
        check: Check | None = None,
    ) -> list[LaneState]:
        del space, device, epoch, lanes
        self.asked.append("open_lanes")
        await self._check(check)
        return []

    async def record_revocations(self, space: SpaceId, grants: Sequence[bytes]) -> bool:
        self.asked.append("record_revocations")
        fresh = {(space, grant) for grant in grants} - self._revoked
        self._revoked |= fresh
        return bool(fresh)

    async def append(
        self, space: SpaceId, actor: str, batch: AppendBatch, check: Check | None = None
    ) -> Appended:
        del space
        self.asked.append(f"append as {actor}")
        await self._check(check)
        last = batch.events[-1]
        return self.appended or Appended(
            lane=batch.lane, epoch=last.epoch, upto=last.dseq, refused=[]
        )

    async def read_page(
        self,
        space: SpaceId,
        lane: Lane,
        after: int,
        check: Check | None = None,
        *,
        is_live: bool = False,
    ) -> Page:
        del space, lane, after, is_live
        self.asked.append("read_page")
        await self._check(check)
        return Page(rows=[], signed_head=None)

    async def take_offer(
        self, space: SpaceId, offer: Offer, rows: object, check: Check | None = None
    ) -> TakenOffer:
        del space, offer, rows
        self.asked.append("take_offer")
        await self._check(check)
        return TakenOffer(upto=7, code=None)


FIRST_KEYS = SigningKeys(chain=(first_key(NaclSigner(bytes(32)).public_key),), seed=bytes(32))


class ListedKeys(MemoryKeyStore):
    """A keys store in memory whose list of revoked credentials a test reads at once."""

    def __init__(self) -> None:
        super().__init__(SeededRandomness(2))
        self._signing = FIRST_KEYS
        self.revoked: list[bytes] = []

    async def revoke_credential(self, credential_hash: bytes) -> None:
        self.revoked.append(credential_hash)


class MemoryParts:
    """The parts, with handles on the fakes.

    Attributes:
        accounts: The account tables.
        log: The scripted log.
        clock: Moves by hand.
        services: All of it.
        served: The application over these services, once somebody has asked for it.
    """

    def __init__(
        self,
        public_url: str = "http://127.0.0.1:8740",
        trusted_proxies: Sequence[str] = (),
        *,
        takes_passwords: bool = True,
    ) -> None:
        self.accounts = MemoryAccountStore()
        self.log = ScriptedLog(self.accounts)
        self.keys = ListedKeys()
        self.served: tuple[Services, Any] | None = None
        self.clock = FakeClock()
        self.services = Services(
            settings=Settings(
                data=Path("unused"),
                public_url=public_url,
                trusted_proxies=TrustedProxies(trusted_proxies),
                takes_passwords=takes_passwords,
            ),
            clock=self.clock,
            randomness=SeededRandomness(),
            events=cast("EventStore", self.log),
            keys=self.keys,
            accounts=self.accounts,
            bell=Bell(),
            web=WebSessions(self.accounts, public_url),
            tries=Tries(),
            account_tries=account_tries(),
            challenges=challenge_counts(),
            passwords=quick_passwords(),
            known_browsers=KnownBrowsers(bytes(32), public_url),
            revoked=RevokedCredentials(()),
            signer=HeadSigner(FIRST_KEYS, NaclCipher(), self.clock),
            stopping=asyncio.Event(),
        )
