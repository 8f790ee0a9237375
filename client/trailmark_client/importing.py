"""Everything of an export onto a device that was never used: all of it, or nothing.

The device keeps its own identity: an export tells words and no keys, so nobody becomes anybody by
having one. Whoever was let in is not let in here; goals that they saw come back to the person.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.queries.lanes import live_grants
from trailmark_client.storage.backing_up import refuse_used
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.importing import Importing, check_states, imported_from
from trailmark_client.storage.read_models import refold_all
from trailmark_client.storage.verification import WORDLESS, verify_news
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, StorageError
from trailmark_shared.exports.whole import LaneState, placed_from_json, refuse_altered, things_in
from trailmark_shared.ids import Lane, SpaceId, id_from_text
from trailmark_shared.words import gettext

EVERYTHING: Final = "everything.json"
"""Name of the document in an archive."""

_ZIP: Final = b"PK"

Lines = Callable[[], Iterator[bytes]]
"""Gives the lines of a document, from the first one on, each time that it is asked."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was imported.

    Attributes:
        events: How many events are here.
        made_at: When the export was made, milliseconds UTC.
        stopped: Names of those who were let in and are not here.
    """

    events: int
    made_at: int
    stopped: tuple[str, ...]


@contextmanager
def document_of(file: Path) -> Generator[Lines]:
    """Open an export: the document itself, or the archive with it.

    Args:
        file: The export.

    Yields:
        Its lines.

    Raises:
        DomainError: ``not_found``: there is no file.
        IntegrityError: ``malformed_export``: it is none; ``truncated_export``, ``altered_export``:
            the archive is not as it was written.
        StorageError: It cannot be read from there.
    """
    try:
        with file.open("rb") as stream:
            is_archive = stream.read(len(_ZIP)) == _ZIP
            if is_archive:
                with _archive(stream) as archive:
                    yield lambda: _archived_lines(archive)
            else:
                yield lambda: _lines_from_start(stream)
    except FileNotFoundError:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such file")) from None
    except zipfile.BadZipFile:
        refuse_altered()
    except OSError:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE, gettext("the export cannot be read from there")
        ) from None


@contextmanager
def _archive(stream: IO[bytes]) -> Generator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        # An archive ends with the list of what is in it.
        raise IntegrityError(
            ErrorCode.TRUNCATED_EXPORT,
            gettext("not all of this archive is here: its end is cut off; use another copy of it"),
        ) from None
    with archive:
        yield archive


def _archived_lines(archive: zipfile.ZipFile) -> Iterator[bytes]:
    names = [each for each in archive.namelist() if each.endswith(f"/{EVERYTHING}")]
    if len(names) != 1:
        raise IntegrityError(
            ErrorCode.MALFORMED_EXPORT, gettext("this archive is no export of Trailmark")
        )
    with archive.open(names[0]) as inner:
        yield from _lines(inner)


def _lines_from_start(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    yield from _lines(stream)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(limits.IMPORT_LINE_BYTES_MAX + 1):
        if len(line) > limits.IMPORT_LINE_BYTES_MAX:
            raise IntegrityError(
                ErrorCode.MALFORMED_EXPORT, gettext("this file is no export of Trailmark")
            )
        yield line


def count_events(lines: Lines) -> int:
    """Check that a document is all there and as it was written.

    Returns:
        How many events it has.

    Raises:
        IntegrityError: As ``exports.whole.things_in``.
    """
    return sum(member == "events" for member, _ in things_in(lines()))


def import_all(app: App, lines: Lines, progress: Callable[[int], None]) -> Imported:
    """Put everything of an export onto a fresh device, in one transaction.

    Args:
        app: A device that was never used.
        lines: From ``document_of``.
        progress: Told how many events were put.

    Returns:
        What was imported.

    Raises:
        DomainError: ``invalid_input``: the device was used before, or holds an import.
        IntegrityError: ``malformed_export``, ``truncated_export``, ``altered_export``; nothing was
            changed.
        StorageError: The store cannot take it; nothing was changed.
    """

    def put(conn: Connection) -> Imported:
        refuse_second_copy(conn, app)
        told = _Told()
        importing = Importing(conn, app.vault, app.randomness)
        for member, thing in things_in(lines()):
            if member == "events":
                told.events += importing.take(placed_from_json(thing))
                progress(1)
            else:
                told.note(conn, member, thing)
        begin_anew(conn, app, importing, told.space)
        check_states(conn, told.states)
        return Imported(events=told.events, made_at=told.made_at, stopped=nobody_let_in(conn, app))

    return app.write(put)


def refuse_second_copy(conn: Connection, app: App) -> None:
    """Refuse to import onto a device that was used, or that holds an import.

    Raises:
        DomainError: ``invalid_input``: as said.
    """
    if imported_from(conn) is not None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a copy was imported here already, all of it; trailmark status shows it"),
        )
    refuse_used(conn, app.identity)


def begin_anew(conn: Connection, app: App, importing: Importing, space: SpaceId) -> None:
    """Make what was taken this device's own: numbered, folded and verified.

    Args:
        conn: The store, inside the write transaction that imports.
        app: The device.
        importing: Has taken every event.
        space: Whose events they were.

    Raises:
        IntegrityError: ``altered_export``: something does not verify.
    """
    importing.finish(space)
    write_again(conn, app.identity)
    refold_all(conn, app.vault.opener())
    # Words that went unexplained were gone where the copy was made: ``verify`` goes on naming them.
    if any(each.what != WORDLESS for each in verify_news(conn, app.vault)):
        refuse_altered()


class _Told:
    """What a document says beside its events."""

    def __init__(self) -> None:
        self.events = 0
        self.made_at = 0
        self.states: dict[Lane, LaneState] = {}
        self._space = b""

    @property
    def space(self) -> SpaceId:
        """Whose it is."""
        if not self._space:
            refuse_altered()
        return SpaceId(self._space)

    def note(self, conn: Connection, member: str, thing: bytes) -> None:
        """Keep what is told, here or in the store."""
        match member:
            case "space":
                self._space = id_from_text(read_thing(thing, str))
            case "made_at":
                self.made_at = read_thing(thing, int)
            case "states":
                state = read_thing(thing, LaneState)
                self.states[Lane(state.lane)] = state
            case "erased":
                event = id_from_text(read_thing(thing, str))
                conn.execute("INSERT OR IGNORE INTO erased (id) VALUES (?)", (event,))
            case _:
                # For people and for other programs; it follows from the events.
                pass


def read_thing(thing: bytes, type_: type[Any]) -> Any:  # noqa: ANN401  (as the member has it)
    """Return one thing of a document, of the type that its member has.

    Raises:
        IntegrityError: ``altered_export``: it is none.
    """
    try:
        return msgspec.json.decode(thing, type=type_)
    except msgspec.MsgspecError:
        refuse_altered()


def nobody_let_in(conn: Connection, app: App) -> tuple[str, ...]:
    """End what was shared: who was let in there has no right here, and nothing goes to them.

    Args:
        conn: The store, inside the write transaction that imports.
        app: The device.

    Returns:
        The names of those who were let in.
    """
    when = app.recorder.now()
    stopped = [
        stop_sharing(conn, app.recorder, each.subject, when).name
        for each in live_grants(conn, when.day)
    ]
    return tuple(dict.fromkeys(stopped))
