"""``trailmark export``: a copy of everything, for the person to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Annotated, Final, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.export_page import InFile, page_pieces
from trailmark_client.cli.files import refuse_taken, whole_file
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.progress import Count, counting
from trailmark_client.cli.wording import time_words
from trailmark_client.importing import EVERYTHING
from trailmark_client.queries.export import json_pieces
from trailmark_client.queries.export_records import Look, Source
from trailmark_client.queries.export_tables import TABLES
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.log import things_count
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.exports.csv_rows import csv_row
from trailmark_shared.words import ENGLISH, gettext, marked, ngettext, speaking

Format = Literal["json", "csv", "fhir"]

_FHIR_WORDS: Final = marked("Your reflections, and parts of them, are not in it.")
_UNIX: Final = 3
_OWNER_ONLY: Final = 0o100600 << 16


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of everything was written.

    Attributes:
        file: Where it is.
        format: ``json``: one document; ``csv``: an archive of tables, the same document and a page;
            ``fhir``: a bundle of FHIR R4 for a clinic's system, without reflections.
        goals: Goals in it.
        events: Events in it; of a bundle, those that say where its goals come from.
        size: Its length in bytes.
        files: What is in the archive; empty for one document.
    """

    file: str
    format: Format
    goals: int
    events: int
    size: int
    files: list[InFile]


def export_all(
    file: Annotated[Path, Parameter(help="Name of a file that does not exist yet")],
    /,
    *,
    format_: Annotated[
        Format | None, Parameter(name="--format", help="Else csv where the name ends in .zip")
    ] = None,
    common: Common = PLAIN,
) -> Answer[Exported]:
    """Write everything that can be read on this device into a file.

    One document for programs (JSON), or an archive (zip) of tables for spreadsheets (CSV), with a
    page that prints well and the same document. Or, for a clinic's system, a bundle of FHIR R4:
    goals, steps, check-ins, consents and history, without your reflections.

    Args:
        file: Where to.
        format_: As what.
        common: Options of every command.
    """
    with opened(common) as here:
        document = write_export(here, file, format_)
    return Answer(
        document,
        (
            gettext("Written: {goals}, {events}.").format(
                goals=ngettext("{n} goal", "{n} goals", document.goals).format(n=document.goals),
                events=ngettext("{n} event", "{n} events", document.events).format(
                    n=document.events
                ),
            ),
            *(f"  {each.name}: {each.things}" for each in document.files),
            *((gettext(_FHIR_WORDS),) if document.format == "fhir" else ()),
            gettext("It is not sealed: whoever has the file can read everything."),
            gettext("Only your own account on this machine may open it."),
        ),
    )


def offer_export(here: Here) -> None:
    """Ask whether to keep a copy of everything first, and write it.

    Raises:
        DomainError: As ``write_export``.
        StorageError: As ``write_export``.
    """
    name = here.terminal.ask(
        gettext(
            "Keep a copy of everything first? Name of a new file (.zip for tables), or nothing:"
        )
    )
    if name:
        write_export(here, Path(name))
        here.terminal.say(gettext("Written."))


def write_export(here: Here, file: Path, format_: Format | None = None) -> Exported:
    """Write everything into a new file: all of it or nothing, for the person's own account only.

    Args:
        here: Where the command runs.
        file: Where to.
        format_: As what; by default as its name says.

    Raises:
        DomainError: ``invalid_input``: the file exists, or its folder does not.
        StorageError: ``disk_full`` or ``storage_unavailable``: nothing was left behind.
    """
    refuse_taken(file)
    chosen = format_ or ("csv" if file.suffix.lower() == ".zip" else "json")
    looks, (events, things) = _looks(here), here.read(things_count)
    total = events + things * (2 if chosen == "csv" else 1)
    with whole_file(file) as stream, counting(here.terminal, gettext("Writing"), total) as count:
        writer = _Writer(here, looks, count)
        write = {"csv": writer.archive, "fhir": writer.bundle, "json": writer.document}[chosen]
        here.read(lambda conn: write(conn, stream))
    return Exported(
        file=str(file),
        format=chosen,
        goals=writer.things["goals"] + writer.things["Goal"],
        events=writer.things["events"] + writer.things["Provenance"],
        size=file.stat().st_size,
        files=writer.files,
    )


def _looks(here: Here) -> list[Look]:
    """Return who looked: asked of the server where it can be reached, else as it was told last."""
    from trailmark_client.access_log import fetch_log, kept_log, looks_of

    log = here.read(kept_log)
    if here.app.identity.server is not None:
        with suppress(TrailmarkError):  # as it was told last
            log = fetch_log(here.app, everything=True)
    return [] if log is None else looks_of(log.entries, here.read(member_names))


class _Writer:
    """Writes one copy, and counts what is in it.

    What programs read says the same in every language; the page is for people, in theirs.
    """

    def __init__(self, here: Here, looks: list[Look], count: Count) -> None:
        self.things: Counter[str] = Counter()
        self.files: list[InFile] = []
        self._here = here
        self._looks = looks
        self._count = count
        self._day = here.when().day

    def document(self, conn: Connection, stream: IO[bytes]) -> None:
        """Write the JSON document."""
        source = Source(conn=conn, day=self._day, looks=self._looks)
        with speaking(ENGLISH):
            for member, piece in json_pieces(source, self._here.app.identity, self._here.now_ms):
                stream.write(piece)
                if member:
                    self.things[member] += 1
                    self._count.add(1)

    def bundle(self, conn: Connection, stream: IO[bytes]) -> None:
        """Write the bundle of FHIR."""
        from trailmark_client.queries.export_fhir import bundle_pieces

        source = Source(conn=conn, day=self._day, looks=self._looks)
        with speaking(ENGLISH):
            for kind, piece in bundle_pieces(source, self._here.app.identity, self._here.now_ms):
                stream.write(piece)
                if kind:
                    self.things[kind] += 1
                    self._count.add(1)

    def archive(self, conn: Connection, stream: IO[bytes]) -> None:
        """Write the archive: tables, the document, the page that tells of them."""
        source = Source(conn=conn, day=self._day, looks=self._looks)
        with ZipFile(stream, "w") as archive:
            for table in TABLES:
                with self._member(archive, f"{table.name}.csv") as inner, speaking(ENGLISH):
                    inner.write(csv_row(table.columns))
                    rows = 0
                    for row in table.rows(source):
                        inner.write(csv_row(row))
                        self._count.add(1)
                        rows += 1
                self.files.append(
                    InFile(
                        name=f"{table.name}.csv",
                        title=gettext(table.title),
                        things=rows,
                    )
                )
            with self._member(archive, EVERYTHING) as inner:
                self.document(conn, inner)
            everything = InFile(
                name=EVERYTHING,
                title=gettext("All of it, for programs"),
                things=self.things["events"],
            )
            self.files.append(everything)
            made = time_words(self._here.now_ms, self._here.zone)
            with self._member(archive, "index.html") as inner:
                inner.writelines(page_pieces(source, made, self._here.device, self.files))

    @contextmanager
    def _member(self, archive: ZipFile, name: str) -> Generator[IO[bytes]]:
        """Open a file of the archive, which says nothing that depends on the machine."""
        info = ZipInfo(f"trailmark-{self._day}/{name}")
        info.create_system, info.external_attr = _UNIX, _OWNER_ONLY
        info.compress_type = ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as inner:
            yield inner
