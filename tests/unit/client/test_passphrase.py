"""A passphrase on the store of this device."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.devices import add_goal, new_device
from tests.support.fakes import SeededRandomness
from trailmark_client.app import App, files_of, is_locked, open_app, open_async
from trailmark_client.backup import keep_backup_code
from trailmark_client.commands.reflections import reflect
from trailmark_client.lock import Cost, LockFile
from trailmark_client.passphrase import (
    change_passphrase,
    forgotten,
    opens_by_code,
    remove_passphrase,
    set_passphrase,
    unlocked,
)
from trailmark_client.queries.goals import list_goals
from trailmark_client.storage.closing import ALONE_WAIT_MS, alone
from trailmark_client.storage.drafts import draft, keep_draft
from trailmark_shared import limits
from trailmark_shared.codes import text_from_recovery_code
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    IntegrityError,
    LimitExceededError,
    StorageError,
)
from trailmark_shared.events.reflections import ReflectionWritten

CHEAP = Cost(passes=1, memory_bytes=8192)
CODE = text_from_recovery_code(bytes(range(16)))
OTHER_CODE = text_from_recovery_code(bytes(16))
PASSPHRASE = "a lamp, three stairs"
FOLLOWING = "the other side of rain"
TITLE = "Walk to the quokka lantern"
ENTRY = "Seventeen herons over the weir"
DRAFT = "Half a sentence about marzipan"


def chance() -> SeededRandomness:
    return SeededRandomness(40)


def write_things(app: App) -> None:
    add_goal(app, TITLE)
    app.write(
        lambda conn: reflect(conn, app.recorder, ReflectionWritten(text=ENTRY), app.recorder.now())
    )
    app.write(lambda conn: keep_draft(conn, "journal", {"text": (DRAFT,)}, 1))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    with new_device(folder) as app:
        write_things(app)
    return folder


def close(home: Path, passphrase: str = PASSPHRASE) -> bytes:
    return set_passphrase(home, passphrase, chance(), CHEAP)


def titles(home: Path, key: bytes | None = None) -> list[str]:
    with open_app(home, key=key) as app:
        return [each.title for each in app.read(lambda conn: list_goals(conn, "2026-11-03"))]


def bytes_of(folder: Path) -> bytes:
    return b"\0".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


def code_of(
    raised: pytest.ExceptionInfo[DomainError] | pytest.ExceptionInfo[StorageError],
) -> ErrorCode:
    return raised.value.code


class TestSet:
    def test_nothing_of_an_entry_stands_open_in_any_file_of_the_folder(self, home: Path) -> None:
        before = bytes_of(home)
        with open_app(home) as app:
            secret = app.identity.newest_key.key
        assert all(each.encode() in before for each in (TITLE, ENTRY, DRAFT))

        key = close(home)
        with open_app(home, key=key) as app:
            add_goal(app, "Carry the gooseberries home")
            after = bytes_of(home)

        spellings = [each.encode() for each in (TITLE, ENTRY, DRAFT, "gooseberries", "marzipan")]
        spellings += [each.encode("utf-16-le") for each in (TITLE, ENTRY, DRAFT)]
        spellings += [secret, b"vault_keys", b"SQLite format 3"]
        assert [] == [each for each in spellings if each in after]

    def test_everything_is_there_with_the_passphrase(self, home: Path) -> None:
        close(home)

        key = unlocked(home, PASSPHRASE)

        assert [TITLE] == titles(home, key)
        with open_app(home, key=key) as app:
            assert {"text": (DRAFT,)} == app.read(lambda conn: draft(conn, "journal"))

    async def test_an_event_loop_finds_it_too(self, home: Path) -> None:
        key = close(home)
        with open_app(home, key=key) as app:
            async with open_async(app) as database:
                found = await database.read(lambda conn: list_goals(conn, "2026-11-03"))

        assert [TITLE] == [each.title for each in found]

    def test_without_it_nothing_opens(self, home: Path) -> None:
        close(home)

        with pytest.raises(StorageError) as raised:
            open_app(home)

        assert ErrorCode.LOCKED == code_of(raised)

    def test_a_wrong_one_loses_nothing(self, home: Path) -> None:
        key = close(home)
        before = bytes_of(home)

        with pytest.raises(DomainError) as raised:
            unlocked(home, "a lamp, four stairs")

        assert ErrorCode.WRONG_PASSPHRASE == code_of(raised)
        assert before == bytes_of(home)
        assert [TITLE] == titles(home, key)

    def test_two_keyboards_that_spell_a_letter_otherwise_type_the_same(self, home: Path) -> None:
        key = close(home, "Z\u00fcrich im Regen")

        assert key == unlocked(home, "Zu\u0308rich im Regen")

    @pytest.mark.parametrize("short", ["", "a" * (limits.PASSPHRASE_CHARS_MIN - 1)])
    def test_too_short_is_refused(self, home: Path, short: str) -> None:
        with pytest.raises(DomainError) as raised:
            close(home, short)

        assert ErrorCode.INVALID_INPUT == code_of(raised)
        assert not is_locked(home)

    def test_too_long_is_refused(self, home: Path) -> None:
        with pytest.raises(LimitExceededError) as raised:
            close(home, "a" * (limits.PASSPHRASE_CHARS_MAX + 1))

        assert "PASSPHRASE_CHARS_MAX" == raised.value.limit

    def test_a_second_one_is_not_set_over_the_first(self, home: Path) -> None:
        key = close(home)

        with pytest.raises(StorageError) as raised:
            close(home, FOLLOWING)

        assert ErrorCode.LOCKED == code_of(raised)
        assert key == unlocked(home, PASSPHRASE)

    def test_a_store_that_somebody_has_open_is_left_alone(self, home: Path) -> None:
        with open_app(home), pytest.raises(StorageError) as raised:
            close(home)

        assert ErrorCode.STORAGE_UNAVAILABLE == code_of(raised)
        assert not is_locked(home)
        assert [TITLE] == titles(home)

    def test_nobody_opens_a_store_while_it_is_held_alone(self, home: Path) -> None:
        with (
            open_app(home),
            pytest.raises(StorageError),
            alone(files_of(home), wait_ms=0),
        ):
            pass
        assert ALONE_WAIT_MS > 0

    def test_what_was_moved_aside_goes(self, home: Path) -> None:
        aside = home / "trailmark.db.damaged-17"
        aside.write_text(ENTRY)

        close(home)

        assert not aside.exists()


class TestChange:
    def test_the_old_one_opens_it_no_more(self, home: Path) -> None:
        key = close(home)
        with open_app(home, key=key) as app:
            change_passphrase(app, PASSPHRASE, FOLLOWING, CHEAP)

        assert key == unlocked(home, FOLLOWING)
        with pytest.raises(DomainError):
            unlocked(home, PASSPHRASE)

    def test_a_wrong_one_changes_nothing(self, home: Path) -> None:
        key = close(home)
        with open_app(home, key=key) as app, pytest.raises(DomainError) as raised:
            change_passphrase(app, "somebody else", FOLLOWING, CHEAP)

        assert ErrorCode.WRONG_PASSPHRASE == code_of(raised)
        assert key == unlocked(home, PASSPHRASE)

    def test_there_is_none_to_change(self, home: Path) -> None:
        with open_app(home) as app, pytest.raises(DomainError) as raised:
            change_passphrase(app, PASSPHRASE, FOLLOWING, CHEAP)

        assert ErrorCode.INVALID_INPUT == code_of(raised)


class TestRemove:
    def test_the_store_is_as_before(self, home: Path) -> None:
        close(home)

        remove_passphrase(home, PASSPHRASE, chance())

        assert not is_locked(home)
        assert [TITLE] == titles(home)
        assert sorted(each.name for each in home.iterdir()) == [
            "identity",
            "identity.lock",
            "in-use.lock",
            "trailmark.db",
            "trailmark.db.lock",
        ]

    def test_a_wrong_one_changes_nothing(self, home: Path) -> None:
        key = close(home)

        with pytest.raises(DomainError) as raised:
            remove_passphrase(home, FOLLOWING, chance())

        assert ErrorCode.WRONG_PASSPHRASE == code_of(raised)
        assert [TITLE] == titles(home, key)


class TestForgotten:
    def test_the_recovery_code_opens_it_and_sets_another(self, home: Path) -> None:
        with open_app(home) as app:
            keep_backup_code(app, CODE)
        key = close(home)
        assert opens_by_code(home)

        assert key == forgotten(home, CODE, FOLLOWING, chance(), CHEAP)

        assert key == unlocked(home, FOLLOWING)
        assert [TITLE] == titles(home, key)
        assert opens_by_code(home)

    def test_a_code_that_came_later_opens_it_too(self, home: Path) -> None:
        key = close(home)
        assert not opens_by_code(home)
        with open_app(home, key=key) as app:
            keep_backup_code(app, CODE)
        open_app(home, key=key).close()

        assert key == forgotten(home, CODE, FOLLOWING, chance(), CHEAP)

    @pytest.mark.parametrize("has_code", [False, True])
    def test_another_code_does_not(self, home: Path, *, has_code: bool) -> None:
        if has_code:
            with open_app(home) as app:
                keep_backup_code(app, CODE)
        key = close(home)

        with pytest.raises(DomainError) as raised:
            forgotten(home, OTHER_CODE, FOLLOWING, chance(), CHEAP)

        assert ErrorCode.WRONG_CODE == code_of(raised)
        assert key == unlocked(home, PASSPHRASE)


class TestKilled:
    """A kill at any of the moments at which something on the disk changes."""

    @pytest.mark.parametrize("deed", ["set", "remove"])
    def test_nothing_is_lost_and_the_next_start_knows_where_it_stands(
        self, home: Path, tmp_path: Path, deed: str
    ) -> None:
        if deed == "remove":
            close(home)
        script = Path(__file__).parents[2] / "kill" / "closing.py"
        subprocess.run([sys.executable, script, home, tmp_path, deed], check=True, timeout=50)
        killed = sorted(tmp_path.glob("killed-*"))
        assert len(killed) > 10

        states = [is_locked(each) for each in killed]
        for each, is_closed in zip(killed, states, strict=True):
            key = unlocked(each, PASSPHRASE) if is_closed else None
            assert [TITLE] == titles(each, key)
            with open_app(each, key=key) as app:
                assert {"text": (DRAFT,)} == app.read(lambda conn: draft(conn, "journal"))
            is_open = any(word.encode() in bytes_of(each) for word in (TITLE, ENTRY, DRAFT))
            assert is_open is not is_closed
            assert [] == list(each.glob("*.next*"))
        # As before up to one moment, and done from there on.
        assert states == sorted(states, reverse=deed == "remove")
        assert len(set(states)) == 2


class TestDamage:
    def test_a_damaged_lock_is_named_and_left(self, home: Path) -> None:
        close(home)
        path = LockFile(home).path
        for bent in (b"", path.read_bytes().replace(b"closed", b"opened")):
            path.write_bytes(bent)
            with pytest.raises(IntegrityError) as raised:
                unlocked(home, PASSPHRASE)
            assert ErrorCode.CORRUPT_IDENTITY == raised.value.code
            assert bent == path.read_bytes()

    def test_what_a_damaged_store_has_unsent_is_rescued(self, home: Path) -> None:
        with open_app(home) as app:
            for number in range(80):
                add_goal(app, f"{number} {TITLE} {'x' * 200}")
        key = close(home)
        path = home / "trailmark.db"
        data = bytearray(path.read_bytes())
        # A page of the log's rows.
        data[len(data) // 4096 // 3 * 4096 + 100] ^= 1
        path.write_bytes(data)

        with open_app(home, key=key) as app:
            rescue = app.rescue
            found = len(app.read(lambda conn: list_goals(conn, "2026-11-03")))

        assert rescue is not None
        assert rescue.unreadable in range(1, 9)
        assert rescue.kept + rescue.unreadable == 82
        assert found >= 82 - 1 - rescue.unreadable
        assert TITLE.encode() not in bytes_of(home)
