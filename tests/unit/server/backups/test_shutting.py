"""A log of another day opens nothing that was shut since."""

from pathlib import Path

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.lane_devices import NOW, OTHER_SPACE, SPACE, LaneDevice, push
from trailmark_server.backups.shutting import close_spaces_of_files
from trailmark_server.storage.accounts import SpaceErasure
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, open_stores


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
