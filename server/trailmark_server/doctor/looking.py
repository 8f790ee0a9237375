"""Gathers the facts about a server, without writing anything, and has them judged."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import SQLITE_VERSION, SqliteReader
from trailmark_server import settings
from trailmark_server.backups import folders, saving
from trailmark_server.backups.place import Place
from trailmark_server.doctor import judging, judging_stores
from trailmark_server.doctor.judging import Check
from trailmark_server.heads import HeadSigner
from trailmark_server.settings import Databases
from trailmark_server.storage.sql.connection import Connection
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sql.lane_numbers import BY_NUMBER, BY_SPACE, LaneKey
from trailmark_server.storage.sql.rows import SqlRows
from trailmark_server.storage.sql.standing import standing
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, postgres_part, require_here
from trailmark_shared.errors import ErrorCode, StorageError, TrailmarkError
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol.signing_keys import broken_link
from trailmark_shared.words import gettext

T = TypeVar("T")

SAMPLE: Final = 20
"""Lanes whose heads are verified."""

_PATIENCE_S: Final = 3
_OTHERS: Final = 0o077


class Peek(Protocol):
    """Reads of one store, without anything else of a server."""

    async def read(self, work: Callable[[Any], T], /) -> T:
        """Return what ``work`` returns from one unchanging state."""
        ...


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """One store as it is looked at.

    Attributes:
        peek: Its reads.
        version: Of the database, for people.
        is_too_old: Of the database.
        applied: Migrations that were applied.
        known: Migrations that there are.
        clock_ms: The database's own clock, ``None`` where it is ours.
        is_standby: It follows another database, and can only be read.
        is_durable: What it confirms is on the disk.
    """

    peek: Peek
    version: str
    is_too_old: bool
    applied: int
    known: int
    clock_ms: int | None = None
    is_standby: bool = False
    is_durable: bool = True


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look.

    Attributes:
        place: The server's stores.
        log_backups: Folder of the log's backups; ``None``: where the last one was put.
        keys_backups: The same of the keys.
    """

    place: Place
    log_backups: Path | None = None
    keys_backups: Path | None = None


async def examine(wanted: Wanted, clock: Clock, randomness: Randomness) -> list[Check]:
    """Look at everything; whatever cannot be looked at is one of the checks.

    Args:
        wanted: Where to look.
        clock: Of this machine.
        randomness: Chooses the sample.

    Returns:
        What was seen, in an order to read it in.
    """
    data, now = wanted.place.data, clock.now_ms()
    checks = list(_about_the_folder(wanted, now))
    async with AsyncExitStack() as stack:
        opened: dict[str, Store] = {}
        for name in ("log", "keys"):
            try:
                store = await stack.enter_async_context(_store(wanted.place, name))
            except TrailmarkError as error:
                checks.append(judging_stores.unreachable(name, error, _where(wanted.place)))
                continue
            checks.append(
                judging_stores.database(
                    name,
                    store.version,
                    is_too_old=store.is_too_old,
                    is_standby=store.is_standby,
                    is_durable=store.is_durable,
                )
            )
            checks.append(judging_stores.migrations(name, store.applied, store.known))
            if store.applied == store.known:
                opened[name] = store
        checks.append(await _about_backups(wanted, opened.get("keys"), now, randomness))
        if "log" in opened:
            key = BY_NUMBER if wanted.place.databases is None else BY_SPACE
            checks += await _about_the_log(opened["log"], key, now)
            if "keys" in opened:
                pair = opened["log"].peek, opened["keys"].peek
                checks.append(await _about_heads(*pair, key, clock, randomness))
    if data.exists():  # with databases there may be none
        usage = shutil.disk_usage(data)
        checks.append(judging.disk(usage.free, usage.total))
    return checks


def _about_the_folder(wanted: Wanted, now: int) -> Iterator[Check]:
    data = wanted.place.data
    try:
        kept = settings.read_kept(data)
        url = settings.settings_of_folder(data).public_url
    except TrailmarkError as error:
        advice = gettext("serve with the options once more, after moving the file away")
        yield Check(name="settings", state="bad", words=error.message, advice=advice)
    else:
        yield judging.settings(kept, url)
        if url.startswith("https://"):
            yield judging.certificate(*certificate_at(url), now)
    yield judging.rights(open_to_others(data), of_another(data))
    log, keys = _backups_of(wanted)
    if wanted.place.databases is not None:
        yield judging.apart(_role_in_common(wanted.place.databases))
    elif log is None or keys is None:
        yield judging.apart(None, is_known=False)
    else:
        yield judging.apart(_folder_in_common(data, log, keys))


def _backups_of(wanted: Wanted) -> tuple[Path | None, Path | None]:
    """Return where backups of the log and of the keys are, as far as that is known."""
    noted = saving.noted_folders(wanted.place.data)
    log = wanted.log_backups or (noted and noted.log)
    return log, wanted.keys_backups or (noted and noted.keys)


async def _about_backups(
    wanted: Wanted, keys: Store | None, now: int, randomness: Randomness
) -> Check:
    """Judge the backups, of this server alone where its keys say which those are."""
    own = newest = frozenset[bytes]()
    if keys is not None:
        with suppress(TrailmarkError):
            held = await SqlKeyStore(_NoWrites(keys.peek), randomness).signing_keys()
            own, newest = (
                frozenset(each.key for each in held.chain),
                frozenset({held.chain[-1].key}),
            )
    log, of_keys = _backups_of(wanted)
    for folder in (log, of_keys):
        try:
            _require_readable(folder)
        except OSError as error:
            return judging.backups_unseen(str(folder), error.strerror or "")
    logs = [at for at, _ in folders.found(log, "log", own)] if log else []
    if of_keys is None:
        return judging.backup(logs, None, now)
    helds = [at for at, _ in folders.found(of_keys, "keys", own)]
    has_newest_key = bool(folders.found(of_keys, "keys", newest))
    return judging.backup(logs, helds, now, has_newest_key=has_newest_key)


def _require_readable(folder: Path | None) -> None:
    """Raise where a folder may not be looked into: it would be told as an empty one."""
    if folder is not None:
        with suppress(FileNotFoundError):
            next(folder.iterdir(), None)


def open_to_others(data: Path) -> list[str]:
    """Return the names of what others than the owner may open, of a folder and what is in it."""
    if not data.exists() or not data.stat().st_mode & _OTHERS:
        return []  # nobody comes as far as the files
    held = (MAIN_FILE, KEYS_FILE, "server.json", saving.NOTED_FILE)
    found = [data, *(data / name for name in held if (data / name).exists())]
    return [path.name for path in found if path.stat().st_mode & _OTHERS]


def of_another(data: Path) -> list[str]:
    """Return the names of files in a folder that belong to another user than the folder does."""
    if not data.exists():
        return []
    owner = data.stat().st_uid
    return sorted(path.name for path in data.iterdir() if path.stat().st_uid != owner)


def certificate_at(
    url: str, context: ssl.SSLContext | None = None
) -> tuple[int | None, str | None]:
    """Return when the certificate at an address ends (milliseconds UTC), and why it is refused.

    Args:
        url: Of the server.
        context: What is trusted; what the system trusts by default.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    trusting = context or ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=_PATIENCE_S) as raw,
            trusting.wrap_socket(raw, server_hostname=host) as secured,
        ):
            shown: Any = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return None, str(error.verify_message)
    except ssl.SSLError as error:
        return None, gettext("none is shown there ({why})").format(why=error.reason or "TLS")
    except OSError:
        return None, None
    return int(ssl.cert_time_to_seconds(shown["notAfter"]) * 1000), None


def _role_in_common(databases: Databases) -> str | None:
    log, keys = urlsplit(databases.main), urlsplit(databases.keys)
    return gettext("role") if log.username == keys.username else None


def _folder_in_common(data: Path, log: Path, keys: Path) -> str | None:
    """Return what backups have in common: one holds the other, or both lie in the data folder."""
    data, log, keys = data.resolve(), log.resolve(), keys.resolve()
    is_nested = log.is_relative_to(keys) or keys.is_relative_to(log)
    is_with_data = log.is_relative_to(data) and keys.is_relative_to(data)
    return gettext("folder") if is_nested or is_with_data else None


# --- the stores ---


def _where(place: Place) -> judging_stores.Where:
    if place.databases is not None:
        return "postgres"
    try:
        require_here(place.data)
    except StorageError:
        return "marked"
    return "file"


@asynccontextmanager
async def _store(place: Place, name: str) -> AsyncGenerator[Store]:
    known = len(main_migrations() if name == "log" else keys_migrations())
    if place.databases is not None:
        url = place.databases.main if name == "log" else place.databases.keys
        yield await _postgres(url, name)
        return
    require_here(place.data)
    reader = SqliteReader(place.data / (MAIN_FILE if name == "log" else KEYS_FILE))
    try:
        applied = reader.read(lambda conn: conn.execute("PRAGMA user_version").fetchone()[0])
        version = tuple(int(part) for part in SQLITE_VERSION.split("."))
        yield Store(
            peek=_FilePeek(reader),
            version=f"SQLite {SQLITE_VERSION}",
            is_too_old=version < judging_stores.SQLITE_OLDEST,
            applied=applied,
            known=known,
        )
    finally:
        reader.close()


class _FilePeek:
    """Reads of a file."""

    def __init__(self, reader: SqliteReader) -> None:
        self._reader = reader

    async def read(self, work: Callable[[Any], T], /) -> T:
        """Return what ``work`` returns from one unchanging state."""
        return self._reader.read(work)


async def _postgres(url: str, name: str) -> Store:
    peeking = postgres_part("storage.postgres.peeking")
    peek = peeking.PostgresPeek(url)
    seen = await peek.facts()
    return Store(
        peek=peek,
        version=f"PostgreSQL {seen.version}",
        is_too_old=seen.number < judging_stores.POSTGRES_OLDEST,
        applied=seen.applied,
        known=peeking.known_migrations(name),
        clock_ms=seen.clock_ms,
        is_standby=seen.is_standby,
        is_durable=seen.is_durable,
    )


async def _about_the_log(store: Store, key: LaneKey, now: int) -> list[Check]:
    def newest(conn: Connection) -> int:
        found = conn.execute("SELECT coalesce(max(received_at), 0) FROM lane").fetchone()
        return int(found[0])

    off = None if store.clock_ms is None else store.clock_ms - now
    stands = await store.peek.read(lambda conn: standing(conn, key))
    return [judging.clock(off, await store.peek.read(newest), now), judging.projections(stands)]


async def _about_heads(
    log: Peek, keys: Peek, key: LaneKey, clock: Clock, randomness: Randomness
) -> Check:
    """Sign and verify the heads of some lanes, and compare each with its last row."""
    held = await SqlKeyStore(_NoWrites(keys), randomness).made_signing_keys()
    if held is None:
        lost_keys = len(await log.read(lambda conn: SqlRows(conn, key).signing_keys()))
        return judging.heads(0, 0, keys_follow=True, lost_keys=lost_keys)
    cipher = NaclCipher()
    signer = HeadSigner(held, cipher, clock)
    chosen = randomness.token(16)

    def work(conn: Connection) -> tuple[int, int, int]:
        rows = SqlRows(conn, key)
        lanes: list[Any] = conn.execute(
            "SELECT space, name, head, hash FROM lane WHERE head > 0 AND space >= ? "
            "ORDER BY space LIMIT ?",
            (chosen, SAMPLE),
        ).fetchall()
        lanes = (
            lanes
            or conn.execute(
                "SELECT space, name, head, hash FROM lane WHERE head > 0 ORDER BY space LIMIT ?",
                (SAMPLE,),
            ).fetchall()
        )
        wrong = 0
        for space, name, head, hash_ in lanes:
            place = SpaceId(space), Lane(name)
            signed = signer.head(*place, head, hash_)
            fits = rows.hash_at(*place, head) == hash_ and signer.is_ours(*place, signed)
            wrong += not fits
        lost = rows.signing_keys().difference(each.key for each in held.chain)
        return len(lanes), wrong, len(lost)

    looked_at, wrong, lost = await log.read(work)
    follow = broken_link(cipher, held.chain) is None
    return judging.heads(looked_at, wrong, keys_follow=follow, lost_keys=lost)


class _NoWrites:
    """The keys, for reading only: where there are none, none are made."""

    def __init__(self, peek: Peek) -> None:
        self._peek = peek

    async def read(self, work: Callable[[Connection], T], /) -> T:
        """Return what ``work`` returns from one unchanging state."""
        return await self._peek.read(work)

    async def write(self, work: Callable[[Connection], T], /) -> T:
        """Refuse.

        Raises:
            StorageError: ``storage_unavailable``: what was to be read is not there.
        """
        del work
        raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, gettext("there are no keys here"))

    async def clean(self) -> bool:
        """Do nothing: nothing was written."""
        return True

    async def close(self) -> None:
        """Do nothing: whoever opened it closes it."""
