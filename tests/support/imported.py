"""Exports of persons, and a lane of a former space as a device holds it after the import."""

from pathlib import Path

from tests.support.exports import a_lane, stored
from tests.support.lane_devices import SPACE
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.queries.export import json_pieces
from trailmark_client.queries.export_records import Source
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.storage.importing import Importing
from trailmark_client.storage.read_models import refold_all


def import_a_lane(app: App) -> None:
    """Import ``exports.a_lane`` onto a device."""

    def put(conn: Connection) -> None:
        importing = Importing(conn, app.vault, app.randomness)
        for row in a_lane():
            importing.take(stored(row))
            if row.event.body is None and row.code is None:
                conn.execute("INSERT INTO erased (id) VALUES (?)", (row.event.id,))
        importing.finish(SPACE)
        refold_all(conn, app.vault.opener())

    app.write(put)


def document(person: Person) -> bytes:
    """Return the document with everything of a person."""
    day, identity = person.now().day, person.app.identity

    def read(conn: Connection) -> bytes:
        pieces = json_pieces(Source(conn=conn, day=day), identity, person.clock.ms)
        return b"".join(piece for _, piece in pieces)

    return person.read(read)


def exported(person: Person, folder: Path) -> Path:
    """Write that document into a folder; return the file."""
    file = folder / "everything.json"
    file.write_bytes(document(person))
    return file


def told(person: Person) -> list[str]:
    """Return the events of a person's timeline by their ids, each with what it says."""
    lines = person.read(lambda conn: list(timeline(conn, Window())))
    return sorted(f"{each.event} {each.sentence}" for each in lines)
