"""The composition root: everything of this device, put together in one place."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from trailmark_adapters.cipher import system_cipher
from trailmark_adapters.clock import Clock, SystemClock
from trailmark_adapters.disk import disk_errors
from trailmark_adapters.file_lock import FileLock
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.randomness import Randomness, SystemRandomness
from trailmark_adapters.sqlite import SqliteFile, Work
from trailmark_client.identity import FILE_NAME, Identity, IdentityFile, new_identity
from trailmark_client.lock import FileSeal, LockFile, database_key, locked_error, with_code
from trailmark_client.recorder import Recorder
from trailmark_client.storage.cleaning import clean
from trailmark_client.storage.closing import IN_USE, Files, is_settled, settled_lock
from trailmark_client.storage.connecting import finish_connecting
from trailmark_client.storage.emptying import FILE_NAME as ERASURE_FILE_NAME
from trailmark_client.storage.emptying import (
    ErasureFile,
    empty_store,
    finish_emptying,
    is_to_be_emptied,
)
from trailmark_client.storage.folders import made_folder
from trailmark_client.storage.read_models import is_projection_current, refold_all
from trailmark_client.storage.rescue import (
    MovedAside,
    Rescue,
    check_at_start,
    finish_moving,
    move_aside,
    rescue_unsent,
    waiting_files,
)
from trailmark_client.storage.structure import StructureCheck, doubt_of, due_check, note_checked
from trailmark_client.storage.vault import Vault
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

if TYPE_CHECKING:
    from trailmark_adapters.database import Database
    from trailmark_client.key_sharing import KeySharing

HOME_VARIABLE: Final = "TRAILMARK_HOME"
"""Names the folder of the person's data; without it the platform's place is used."""

DATABASE_NAME: Final = "trailmark.db"

_FIRST_USE_LOCK_NAME: Final = f"{FILE_NAME}.lock"
_UNNAMED: Final = "this device"
_RESCUE_LOCK_NAME: Final = f"{DATABASE_NAME}.rescue.lock"

MIGRATIONS_FOLDER: Final = Path(__file__).parent / "storage" / "sql"

_Result = TypeVar("_Result")


class App:
    """This device: its store, its identity and the way to record.

    Attributes:
        home: The folder of the person's data.
        clock: What time it is, and where.
        randomness: Where ids and keys come from.
        vault: The keys at work.
        recorder: The way in for new events.
        file: The database.
        erasure_file: What is still to be erased, here and on servers.
        rescue: What became of a damaged database that was found at this start, or ``None``.
        key: What the lock of the store holds; ``None`` where there is no passphrase.
    """

    def __init__(
        self, home: Path, clock: Clock, randomness: Randomness, key: bytes | None = None
    ) -> None:
        """Open what is in ``home``, or begin there.

        A damaged database is moved aside; what only this device has is carried into a new one.

        Raises:
            IntegrityError: ``corrupt_identity``.
            StorageError: The store cannot be used; ``locked``: it needs its key.
        """
        self.home = home
        self.clock = clock
        self.randomness = randomness
        self.key = key
        self._in_use = FileLock(home / IN_USE, is_shared=True)
        try:
            self._hold()
            self._open()
        except BaseException:
            self._in_use.close()
            raise

    def _hold(self) -> None:
        """Hold the store as one of those that have it open, once nothing half done is left."""
        files = files_of(self.home)
        while True:
            settled_lock(files)
            self._in_use.__enter__()
            if is_settled(files):
                return
            self._in_use.__exit__(None, None, None)

    def _open(self) -> None:
        home, clock, randomness = self.home, self.clock, self.randomness
        lock_file = LockFile(home)
        lock = lock_file.read()
        if lock is None:
            self.key = None
        elif self.key is None:
            raise locked_error()
        seal = None if self.key is None else FileSeal(system_cipher(), self.key, randomness)
        self.identity_file = IdentityFile(home / FILE_NAME, seal)
        if not self._was_used():
            self._begin()
        # Without its keys the store is of no use, and a second identity would bury the loss.
        assert self.identity_file.current.vault_keys
        self.vault = Vault(system_cipher(), self.identity_file)
        self.erasure_file = ErasureFile(home / ERASURE_FILE_NAME)
        self._finish_emptying()
        self.recorder = Recorder(self.vault, clock, randomness)
        self.rescue: Rescue | None = None
        self.file = self._opened_file()
        finish_connecting(self.file, self.identity)
        if not self.file.read(is_projection_current):
            self.file.write(lambda conn: refold_all(conn, self.vault.opener()))
        if lock is not None:
            self.write(lambda _conn: self._keep_way_back(lock_file))
        self.clean()

    def _keep_way_back(self, file: LockFile) -> None:
        """Let the recovery code that this device knows open the lock, too."""
        code, lock = self.identity.backup_code, file.read()
        if code is None or lock is None or self.key is None:
            return
        if lock.code is None or lock.code.id != code.id:
            known = (code.id, code.key)
            file.save(with_code(lock, self.key, known, self.vault.cipher, self.randomness))

    def _was_used(self) -> bool:
        return self.identity_file.exists() or (self.home / DATABASE_NAME).exists()

    def _begin(self) -> None:
        """Write the identity, once: a second one would lose the keys of what the first sealed."""
        lock = FileLock(self.home / _FIRST_USE_LOCK_NAME)
        try:
            with lock:
                if not self._was_used():
                    self.identity_file.save(self._fresh_identity())
        finally:
            lock.close()

    def _finish_emptying(self) -> None:
        """Do what a kill, or a full disk, kept an erasure of everything from doing."""
        erasure = self.erasure_file.read()
        if is_to_be_emptied(erasure, self.identity):
            path = self.home / DATABASE_NAME
            finish_emptying(path, self._open_file, self.identity_file, self._fresh_identity())
        if erasure.emptying is not None:
            self.erasure_file.save(msgspec.structs.replace(erasure, emptying=None))

    def _fresh_identity(self) -> Identity:
        return new_identity(self.randomness, platform.node() or _UNNAMED)

    def empty(self) -> None:
        """Let everything go from this device, as the erasure file says; it is as new afterwards.

        Raises:
            StorageError: It cannot be done now; the next start does it.
            IntegrityError: ``corrupt_log``: the file is damaged; the next start does it.
        """
        empty_store(self.file, self.identity_file, self._fresh_identity())
        erasure = self.erasure_file.read()
        self.erasure_file.save(msgspec.structs.replace(erasure, emptying=None))
        self.clean()

    def _opened_file(self) -> SqliteFile:
        path = self.home / DATABASE_NAME
        file = None if waiting_files(path) else self._checked_file()
        if file is not None:
            return file
        lock = FileLock(self.home / _RESCUE_LOCK_NAME)
        try:
            with lock:
                if not waiting_files(path):
                    # Another process may have been first.
                    file = self._checked_file()
                    if file is not None:
                        return file
                    move_aside(path, self.clock.now_ms())
                return self._rescued_file(path)
        finally:
            lock.close()

    def _checked_file(self) -> SqliteFile | None:
        """Return the open file, or ``None`` where it is damaged."""
        file: SqliteFile | None = None
        try:
            file = self._open_file()
            # In a browser there is one thread, and nothing runs beside the pages.
            may_wait = sys.platform != "emscripten"
            check_at_start(file, self.vault, self.clock.now_ms(), may_wait=may_wait)
        except IntegrityError as error:
            if file is not None:
                file.close()
            if error.code is not ErrorCode.CORRUPT_LOG:
                raise
            return None
        return file

    def _rescued_file(self, path: Path) -> SqliteFile:
        """Return a new file with what only the files that wait to be read have."""
        finish_moving(path)
        fresh = self._open_file()
        for waiting in waiting_files(path):
            old = MovedAside(waiting, database_key(self.key))
            self.rescue = rescue_unsent(old, fresh, self.vault, self.randomness)
        return fresh

    def _open_file(self) -> SqliteFile:
        return SqliteFile(
            self.home / DATABASE_NAME,
            migrations_from_folder(MIGRATIONS_FOLDER),
            functions={"opened": self.vault.opened},
            key=database_key(self.key),
        )

    @cached_property
    def key_sharing(self) -> KeySharing:
        """The way in for what concerns devices and keys."""
        # Only asked for here: what people do every day needs none of it.
        from trailmark_client.key_sharing import KeySharing  # noqa: PLC0415

        return KeySharing(self.vault, self.clock, self.randomness)

    @property
    def identity(self) -> Identity:
        """Who this device is, as of now."""
        return self.identity_file.current

    def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction; when this returns, it is saved.

        Args:
            work: A function of the connection; if it raises, nothing is saved.

        Returns:
            What ``work`` returned.
        """
        with self._doubting():
            return self.file.write(work)

    def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the store, and return what it returned."""
        with self._doubting():
            return self.file.read(work)

    @contextmanager
    def _doubting(self) -> Generator[None]:
        """Let the next start check the whole structure where something damaged is met."""
        try:
            yield
        except IntegrityError as error:
            self.doubt(error.code)
            raise

    def doubt(self, code: ErrorCode | None) -> None:
        """Remember that work over the store ended with ``code``, if that tells of damage."""
        if code is ErrorCode.CORRUPT_LOG:
            doubt_of(self.home / DATABASE_NAME).touch(mode=0o600)

    def structure_check(self) -> StructureCheck | None:
        """Return the look through the whole file that is due, to be run in any thread."""
        return due_check(self.file, database_key(self.key), self.clock.now_ms())

    def note_structure(self, *, is_whole: bool) -> None:
        """Remember what such a look has found; the next start deals with damage."""
        if is_whole:
            note_checked(self.file, self.clock.now_ms())
        else:
            self.doubt(ErrorCode.CORRUPT_LOG)

    def clean(self) -> bool:
        """Pay the cleaning that erasures owe, if they do; call it after whatever may have erased.

        Returns:
            Whether nothing is owed any more; else the next start tries again, where the file is
            damaged once it has dealt with that.
        """
        try:
            return clean(self.file)
        except (StorageError, IntegrityError) as error:
            self.doubt(error.code)
            return False

    def close(self) -> None:
        """Close the database."""
        self.file.close()
        self._in_use.close()

    def __enter__(self) -> Self:
        """Return the app."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the database."""
        self.close()


def files_of(home: Path) -> Files:
    """Return where in the folder of the person's data lies what a passphrase seals."""
    return Files(database=home / DATABASE_NAME, identity=home / FILE_NAME)


@disk_errors()
def is_locked(home: Path) -> bool:
    """Say whether a store needs a passphrase, once what a kill interrupted is settled.

    Args:
        home: The folder of the person's data; it need not be there.

    Returns:
        Whether it does.

    Raises:
        IntegrityError: ``corrupt_identity``: the file of the lock is damaged.
        StorageError: The folder cannot be used now.
    """
    return settled_lock(files_of(home)) is not None


@disk_errors()
def open_app(
    home: Path | None = None,
    *,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    key: bytes | None = None,
) -> App:
    """Return this device's app; close it when done.

    Args:
        home: The folder of the person's data; by default ``TRAILMARK_HOME``, else the platform's.
        clock: The clock; by default the machine's.
        randomness: Chance; by default the machine's.
        key: What the lock of the store holds, where it has a passphrase.

    Raises:
        IntegrityError: ``corrupt_identity``.
        StorageError: The store cannot be used; ``locked``: it has a passphrase.
    """
    folder = home_folder() if home is None else made_folder(home)
    clock = clock or SystemClock.from_environment()
    return App(folder, clock, randomness or SystemRandomness(), key)


def open_async(app: App) -> Database:
    """Return the same store for an event loop, to be opened and closed by the caller.

    Args:
        app: An open app; it may stay open beside it.
    """
    path, migrations = app.home / DATABASE_NAME, migrations_from_folder(MIGRATIONS_FOLDER)
    functions = {"opened": app.vault.opened}
    # Only asked for here: no other command needs an event loop.
    if sys.platform == "emscripten":
        from trailmark_adapters.browser import nothing_kept_beside  # noqa: PLC0415
        from trailmark_adapters.inline_sqlite import InlineDatabase  # noqa: PLC0415

        around = nothing_kept_beside
        return InlineDatabase(path, migrations, functions=functions, around=around)
    from trailmark_adapters.async_sqlite import AsyncDatabase  # noqa: PLC0415

    key = database_key(app.key)
    return AsyncDatabase(path, migrations, functions=functions, key=key)


def home_folder() -> Path:
    """Return the folder that ``TRAILMARK_HOME`` names, else the platform's, once it is there."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return made_folder(Path(named))
    # Only asked for here: the import costs more than opening the store.
    from platformdirs import user_data_path  # noqa: PLC0415

    return made_folder(user_data_path("trailmark"))
