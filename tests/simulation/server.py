"""The server as a machine: the real services over real files, and the API without sockets."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import msgspec
from litestar.datastructures import Headers

from tests.simulation.machines import Machine, SeededRandomness, SimClock, SimServerFile
from tests.simulation.network import Link, ServerEnd
from trailmark_adapters.cipher import SEED_BYTES
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.sqlite import Connection
from trailmark_server import invitations
from trailmark_server.api.device_joins import (
    AnswerIn,
    ClaimIn,
    DeviceInvitationIn,
    DeviceJoinIn,
    answer_join,
    claim_join,
    device_invitations,
    invite_device,
    join_device,
)
from trailmark_server.api.device_list import revoke_device
from trailmark_server.api.join import JoinIn, join, join_status
from trailmark_server.api.recovery import (
    RecoverIn,
    RecoveryIn,
    recover,
    recovery_made,
    save_recovery,
)
from trailmark_server.api.sync_post import sync_post
from trailmark_server.api.sync_socket import sync_socket
from trailmark_server.app import services_over
from trailmark_server.bell import Bell, watch_store
from trailmark_server.credentials import admit_device, credential_text
from trailmark_server.heads import next_key
from trailmark_server.services import Services
from trailmark_server.settings import Settings
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.storage.accounts.sql.store import SqlAccountRows, SqlAccountStore
from trailmark_server.storage.log_store import LogStore, open_log_store
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite import store as sqlite_store
from trailmark_server.storage.sqlite.store import SqliteTables, main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, Stores
from trailmark_server.therapists import accounts
from trailmark_shared.errors import ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol.frames import join_frames, split_frames

URL = "http://127.0.0.1:8740"

Answer = TypeVar("Answer")

_KEYS_SQL = Path(sqlite_store.__file__).parent / "sql_keys"


class SimServer(Machine):
    """One server with its data folder; a restart is new services over the same files.

    Attributes:
        folder: The data folder; what survives.
        services: The parts of the running server.
        store: Its log.
        main: Its main file.
        keys: Its keys file.
        restores: How often it was restored from a backup.
    """

    def __init__(
        self,
        folder: Path,
        random: Random,
        clock: SimClock,
        on_commit: Callable[[Connection], None],
    ) -> None:
        super().__init__("server", random, clock)
        self.folder = folder
        self.links: list[Link] = []
        self.services: Services
        self.store: LogStore
        self.main: SimServerFile
        self.keys: SimServerFile
        self._on_commit = on_commit
        self._is_serving = False
        folder.mkdir()

    @property
    def is_serving(self) -> bool:
        """It is up and its services are open."""
        return self.is_up and self._is_serving

    def start(self) -> asyncio.Task[Any]:
        """Open the files and serve."""
        self.is_up = True
        self.keys = SimServerFile(self, self.folder / KEYS_FILE, migrations_from_folder(_KEYS_SQL))
        self.main = SimServerFile(self, self.folder / MAIN_FILE, main_migrations(), self._on_commit)
        return self.spawn(self._serve())

    async def _watch(self, bell: Bell) -> None:
        await watch_store(bell, self.main.data_version, self.store.heads)

    async def _serve(self) -> None:
        randomness = SeededRandomness(self.random)
        main, keys_file = cast("Any", self.main), cast("Any", self.keys)
        keys = SqlKeyStore(keys_file, randomness)
        self.store = await open_log_store(
            SqliteTables(main), keys, NaclCipher(), self.clock, randomness
        )
        stores = Stores(
            events=self.store,
            keys=keys,
            accounts=SqlAccountStore(main),
            signer=self.store.signer,
            watch=self._watch,
            keys_version=self.keys.data_version,
        )
        settings = Settings(data=self.folder, public_url=URL)
        self.services = await services_over(stores, settings, self.clock, randomness)
        self._code_key = await self.services.code_key()
        self._is_serving = True
        await self._watch(self.services.bell)

    def stop(self, *, linger: bool) -> None:
        """Die: tasks end where they wait, files stay as they are."""
        if not self.is_up:
            return
        self.is_up = self._is_serving = False
        self.cancel_all()
        for link in self.links:
            link.cut(linger=linger)
        self.links.clear()
        main, keys = self.main, self.keys
        asyncio.get_running_loop().call_soon(lambda: (main.file.close(), keys.file.close()))

    def accept(self, link: Link, credential: str) -> None:
        """Take a connection, as the process behind the socket does."""
        self.links = [each for each in self.links if not each.is_dead]
        self.links.append(link)
        handler = cast("Callable[..., Coroutine[Any, Any, None]]", sync_socket.fn)
        self.spawn(handler(ServerEnd(link, credential), self.services))

    async def post(self, frames: Sequence[bytes], credential: str) -> Sequence[bytes]:
        """Answer a whole session in one request."""
        body = join_frames(frames)

        async def read() -> bytes:
            return body

        headers = Headers({"authorization": f"Bearer {credential}"})
        request = cast("Any", SimpleNamespace(headers=headers, body=read))
        answer = await cast("Any", sync_post.fn)(request, self.services)
        return split_frames(answer.content)

    # --- backups -------------------------------------------------------------------------------

    def back_up(self, folder: Path) -> None:
        """Copy both files as they are between two transactions."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*-shm", "*.lock"))

    def restore(self, folder: Path, *, with_keys: bool) -> None:
        """Put the files of a backup in place; the server must be stopped."""
        names = (MAIN_FILE, KEYS_FILE) if with_keys else (MAIN_FILE,)
        for name in names:
            for old in self.folder.glob(f"{name}*"):
                old.unlink()
            for saved in folder.glob(f"{name}*"):
                shutil.copy(saved, self.folder / saved.name)

    def age_read_models(self) -> None:
        """Leave what a version that folded otherwise would have left; must be stopped."""
        with closing(sqlite3.connect(self.folder / MAIN_FILE)) as conn, conn:
            for table in ("document", "failed_fold", "projection"):
                conn.execute(f"DELETE FROM {table} WHERE version = 1")  # noqa: S608
                conn.execute(f"UPDATE {table} SET version = 1")  # noqa: S608

    # --- what the operator and the therapist do beside it --------------------------------------

    def write_accounts(self, work: Callable[[AccountRows], Answer]) -> Answer:
        """Run ``work`` over the account tables at once, as a command beside the server does."""
        return self.main.file.write(lambda conn: work(SqlAccountRows(conn)))

    def add_therapist(self, therapist: bytes) -> None:
        now = self.clock.now_ms()
        self.write_accounts(
            lambda rows: accounts.add_therapist(rows, therapist, "Dr Demo", "dr@demo.example", now)
        )

    def invitation(self, therapist: bytes) -> str:
        """Return a fresh invitation code of the therapist, confirmed in advance."""
        code, now = invitations.code_from_random(self.random.randbytes(16)), self.clock.now_ms()

        def work(rows: AccountRows) -> None:
            found = rows.therapist(therapist)
            assert found is not None
            keyed = invitations.Code(text=code, key=self._code_key)
            assert invitations.add_invitation(rows, found, keyed, now, confirmed=True)

        self.write_accounts(work)
        return code

    async def rotate_signing_key(self) -> None:
        """Let a new key sign from now on, as the command of the operator does."""
        seed = self.random.randbytes(SEED_BYTES)
        keys = await self.services.keys.signing_keys()
        made = next_key(keys, seed, self.clock.now_ms())
        await self.services.keys.add_signing_key(made, seed, keys.chain[-1].key)
        await self.store.take_signing_keys()
        self._code_key = await self.services.code_key()

    def sign_in_again(self, space: SpaceId, device: DeviceId) -> tuple[str, int]:
        """Give a device that is unknown here a fresh credential."""
        credential, now = credential_text(self.random.randbytes(32)), self.clock.now_ms()
        admitted = self.write_accounts(
            lambda rows: admit_device(rows, space, device, "device", credential, now)
        )
        return credential, admitted.expires_at


class SimHttp:
    """Stands in for ``HttpApi``: asks the real handlers of a server, without a socket.

    Attributes:
        url: The server's address.
    """

    server: SimServer
    """The only server of the run; set before anything is asked."""

    lost = 0.0
    """How likely an answer is lost on its way."""

    def __init__(self, url: str, credential: str | None = None) -> None:
        self.url = url
        headers = {} if credential is None else {"authorization": f"Bearer {credential}"}
        self._request = SimpleNamespace(headers=Headers(headers), client=None)

    def ask(
        self, method: str, path: str, answer: type[Answer], body: dict[str, Any] | None = None
    ) -> Answer:
        """Return the handler's answer; the whole request is one moment.

        Raises:
            RefusedError: As the server says.
        """
        server = self.server
        if not server.is_serving:
            raise RefusedError(ErrorCode.UNREACHABLE, "the server cannot be reached", "later")
        try:
            found = at_once(server, self._handler(method, path, body))
        except TrailmarkError as error:
            raise RefusedError(error.code, error.message, "never") from None
        # An invitation is never cut in the middle: see docs/reliability.md.
        if path != "/api/join" and server.random.random() < self.lost:
            raise RefusedError(ErrorCode.UNREACHABLE, "the answer was lost", "later")
        if found is None:
            return msgspec.convert({}, answer)
        return msgspec.json.decode(msgspec.json.encode(found), type=answer)

    def _handler(
        self, method: str, path: str, body: dict[str, Any] | None
    ) -> Coroutine[Any, Any, Any]:
        request, services = cast("Any", self._request), self.server.services
        if path.startswith("/api/join/status"):
            return cast("Any", join_status.fn)(request, services)
        if path.startswith("/api/devices/"):
            return cast("Any", revoke_device.fn)(request, services, path.rpartition("/")[2])
        handler, data = HANDLERS[method, path]
        asked = () if data is None else (msgspec.convert(body, data),)
        return cast("Any", handler).fn(request, services, *asked)


HANDLERS: Mapping[tuple[str, str], tuple[object, type[msgspec.Struct] | None]] = {
    ("POST", "/api/join"): (join, JoinIn),
    ("POST", "/api/device-invitations"): (invite_device, DeviceInvitationIn),
    ("GET", "/api/device-invitations"): (device_invitations, None),
    ("POST", "/api/device-invitations/answer"): (answer_join, AnswerIn),
    ("POST", "/api/device-joins"): (join_device, DeviceJoinIn),
    ("POST", "/api/device-joins/claim"): (claim_join, ClaimIn),
    ("PUT", "/api/recovery"): (save_recovery, RecoveryIn),
    ("GET", "/api/recovery"): (recovery_made, None),
    ("POST", "/api/recover"): (recover, RecoverIn),
}


def at_once(server: SimServer, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine to its end without letting anything else run."""
    server.main.is_inline = server.keys.is_inline = True
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    finally:
        server.main.is_inline = server.keys.is_inline = False
        work.close()
    raise AssertionError("this request waits for something")


__all__ = ["URL", "SimHttp", "SimServer", "at_once"]
