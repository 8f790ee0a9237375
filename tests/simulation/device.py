"""A person's device as a machine: the real store, recorder and replicator in a real folder."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec

from tests.simulation.machines import Machine, SeededRandomness, SimClock, SimDatabase
from tests.simulation.network import ClientEnd, Link
from tests.simulation.requests import RequestEnd, RequestLine
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER, App, open_app
from trailmark_client.identity import FILE_NAME
from trailmark_client.live_session import Ports
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended, Status
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import Lane

Result = TypeVar("Result")

Dialled = tuple[Link | RequestLine, ClientEnd | RequestEnd]
"""A connection, or a line for requests, and the device's end of it."""

Dial = Callable[["SimDevice", str, str], Awaitable[Dialled]]

_SIGN_IN_AFTER_S = 4.0


class SimDevice(Machine):
    """One replica with its folder; a restart is a new app over the same files.

    Attributes:
        folder: The person's folder; what survives.
        app: What a command of the person opens.
        database: The store as the running ``sync --watch`` sees it.
        wrote: Own events that were called saved here: id -> lane.
        ordered: Events whose erasure the person ordered here, whatever became of the order.
        links: Connections of this machine.
        status: What the replicator said last.
        is_gone: Destroyed for ever.
        is_offline: It reaches nobody.
        cursors: Where each lane stood after the last transaction of this run of the machine.
        rewinds: How often a server announced a rewind of a lane to it.
        moved_back: How often a cursor went back.
    """

    def __init__(
        self, name: str, folder: Path, random: Random, clock: SimClock, dial: Dial
    ) -> None:
        super().__init__(name, random, clock)
        self.folder = folder
        self.app: App
        self.database: SimDatabase
        self.wrote: dict[bytes, Lane] = {}
        self.ordered: set[bytes] = set()
        self.links: list[Link | RequestLine] = []
        self.status = Status(phase="stopped")
        self.is_gone = False
        self.cursors: dict[str, int] = {}
        self.sign_in: Callable[[SimDevice], None] = lambda _device: None
        self.rewinds: Counter[str] = Counter()
        self.moved_back: Counter[str] = Counter()
        self.is_offline = False
        self.live: Callable[[SimDevice], Coroutine[Any, Any, None]] | None = None
        self.on_cursor: Callable[[SimDevice, str, int, bytes], None] = _ignore
        self._dial = dial

    def start(self) -> None:
        """Open the folder and keep in step with the home server, once there is one."""
        self.is_up = True
        self.cursors.clear()
        self.app = open_app(self.folder, clock=self.clock, randomness=SeededRandomness(self.random))
        self.database = SimDatabase(
            self,
            self.folder / DATABASE_NAME,
            migrations_from_folder(MIGRATIONS_FOLDER),
            {"opened": self.app.vault.opened},
            self._watch_cursors,
        )
        self._make_commands_mortal()
        self.spawn(self._keep_in_step())
        if self.live is not None:
            self.spawn(self.live(self))

    def _make_commands_mortal(self) -> None:
        write = self.app.write

        def mortal(work: Callable[[Connection], Result]) -> Result:
            self.maybe_die()

            def dying(conn: Connection) -> Result:
                result = work(conn)
                self.maybe_die()
                return result

            result = write(dying)
            self.maybe_die()
            return result

        self.app.write = mortal

    def stop(self, *, linger: bool) -> None:
        """Die: tasks end where they wait, files stay as they are."""
        if not self.is_up:
            return
        self.is_up = False
        self.cancel_all()
        for link in self.links:
            link.cut(linger=linger)
        self.links.clear()
        app, database = self.app, self.database
        asyncio.get_running_loop().call_soon(lambda: (app.close(), database.close()))

    def also_sync(self) -> asyncio.Task[Any]:
        """Run another ``sync`` over the same folder for a while, as a second process does."""
        return self.spawn(self._replicator(lambda _status: None).sync_once())

    async def _keep_in_step(self) -> None:
        while True:
            if not self.is_joined:
                await asyncio.sleep(1)
                continue
            ended = await self._replicator(self._note).run()
            await self._mend(ended)

    async def _mend(self, ended: Ended) -> None:
        assert ended.retry in ("later", "after_sign_in"), f"{self.name} stopped: {ended.code}"
        await asyncio.sleep(self.random.random() * _SIGN_IN_AFTER_S)
        if ended.code in (ErrorCode.NOT_SIGNED_IN, ErrorCode.SIGNED_OUT):
            self.sign_in(self)

    def _replicator(self, note: Callable[[Status], None]) -> Replicator:
        ports = Ports(
            self.database,  # pyright: ignore[reportArgumentType]
            self.app.vault,
            self.clock,
            self.app.randomness,
        )
        return Replicator(ports, self._connect, note)

    async def _connect(self, url: str, credential: str) -> ClientEnd | RequestEnd:
        link, end = await self._dial(self, url, credential)
        self.links = [each for each in self.links if not each.is_dead]
        self.links.append(link)
        return end

    def _note(self, status: Status) -> None:
        self.status = status

    def _watch_cursors(self, conn: Connection) -> None:
        """Tell where each lane stands, and count how often one went back."""
        # An imported lane stands where a log of another server stood.
        found = conn.execute(
            "SELECT lane, seq, hash FROM cursor"
            " WHERE lane NOT IN (SELECT lane FROM archived_lane) ORDER BY lane"
        ).fetchall()
        for lane, seq, hash_ in found:
            if seq < self.cursors.get(lane, 0):
                self.moved_back[lane] += 1
            self.cursors[lane] = seq
            self.on_cursor(self, lane, seq, hash_)

    # --- what the person does --------------------------------------------------------------------

    @property
    def is_joined(self) -> bool:
        """It has a home server."""
        return self.app.identity.server is not None

    def take_credential(self, credential: str, expires_at: int) -> None:
        """Keep the credential that somebody else let this device in with."""
        self.app.write(
            lambda _conn: self.app.identity_file.update(
                lambda current: msgspec.structs.replace(
                    current, credential=credential, credential_expires_at=expires_at
                )
            )
        )

    # --- files -----------------------------------------------------------------------------------

    def copy_to(self, folder: Path) -> None:
        """Copy the folder as it is between two transactions."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*-shm", "*.lock"))

    def restore(self, folder: Path, *, with_identity: bool) -> None:
        """Put a backup of the database in place, its identity only if told; must be stopped."""
        for old in self.folder.glob(f"{DATABASE_NAME}*"):
            old.unlink()
        for saved in folder.glob(f"{DATABASE_NAME}*"):
            shutil.copy(saved, self.folder / saved.name)
        if with_identity:
            shutil.copy(folder / FILE_NAME, self.folder / FILE_NAME)

    def age_read_models(self) -> None:
        """Leave what a version that folded otherwise would have left; must be stopped."""
        with closing(sqlite3.connect(self.folder / DATABASE_NAME)) as conn, conn:
            conn.execute("DELETE FROM document WHERE kind = 'goal'")
            conn.execute("UPDATE setting SET value = '1' WHERE name = 'projection_version'")

    def ids(self) -> set[bytes]:
        """Return the ids of all events in the store, whether it runs or not."""
        return stored_ids(self.folder / DATABASE_NAME)


def _ignore(_device: SimDevice, _lane: str, _seq: int, _hash: bytes) -> None:
    pass


def stored_ids(path: Path) -> set[bytes]:
    """Return the ids of all events in a database file, a device's or a server's."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return {event_id for (event_id,) in conn.execute("SELECT id FROM event")}
