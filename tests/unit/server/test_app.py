"""The composition root: parts over opened stores, and what no backup brings back."""

import asyncio
from pathlib import Path

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_adapters.nacl import NaclSigner
from trailmark_server.app import open_services, watch_keys
from trailmark_server.credentials import admit_device, revocation_hashes
from trailmark_server.heads import next_key
from trailmark_server.settings import Settings
from trailmark_server.stores import open_stores
from trailmark_shared.ids import DeviceId, SpaceId


async def test_parts_are_put_together_from_the_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1:8740")
    async with open_services(settings, FakeClock(), SeededRandomness()) as services:
        keys = await services.keys.signing_keys()

        assert NaclSigner(keys.seed).public_key == services.signer.public_key
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


async def test_a_key_that_another_process_made_signs_soon(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1:8740")
    async with (
        open_services(settings, FakeClock(), SeededRandomness()) as services,
        open_stores(tmp_path, FakeClock(), SeededRandomness(2)) as beside,
    ):
        before = await beside.keys.signing_keys()
        made = next_key(before, b"2" * 32, 7)
        looks = 0

        async def version() -> int:
            nonlocal looks
            looks += 1
            if looks == 2:
                await beside.keys.add_signing_key(made, b"2" * 32, before.chain[-1].key)
            return min(looks, 2)

        with services.bell.subscribe([SpaceId(b"s" * 16)]) as heard:
            watching = asyncio.create_task(watch_keys(services, version, 0))
            await heard.wait()
            watching.cancel()

        assert made.key == services.signer.public_key
