"""The composition root: parts over opened stores, and what no backup brings back."""

from pathlib import Path

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_adapters.nacl import NaclSigner
from trailmark_server.app import open_services
from trailmark_server.credentials import admit_device, revocation_hashes
from trailmark_server.settings import Settings
from trailmark_shared.ids import DeviceId, SpaceId


async def test_parts_are_put_together_from_the_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1:8740")
    async with open_services(settings, FakeClock(), SeededRandomness()) as services:
        seed = await services.keys.signing_seed()

        assert NaclSigner(seed).public_key == services.signing_key
        assert not services.stopping.is_set()


async def test_revoked_devices_are_known_from_the_start(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1:8740")
    space, phone = SpaceId(b"s" * 16), DeviceId(b"p" * 16)
    async with open_services(settings, FakeClock(), SeededRandomness()) as services:
        device = await services.accounts.write(
            lambda rows: admit_device(rows, space, phone, "phone", "credential", services.now())
        )
        for hash_ in revocation_hashes(device):
            await services.keys.revoke_credential(hash_)
    async with open_services(settings, FakeClock(), SeededRandomness()) as services:
        assert services.revoked.has(device)
