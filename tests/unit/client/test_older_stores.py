"""Folders of releases whose devices signed nothing: all that is in them goes on elsewhere."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import connect_to, sync
from tests.support.full_person import write_everything
from tests.support.home import Home
from tests.support.imported import told
from tests.support.older_stores import make_older
from tests.support.person import Person
from trailmark_client.app import DATABASE_NAME
from trailmark_client.commands.erasing import erase
from trailmark_client.identity import FILE_NAME, FORMAT
from trailmark_client.importing import Imported
from trailmark_client.older_stores import count_events, import_store, older_store_of
from trailmark_client.queries.erasing import what_goes
from trailmark_client.storage.importing import send_imported
from trailmark_client.storage.standing import locked_count, refused_events
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.ids import text_from_id


def older_folder(tmp_path: Path) -> tuple[Path, list[str]]:
    """Return a folder of that time, with something erased, and what its timeline says."""
    home = tmp_path / "older"
    person = Person(home, seed=3)
    write_everything(person, "marrowglint")
    gone = text_from_id(person.goal("gone again"))
    person.write(lambda c, r: erase(c, r, what_goes(c, gone), r.now(), person.app.key_sharing))
    lines = told(person)
    person.app.close()
    make_older(home)
    return home, lines


def imported(person: Person, home: Path) -> Imported:
    with older_store_of(home) as older:
        assert count_events(older) > 0
        return import_store(person.app, older, lambda _count: None)


def test_all_of_it_is_there_and_the_folder_is_as_it_was(tmp_path: Path, fresh: Person) -> None:
    home, lines = older_folder(tmp_path)
    files = {name: (home / name).read_bytes() for name in (DATABASE_NAME, FILE_NAME)}

    found = imported(fresh, home)

    assert set(lines) <= set(told(fresh))
    assert fresh.read(locked_count) == 0
    assert fresh.app.write(lambda conn: verify_all(conn, fresh.app.vault)) == []
    assert found.stopped == ("Dr Demo",)
    assert files == {name: (home / name).read_bytes() for name in files}


def test_what_was_erased_stays_erased(tmp_path: Path, fresh: Person) -> None:
    home, _ = older_folder(tmp_path)

    imported(fresh, home)

    assert not any("gone again" in line for line in told(fresh))
    assert fresh.read(lambda c: c.execute("SELECT count(*) FROM erased").fetchone()) != (0,)


async def test_a_server_takes_all_that_is_sent_of_it(tmp_path: Path, fresh: Person) -> None:
    """Devices told each other in the lane of the person's own what no server takes there now."""
    home, _ = older_folder(tmp_path)
    imported(fresh, home)
    # What a release of that time called it stands in no registry any more.
    said = "UPDATE event SET type = 'device_added' WHERE type = 'subject_erased' AND lane = 'self'"
    assert fresh.write(lambda c, _: c.execute(said).rowcount) == 1
    server = Home(fresh.app.identity.space)

    fresh.app.write(send_imported)
    connect_to(fresh.app, server)
    await sync(fresh.app, server)

    assert fresh.read(refused_events) == []
    types = fresh.read(lambda c: c.execute("SELECT DISTINCT type FROM event").fetchall())
    assert ("device_added",) not in types


def test_the_folder_itself_says_how_to_go_on(tmp_path: Path) -> None:
    home, _ = older_folder(tmp_path)
    files = {name: (home / name).read_bytes() for name in (DATABASE_NAME, FILE_NAME)}

    with pytest.raises(IntegrityError, match="trailmark import FOLDER") as refused:
        Person(home)

    assert refused.value.code == ErrorCode.CORRUPT_IDENTITY
    assert files == {name: (home / name).read_bytes() for name in files}


def test_a_folder_of_this_release_needs_none(tmp_path: Path, person: Person, fresh: Person) -> None:
    person.goal("Walk")

    with pytest.raises(DomainError, match="needs no import") as refused:
        imported(fresh, tmp_path)

    assert refused.value.code == ErrorCode.INVALID_INPUT


@pytest.mark.parametrize("name", [DATABASE_NAME, FILE_NAME])
def test_a_folder_without_a_device_is_named(tmp_path: Path, fresh: Person, name: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / name).touch()

    with pytest.raises(DomainError) as refused:
        imported(fresh, tmp_path / "other")

    assert refused.value.code == ErrorCode.NOT_FOUND


def test_a_damaged_file_of_keys_is_named(tmp_path: Path, fresh: Person) -> None:
    home, _ = older_folder(tmp_path)
    data = bytearray((home / FILE_NAME).read_bytes())
    data[-40] ^= 1
    (home / FILE_NAME).write_bytes(data)

    with pytest.raises(IntegrityError) as refused:
        imported(fresh, home)

    assert refused.value.code == ErrorCode.CORRUPT_IDENTITY


def test_a_device_that_was_used_is_left_alone(tmp_path: Path, fresh: Person) -> None:
    home, _ = older_folder(tmp_path)
    fresh.goal("Run")

    with pytest.raises(DomainError, match="used before"):
        imported(fresh, home)


def test_keys_that_say_something_else_are_named(tmp_path: Path, fresh: Person) -> None:
    home, _ = older_folder(tmp_path)
    told = b"{}"
    kept = {"format": FORMAT, "checksum": sha256(told).hexdigest(), "identity": msgspec.Raw(told)}
    (home / FILE_NAME).write_bytes(msgspec.json.encode(kept))

    with pytest.raises(IntegrityError) as refused:
        imported(fresh, home)

    assert refused.value.code == ErrorCode.CORRUPT_IDENTITY


@pytest.mark.parametrize(
    "spoil", ["DROP TABLE event", "DROP TABLE erased", "ALTER TABLE event RENAME salt TO pepper"]
)
def test_a_file_that_is_no_store_is_named(tmp_path: Path, fresh: Person, spoil: str) -> None:
    home, _ = older_folder(tmp_path)
    with closing(sqlite3.connect(home / DATABASE_NAME)) as conn:
        conn.executescript(f"PRAGMA writable_schema=ON; DROP VIEW IF EXISTS refused; {spoil}")

    with pytest.raises(IntegrityError) as refused:
        imported(fresh, home)

    assert refused.value.code == ErrorCode.CORRUPT_LOG
