"""When the database file is damaged: it is moved aside, never deleted, and nothing unsent is left.

What the server has is read from it again. What it does not have (the outbox, and own rows held back
by a rewind) is read out of the damaged file event by event; each is kept only if its commitment and
hash still prove it, and written again under a new epoch. What was imported, and no server of this
person has, is kept too: ``self`` like what was never sent, shared lanes as they stand. So is what
was being typed.

A kill at any moment loses nothing: until its file was read to the end it has the name of one that
still waits, and the next start goes on there. What is in the new store already is not added again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from trailmark_adapters.file_lock import FileLock
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection, SqliteFile, SqliteReader, Work
from trailmark_client.storage.drafts import put_back_drafts
from trailmark_client.storage.event_log import INSERT_OUTBOX
from trailmark_client.storage.read_models import body_from_bytes, refold_all
from trailmark_client.storage.rows import (
    EVENT_COLUMNS,
    EVENT_WIDTH,
    event_from_values,
    places,
    values_from_event,
)
from trailmark_client.storage.settings import IMPORTED_FROM, set_setting
from trailmark_client.storage.structure import (
    doubt_of,
    is_check_due,
    is_sound,
    is_whole,
    note_checked,
)
from trailmark_client.storage.vault import Vault
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import SELF
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_shared.exports.whole import Placed

DAMAGED_SUFFIX: Final = ".damaged-"
"""What the moved file's name gets behind its own, before the time in milliseconds."""

WAITING_SUFFIX: Final = ".waiting-"
"""The same for a moved file whose unsent events are not in a new store yet."""

_DISK_DAMAGE: Final = frozenset({"event", "body", "lane", "cursor", "head"})
_COLUMNS: Final = f"{EVENT_COLUMNS}, seq, held, received_at, offset, actor, code, lane_hash"
_KINDS: Final = (
    *(bytes, bytes, str, bytes, bytes, int, bytes, bytes, bytes, bytes, bytes | None, bytes | None),
    *(int | None, int | None, int | None, int | None, str | None, str | None, bytes | None),
)
"""Of the values of these columns: damage can make one another, with which nothing is computed."""

_SIDE_FILES: Final = ("", "-wal", "-shm")
_FAILURES_MAX: Final = 10_000
_ROWS_GUESSED: Final = 1 << 20


class Rescue(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a damaged file.

    Attributes:
        moved_to: Where it is now.
        kept: Unsent events that were saved.
        unreadable: Places in it that could not be read or did not verify.
    """

    moved_to: Path
    kept: int
    unreadable: int


def check_at_start(
    file: SqliteFile,
    vault: Vault,
    now_ms: int,
    small_bytes: int = limits.CHECKED_AT_EVERY_START_BYTES_MAX,
    *,
    may_wait: bool = True,
) -> None:
    """Check the file's structure and every row since the last check.

    The structure of a large file takes seconds: here it is checked where something damaged was met
    since, else beside other work (``structure``). SQLite tells of damage in every page that it
    reads meanwhile.

    Args:
        file: The open file.
        vault: The keys that open bodies.
        now_ms: Device clock, milliseconds UTC.
        small_bytes: Up to this size the structure is checked every time.
        may_wait: Somebody checks a large file later, beside other work.

    Raises:
        IntegrityError: ``corrupt_log``: the file is damaged; ``start_over`` comes next.
    """
    is_large = file.path.stat().st_size > small_bytes
    is_due = not may_wait and is_check_due(file, now_ms)
    is_doubted = doubt_of(file.path).exists()
    if not is_large or is_due or is_doubted:
        if not file.read(is_sound if is_doubted else is_whole):
            raise IntegrityError(ErrorCode.CORRUPT_LOG, gettext("the database file is damaged"))
        if is_large:
            note_checked(file, now_ms)
        doubt_of(file.path).unlink(missing_ok=True)
    if file.read(_has_unverified):
        # Only asked for here, as what rescues: most starts have nothing to verify.
        from trailmark_client.storage.verification import verify_news  # noqa: PLC0415

        found = file.write(lambda conn: verify_news(conn, vault))
        if any(damage.what in _DISK_DAMAGE for damage in found):
            raise IntegrityError(
                ErrorCode.CORRUPT_LOG, gettext("rows of the database do not verify")
            )


def _has_unverified(conn: Connection) -> bool:
    found = conn.execute("SELECT 1 FROM cursor WHERE verified_to < seq LIMIT 1").fetchone()
    return found is not None


def move_aside(path: Path, now_ms: int) -> Path:
    """Move a database file with its side files out of the way, and return where it waits now."""
    target = path.with_name(f"{path.name}{WAITING_SUFFIX}{now_ms}")
    _locked_move(path, target)
    return target


def waiting_files(path: Path) -> list[Path]:
    """Return the files that were moved aside from ``path`` and not read yet, the oldest first."""
    stem = f"{path.name}{WAITING_SUFFIX}"
    names = {each.name for each in path.parent.iterdir()}
    return [path.with_name(name) for name in sorted(names) if name.removeprefix(stem).isdecimal()]


def finish_moving(path: Path) -> None:
    """Move what a kill in the middle of ``move_aside`` left behind."""
    waiting = waiting_files(path)
    if waiting and not path.exists():
        _locked_move(path, waiting[-1])


def note_rescued(waiting: Path) -> Path:
    """Give a file whose events are in a new store its last name, and return where it is now."""
    target = waiting.with_name(waiting.name.replace(WAITING_SUFFIX, DAMAGED_SUFFIX))
    # The file itself comes last: as long as it waits, it is looked for.
    for suffix in reversed(_SIDE_FILES):
        _move(waiting, target, suffix)
    return target


def _locked_move(path: Path, target: Path) -> None:
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        with lock:
            for suffix in _SIDE_FILES:
                _move(path, target, suffix)
    finally:
        lock.close()


def _move(path: Path, target: Path, suffix: str) -> None:
    side = path.with_name(f"{path.name}{suffix}")
    if side.exists():
        side.rename(target.with_name(f"{target.name}{suffix}"))


class MovedAside(NamedTuple):
    """A file that was moved aside and not read yet.

    Attributes:
        path: Where it is.
        key: What it is sealed under, ``None`` for an open file.
    """

    path: Path
    key: bytes | None = None


def rescue_unsent(
    damaged: MovedAside,
    fresh: SqliteFile,
    vault: Vault,
    randomness: Randomness,
) -> Rescue:
    """Carry what only this device has from a damaged file into a fresh one.

    Args:
        damaged: The file that was moved aside.
        fresh: The new file; what it holds already is left as it is.
        vault: Identity and keys.
        randomness: Where the new epoch comes from.

    Returns:
        What was saved, and where the file is now.
    """
    from trailmark_client.storage.epochs import start_epoch  # noqa: PLC0415

    salvage = _Salvage(damaged)
    try:
        # As it stands: a migration may meet damage in what nobody needs, and would write over it.
        old = SqliteFile(damaged.path, key=damaged.key)
    except (IntegrityError, StorageError):
        salvage.unreadable += 1
    else:
        try:
            salvage.collect(vault.identity_file.current.device)
        finally:
            salvage.close()
            old.close()

    def keep(conn: Connection) -> None:
        conn.executemany("INSERT OR IGNORE INTO erased (id) VALUES (?)", salvage.erased)
        for name, value in salvage.settings:
            set_setting(conn, name, value)
        put_back_drafts(conn, salvage.drafts)
        there = {event_id for (event_id,) in conn.execute("SELECT id FROM event")}
        events = [event for event in salvage.events if event.id not in there]
        conn.executemany(
            "INSERT OR IGNORE INTO archived_lane (lane) VALUES (?)",
            [(lane,) for lane in salvage.archived],
        )
        salvage.unreadable += _put_back(conn, vault, salvage.imported)
        conn.executemany(INSERT_OUTBOX, [_values(vault, event) for event in events])
        start_epoch(conn, vault.identity_file, randomness)
        refold_all(conn, vault.opener())

    fresh.write(keep)
    return Rescue(
        moved_to=note_rescued(damaged.path), kept=len(salvage.events), unreadable=salvage.unreadable
    )


def _put_back(conn: Connection, vault: Vault, rows: Sequence[Sequence[Any]]) -> int:
    """Put rows back that were imported; return how many cannot be."""
    # Only asked for here, as all that follows damage: most starts have nothing imported.
    from trailmark_client.storage.importing import put_back  # noqa: PLC0415
    from trailmark_client.storage.standing import placed_from_values  # noqa: PLC0415

    def placed() -> Iterator[Placed]:
        for values in rows:
            plain = vault.opened(values[0], values[6], values[11])
            yield placed_from_values((*values[:EVENT_WIDTH], plain, *values[EVENT_WIDTH:]))

    return put_back(conn, placed())


def _values(vault: Vault, event: Event) -> tuple[Any, ...]:
    body = body_from_bytes(vault.opened(event.id, event.key, event.body))
    columns = (None, None, None) if body is None else (body.type, body.subject, body.day)
    return (*values_from_event(event), *columns)


class _Salvage:
    """What could be read out of a damaged file."""

    def __init__(self, damaged: MovedAside) -> None:
        self._damaged = damaged
        self._reader: SqliteReader | None = None
        self._tables: set[str] = set()
        self._seen: set[Sequence[Any]] = set()
        self._whole: set[str] = set()
        self.events: list[Event] = []
        self.archived: list[str] = []
        self.imported: list[Sequence[Any]] = []
        self.erased: list[tuple[bytes]] = []
        self.settings: list[tuple[str, str]] = []
        self.drafts: list[tuple[str, bytes, int]] = []
        self.unreadable = 0

    def collect(self, device: bytes) -> None:
        """Read all that is still readable; own events are those of ``device`` and all unsent."""
        tables = self._try(_all("SELECT name FROM sqlite_master WHERE type = 'table'")) or []
        self._tables = {name for (name,) in tables}
        if "event" not in self._tables:
            self.unreadable += 1
            return
        self.settings = self._all("setting", "name, value", str, str)
        self.drafts = self._all("draft", "name, CAST(fields AS BLOB), saved_at", str, bytes, int)
        lanes = self._all("archived_lane", "lane", str)
        self.archived = [lane for (lane,) in lanes]
        self._whole = set(self.archived)
        if any(name == IMPORTED_FROM for name, _ in self.settings):
            self._whole.add(SELF)
        # Along the table as it lies: a place that rotted hides others from whoever looks them up.
        # From both ends up to what cannot be read, and what lies in between as far as it is found.
        if not self._read(device, "true ORDER BY pos"):
            self._read(device, "true ORDER BY pos DESC")
            highest = self._try(_all("SELECT max(pos) FROM event")) or [(None,)]
            self._range(device, 1, highest[0][0] or _ROWS_GUESSED)
            self.unreadable = self.unreadable or 1
        self.erased = self._all("erased", "id", bytes)

    def _all(self, table: str, columns: str, *kinds: type) -> list[Any]:
        """Return the rows of a table that are of these kinds; an older file may have no such."""
        if table not in self._tables:
            return []
        found = self._try(_all(f"SELECT {columns} FROM {table}")) or []
        return [row for row in found if tuple(map(type, row)) == kinds]

    def _read(self, device: bytes, where: str, *parameters: int) -> bool:
        """Keep those of some rows that only this device has, up to the first that is unreadable.

        Returns:
            Whether there was none.
        """
        found: list[Any] = []

        def work(conn: Connection) -> list[Any]:
            rows = conn.execute(
                f"SELECT {_COLUMNS} FROM event NOT INDEXED"
                " WHERE (seq IS NULL OR (held IS NOT NULL AND code IS NULL AND device = ?)"
                f" OR lane IN ({places(len(self._whole))})) AND {where}",
                (device, *self._whole, *parameters),
            )
            found.extend(rows)
            return found

        is_all = self._try(work) is not None
        self._keep_all(found)
        return is_all

    def _range(self, device: bytes, low: int, high: int) -> None:
        if self._read(device, "pos BETWEEN ? AND ?", low, high):
            return
        if low == high:
            self.unreadable += 1
        elif self.unreadable < _FAILURES_MAX:
            middle = (low + high) // 2
            self._range(device, low, middle)
            self._range(device, middle + 1, high)

    def _keep_all(self, rows: Iterable[Sequence[Any]]) -> None:
        for values in rows:
            if values in self._seen:
                continue
            self._seen.add(values)
            if all(map(isinstance, values, _KINDS)):
                self._keep(values)
            else:
                self.unreadable += 1

    def _keep(self, values: Sequence[Any]) -> None:
        event = event_from_values(values)
        if event.lane in self.archived:
            self.imported.append(values)
            return
        if event.salt is None or event.body is None:
            return
        header = chain.header_bytes(
            event.id,
            event.space,
            event.lane,
            event.device,
            event.epoch,
            event.dseq,
            event.key,
        )
        is_whole = (
            chain.commitment(event.salt, event.body) == event.commit
            and chain.event_hash(event.prev, header, event.commit) == event.hash
        )
        if is_whole:
            self.events.append(event)
        else:
            self.unreadable += 1

    def _try(self, work: Work[list[Any]]) -> list[Any] | None:
        try:
            if self._reader is None:
                self._reader = SqliteReader(self._damaged.path, key=self._damaged.key)
                # A row that does not fit into its page spoils no others: each is proven by itself.
                self._reader.read(_all("PRAGMA cell_size_check=OFF"))
            return self._reader.read(work)
        except (IntegrityError, StorageError):
            # One bad page spoils a connection with a sealed file for the good ones, too.
            self.close()
            return None

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _all(sql: str) -> Work[list[Any]]:
    return lambda conn: conn.execute(sql).fetchall()
