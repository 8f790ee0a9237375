"""A damaged file is moved aside, nothing unsent is lost, the rest comes back from the server."""

import shutil
from pathlib import Path

import pytest

from tests.support.devices import add_goal, add_reflection, connect_to, new_device, sync
from tests.support.exports import a_lane
from tests.support.home import Home
from tests.support.imported import import_a_lane
from tests.support.lane_devices import CARE as SHARED
from tests.support.lane_devices import SPACE
from tests.support.person import Person
from tests.support.rotted import put_past_the_schema
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER, App, open_app
from trailmark_client.storage.cursors import Cursor, cursor_of, set_cursor
from trailmark_client.storage.drafts import draft, keep_draft
from trailmark_client.storage.event_log import lanes_to_send
from trailmark_client.storage.importing import imported_from
from trailmark_client.storage.read_models import entries_of
from trailmark_client.storage.rescue import (
    DAMAGED_SUFFIX,
    WAITING_SUFFIX,
    MovedAside,
    check_at_start,
    move_aside,
    rescue_unsent,
    waiting_files,
)
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.structure import doubt_of
from trailmark_client.storage.verification import verify_all
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, IntegrityError
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SELF


def count(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM event").fetchone()[0]


def damage_rows(folder: Path, statement: str) -> None:
    with open_app(folder) as app:
        app.write(lambda conn: conn.execute(statement))


async def test_confirmed_rows_come_back_from_the_server(tmp_path: Path) -> None:
    app = new_device(tmp_path)
    home = Home(app.identity.space)
    connect_to(app, home)
    for number in range(5):
        add_reflection(app, f"reflection {number}")
    await sync(app, home)
    unsent = add_goal(app, "not sent yet")
    app.write(lambda conn: conn.execute("UPDATE event SET actor = 'x' WHERE seq = 3"))
    before = app.identity.epoch
    app.close()

    again = open_app(tmp_path)
    assert again.rescue is not None
    assert (again.rescue.kept, again.rescue.unreadable) == (1, 0)
    assert again.rescue.moved_to.exists()
    assert again.identity.epoch != before
    assert again.read(count) == 1
    assert len(again.read(lambda conn: entries_of(conn, SELF, unsent))) == 1

    ended = await sync(again, home)
    assert ended.is_done
    assert again.read(lambda conn: cursor_of(conn, SELF)).seq == 6
    assert again.read(lambda conn: verify_all(conn, again.vault)) == []
    assert len(again.read(lambda conn: state_hash(conn, SELF))) == 32
    again.close()
    with open_app(tmp_path) as third:
        assert third.rescue is None


@pytest.mark.parametrize("page", range(1, 12, 2))
def test_unsent_events_survive_an_overwritten_page(tmp_path: Path, page: int) -> None:
    with new_device(tmp_path) as app:
        for number in range(60):
            add_reflection(app, f"reflection {number} " + "x" * 300)
        app.file.checkpoint()
    path = tmp_path / DATABASE_NAME
    data = bytearray(path.read_bytes())
    data[page * 4096 : page * 4096 + 4096] = bytes(range(256)) * 16
    path.write_bytes(data)

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        kept = again.rescue.kept
        assert again.read(count) == kept
        assert again.read(lambda conn: verify_all(conn, again.vault)) == []
    assert [each for each in tmp_path.iterdir() if DAMAGED_SUFFIX in each.name]


def rotted(path: Path, event: bytes, *, before_header: int, by: int) -> None:
    """Change one byte in front of the header of an event's row: its place, or its length."""
    data = bytearray(path.read_bytes())
    values = data.index(SELF.encode() + event)
    header = next(values - size for size in range(20, 40) if data[values - size] == size)
    data[header - before_header] ^= by
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("before_header", "by"),
    [
        pytest.param(1, 0x40, id="its place"),
        pytest.param(3, 0x08, id="longer than its page"),
        pytest.param(3, 0x80, id="shorter than its header"),
    ],
)
def test_a_row_that_rotted_takes_no_others_along(
    tmp_path: Path, before_header: int, by: int
) -> None:
    with new_device(tmp_path) as app:
        for number in range(12):
            add_reflection(app, f"reflection {number}")
        (event,) = app.read(lambda c: c.execute("SELECT id FROM event WHERE pos = 2").fetchone())
        app.file.checkpoint()
    rotted(tmp_path / DATABASE_NAME, event, before_header=before_header, by=by)

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        # The one before it is not told where Python meets damage while it looks ahead.
        assert 10 <= again.rescue.kept == again.read(count)
        assert again.rescue.kept == 12 or again.rescue.unreadable


def test_a_value_of_another_kind_ends_no_rescue(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        for number in range(3):
            add_reflection(app, f"reflection {number}")
    put_past_the_schema(tmp_path / DATABASE_NAME, "event", "salt", 7.5, "pos = 2")

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert (2, 1) == (again.rescue.kept, again.rescue.unreadable)


def test_a_row_that_its_indexes_do_not_find_is_dealt_with_once_it_was_missed(
    tmp_path: Path,
) -> None:
    with new_device(tmp_path) as app:
        for number in range(3):
            add_reflection(app, f"reflection {number}")
        (event,) = app.read(lambda c: c.execute("SELECT id FROM event WHERE pos = 3").fetchone())
        app.file.checkpoint()
    rotted(tmp_path / DATABASE_NAME, event, before_header=1, by=4)
    with open_app(tmp_path) as met:
        assert met.rescue is None
        with pytest.raises(IntegrityError, match="damaged"):
            met.read(lambda conn: verify_all(conn, met.vault))

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert 3 == again.rescue.kept


def test_text_that_is_none_is_dealt_with_at_the_next_start(tmp_path: Path) -> None:
    """No look at the structure finds it."""
    rot = "UPDATE event SET day = CAST(x'ff' AS TEXT) WHERE pos = 2"
    with new_device(tmp_path) as app:
        for number in range(3):
            add_reflection(app, f"reflection {number}")
        app.write(lambda conn: conn.execute(rot))
        with pytest.raises(IntegrityError, match="damaged"):
            app.read(lambda conn: verify_all(conn, app.vault))

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert 3 == again.rescue.kept == again.read(count)
        assert [] == again.read(lambda conn: verify_all(conn, again.vault))


def test_what_was_being_typed_survives_where_it_can_still_be_read(tmp_path: Path) -> None:
    typed = {"text": ["a long letter"]}
    with new_device(tmp_path) as app:
        add_reflection(app, "one")
        for name in ("journal", "win"):
            app.write(lambda conn, name=name: keep_draft(conn, name, typed, 1))
        app.write(lambda conn: conn.execute("UPDATE event SET actor = 'x', body = x'00'"))
        rotted = "UPDATE draft SET fields = CAST(x'ff' AS TEXT) WHERE name = 'win'"
        app.write(lambda conn: conn.execute(rotted))
    moved = move_aside(tmp_path / DATABASE_NAME, 1)
    assert moved in waiting_files(tmp_path / DATABASE_NAME)

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert {"text": ("a long letter",)} == again.read(lambda conn: draft(conn, "journal"))
        assert {} == again.read(lambda conn: draft(conn, "win"))


def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
    (tmp_path / DATABASE_NAME).write_bytes(b"no database " * 1000)

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert (again.rescue.kept, again.rescue.unreadable) == (0, 1)
        assert again.rescue.moved_to.read_bytes() == b"no database " * 1000
        add_goal(again, "Go on")


def test_a_large_file_is_checked_at_the_start_where_damage_was_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_device(tmp_path) as app:
        for number in range(60):
            add_reflection(app, f"reflection {number} " + "x" * 300)
        now, vault, path = app.clock.now_ms(), app.vault, app.file.path
        app.file.checkpoint()
    data = bytearray(path.read_bytes())
    data[-4096:] = bytes(range(256)) * 16
    path.write_bytes(data)
    migrations = migrations_from_folder(MIGRATIONS_FOLDER)
    file = SqliteFile(path, migrations, functions={"opened": vault.opened})

    check_at_start(file, vault, now, small_bytes=0)
    monkeypatch.setattr(limits, "CHECKED_AT_EVERY_START_BYTES_MAX", 0)

    with pytest.raises(IntegrityError, match="damaged"):
        check_at_start(file, vault, now, small_bytes=0, may_wait=False)
    with pytest.raises(IntegrityError, match="damaged"):
        check_at_start(file, vault, now, small_bytes=2 * len(data))
    doubt_of(path).touch()
    with pytest.raises(IntegrityError, match="damaged"):
        check_at_start(file, vault, now, small_bytes=0)
    file.close()


def test_damage_that_work_meets_is_looked_for_at_the_next_start(tmp_path: Path) -> None:
    def meet(_conn: Connection) -> None:
        raise IntegrityError(ErrorCode.CORRUPT_LOG, "the database file is damaged")

    with new_device(tmp_path) as app:
        for work in (app.read, app.write):
            with pytest.raises(IntegrityError):
                work(meet)

            assert doubt_of(app.file.path).exists()

            check_at_start(app.file, app.vault, app.clock.now_ms(), small_bytes=0)

            assert not doubt_of(app.file.path).exists()


def test_an_unsent_event_that_does_not_verify_is_counted(tmp_path: Path) -> None:
    app: App = new_device(tmp_path)
    add_goal(app, "one")
    add_goal(app, "two")
    app.write(lambda conn: conn.execute("UPDATE event SET salt = zeroblob(16) WHERE dseq = 1"))
    app.close()
    path = tmp_path / DATABASE_NAME
    moved = move_aside(path, 1)
    migrations = migrations_from_folder(MIGRATIONS_FOLDER)
    with new_device(tmp_path / "fresh") as fresh:
        file = SqliteFile(tmp_path / "new", migrations, functions={"opened": app.vault.opened})
        rescued = rescue_unsent(MovedAside(moved), file, app.vault, fresh.randomness)
        file.close()

    assert (rescued.kept, rescued.unreadable) == (1, 1)


@pytest.mark.parametrize("is_rescued", [False, True])
@pytest.mark.parametrize("moved", [("",), ("", "-wal"), ("", "-wal", "-shm")])
def test_a_rescue_that_was_killed_goes_on_at_the_next_start(
    tmp_path: Path, moved: tuple[str, ...], *, is_rescued: bool
) -> None:
    home = tmp_path / "as the kill left it"
    with new_device(tmp_path / "device") as app:
        walk = add_goal(app, "Walk")
        # What was said last stands in the log beside the database until somebody closes it.
        shutil.copytree(app.home, home)
    path = home / DATABASE_NAME
    for suffix in moved:
        side = home / f"{DATABASE_NAME}{suffix}"
        side.rename(home / f"{DATABASE_NAME}{WAITING_SUFFIX}7{suffix}")
    if is_rescued:
        copy = (home / f"{DATABASE_NAME}{WAITING_SUFFIX}7").read_bytes()
        open_app(home).close()
        (home / f"{DATABASE_NAME}{WAITING_SUFFIX}8").write_bytes(copy)

    with open_app(home) as again:
        assert again.rescue is not None
        assert DAMAGED_SUFFIX in again.rescue.moved_to.name
        assert again.read(count) == 1
        assert len(again.read(lambda conn: entries_of(conn, SELF, walk))) == 1
        assert again.read(lambda conn: verify_all(conn, again.vault)) == []
    assert waiting_files(path) == []
    with open_app(home) as third:
        assert third.rescue is None


def test_what_was_imported_is_put_back_and_its_lanes_are_sent_to_nobody(tmp_path: Path) -> None:
    """No server of this person has it: there is nothing to read it from again."""
    holder = Person(tmp_path, seed=7)
    import_a_lane(holder.app)
    private = holder.goal("Written since"), holder.goal("And another one")
    holder.app.write(seen_before)
    holder.write(lambda c, r: r.record(c, SHARED, r.new_subject(), WinNoted(text="unsent there")))
    lane = "SELECT * FROM event WHERE lane = ? ORDER BY seq IS NULL, seq"
    before = holder.read(lambda conn: conn.execute(lane, (SHARED,)).fetchall())
    rot = "UPDATE event SET actor = 'x' WHERE lane = 'self' AND seq = 1"
    holder.app.write(lambda conn: conn.execute(rot))
    holder.app.close()

    with open_app(tmp_path) as again:
        after = again.read(lambda conn: conn.execute(lane, (SHARED,)).fetchall())
        assert again.rescue is not None
        assert [each[1:] for each in after] == [each[1:] for each in before]
        assert again.rescue.unreadable == 0
        for each in private:
            assert again.read(lambda conn, s=each: len(entries_of(conn, SELF, s))) == 2
        assert again.read(lambda conn: verify_all(conn, again.vault)) == []
        assert again.read(lanes_to_send) == [SELF]
        assert again.read(imported_from) == SPACE
    with open_app(tmp_path) as third:
        assert third.rescue is None


def seen_before(conn: Connection) -> None:
    """Let the private lane be one that the server of before had."""
    hash_ = chain.GENESIS
    events = conn.execute("SELECT pos, hash FROM event WHERE lane = ? ORDER BY pos", (SELF,))
    for seq, (pos, event) in enumerate(events.fetchall(), start=1):
        hash_ = chain.lane_hash(hash_, event, seq, 1, 0, "person", None)
        conn.execute(
            "UPDATE event SET seq = ?, received_at = 1, offset = 0, actor = 'person',"
            " lane_hash = ? WHERE pos = ?",
            (seq, hash_, pos),
        )
        set_cursor(conn, SELF, Cursor(seq, hash_))


def test_imported_rows_that_rotted_are_counted_and_those_before_them_stay(
    tmp_path: Path,
) -> None:
    holder = Person(tmp_path, seed=7)
    import_a_lane(holder.app)
    holder.app.write(lambda conn: conn.execute("UPDATE event SET actor = 'x' WHERE seq = 4"))
    holder.app.close()

    with open_app(tmp_path) as again:
        assert again.rescue is not None
        assert again.rescue.unreadable == len(a_lane()) - 3
        assert again.read(count) == 3
        assert again.read(lambda conn: verify_all(conn, again.vault)) == []
