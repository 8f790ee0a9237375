"""A log of another day opens nothing that was shut since."""

from contextlib import closing
from pathlib import Path

from msgspec import structs

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.lane_devices import NOW, OTHER_SPACE, SPACE, LaneDevice, push
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.backups.shutting import close_spaces_of_files, forget_doors
from trailmark_server.storage.accounts import Invitation, SignInLink, SpaceErasure, WebSession
from trailmark_server.storage.accounts.sql.store import SqlAccountRows
from trailmark_server.storage.sqlite.store import main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, open_stores
from trailmark_server.therapists import accounts


def test_what_lets_in_by_itself_is_forgotten(tmp_path: Path) -> None:
    """A redeemed invitation stays: its device may ask again."""
    therapist, hash_ = b"m" * 16, b"h" * 32
    invited = Invitation(
        lookup_hash=b"u" * 32,
        code_hash=hash_,
        therapist=therapist,
        label="Maya",
        confirmed=True,
        created_at=NOW,
        expires_at=NOW + 1,
        used_at=NOW,
    )
    with closing(SqliteFile(tmp_path / MAIN_FILE, main_migrations())) as file:

        def fill(conn: Connection) -> None:
            rows = SqlAccountRows(conn)
            accounts.add_therapist(rows, therapist, "Dr Okafor", "a@example.org", NOW)
            rows.save_web_session(
                WebSession(hash=hash_, therapist=therapist, created_at=NOW, seen_at=NOW)
            )
            rows.save_sign_in_link(SignInLink(hash=hash_, therapist=therapist, expires_at=NOW + 1))
            rows.save_invitation(invited)
            rows.save_invitation(structs.replace(invited, lookup_hash=b"o" * 32, used_at=None))

        file.write(fill)
        forget_doors(file)
        left = {
            table: file.read(
                lambda conn, table=table: conn.execute(
                    f"SELECT count(*) FROM {table}"  # noqa: S608  (own names)
                ).fetchone()
            )
            for table in ("web_session", "sign_in_link", "invitation", "therapist")
        }

    assert {
        "web_session": (0,),
        "sign_in_link": (0,),
        "invitation": (1,),
        "therapist": (1,),
    } == left


async def test_all_spaces_but_the_erased_are_closed_in_log_and_keys(tmp_path: Path) -> None:
    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness()) as stores:
        for space in (SPACE, OTHER_SPACE):
            await push(stores.events, [LaneDevice(space=space).grants()])
        await stores.events.erase_space(
            SpaceErasure(space=OTHER_SPACE, erased_at=NOW, erased_by="operator")
        )

    await close_spaces_of_files(tmp_path / MAIN_FILE, tmp_path / KEYS_FILE)

    async with open_stores(tmp_path, FakeClock(NOW), SeededRandomness(1)) as stores:
        assert [SPACE] == await stores.keys.closed_spaces()
        assert [] == await stores.events.verify()
