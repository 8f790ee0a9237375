"""Opening a device: where it lives, what it begins with, what survives."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import pytest

from tests.support.devices import add_goal, new_device
from tests.support.fakes import SeededRandomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, home_folder, open_app, open_async
from trailmark_client.identity import Identity
from trailmark_client.storage.settings import set_setting, setting
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.ids import SELF


def count(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM event").fetchone()[0]


def test_the_folder_is_the_one_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "mine"))

    with open_app() as app:
        assert app.home == tmp_path / "mine"
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o700


def test_without_a_name_the_platform_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAILMARK_HOME", raising=False)

    assert home_folder().name == "trailmark"


def test_what_was_recorded_is_there_after_closing(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
        before = app.identity

    with open_app(tmp_path) as again:
        assert again.read(count) == 1
        assert again.identity == before
        assert again.rescue is None


def test_a_damaged_identity_stops_everything_untouched(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
    (tmp_path / "identity").write_bytes(b"{}")
    before = (tmp_path / DATABASE_NAME).read_bytes()

    with pytest.raises(IntegrityError) as raised:
        open_app(tmp_path)

    assert raised.value.code is ErrorCode.CORRUPT_IDENTITY
    assert (tmp_path / DATABASE_NAME).read_bytes() == before


def test_a_lost_identity_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
    (tmp_path / "identity").unlink()

    with pytest.raises(IntegrityError, match="missing"):
        open_app(tmp_path)

    assert not (tmp_path / "identity").exists()


def test_documents_of_another_version_are_folded_again(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
        expected = app.read(lambda conn: documents_of_lane(conn, SELF))

        def age(conn: Connection) -> None:
            conn.execute("DELETE FROM document")
            set_setting(conn, "projection_version", "0")

        app.write(age)

    with open_app(tmp_path) as again:
        assert again.read(lambda conn: documents_of_lane(conn, SELF)) == expected
        assert again.read(lambda conn: setting(conn, "projection_version")) != "0"


async def test_the_store_is_open_to_an_event_loop_too(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_goal(app, "Walk")
        async with open_async(app) as database:
            assert await database.read(count) == 1


class _SlowRandomness(SeededRandomness):
    """Chance that waits until it is let go: the device is in the middle of its first use."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked = Event()
        self.may_answer = Event()

    def token(self, length: int) -> bytes:
        self.is_asked.set()
        self.may_answer.wait()
        return super().token(length)


def test_two_first_uses_at_once_share_one_identity(tmp_path: Path) -> None:
    def identity_of(randomness: SeededRandomness) -> Identity:
        with open_app(tmp_path, randomness=randomness) as app:
            return app.identity

    slow = _SlowRandomness()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(identity_of, slow)
        slow.is_asked.wait()
        second = pool.submit(identity_of, SeededRandomness(2))
        wait([second], timeout=0.1)
        slow.may_answer.set()

    assert first.result() == second.result()


@pytest.mark.parametrize("place", ["identity.tmp", "identity.lock", "in-use.lock"])
def test_a_folder_that_cannot_be_written_is_told_and_no_defect(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir()  # nobody can write there, not even root

    with pytest.raises(StorageError) as raised:
        open_app(tmp_path)

    assert raised.value.code is ErrorCode.STORAGE_UNAVAILABLE
    (tmp_path / place).rmdir()
    with open_app(tmp_path) as app:
        assert app.read(count) == 0


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(StorageError) as raised:
        open_app(tmp_path / "taken" / "home")

    assert raised.value.code is ErrorCode.STORAGE_UNAVAILABLE
