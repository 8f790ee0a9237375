"""Grants that end by their last day: looked for at the start and from time to time."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, THERAPIST, Site, new_site
from trailmark_server.app import open_services
from trailmark_server.ending import end_grants, keep_ending_grants
from trailmark_server.settings import Settings
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError

DAY_MS = 24 * 3600 * 1000
LAST_DAY = "2026-09-29"
"""The date of ``START``."""


async def site_until(mira: Writer) -> Site:
    site = await new_site()
    mira.let_in(THERAPIST.id, THERAPIST.name, START, until=LAST_DAY)
    await site.deliver(mira)
    return site


async def test_who_is_reading_is_told_at_once(mira: Writer) -> None:
    site = await site_until(mira)
    with site.services.bell.subscribe([mira.space]) as subscription:
        await end_grants(site.services)
        assert not subscription.take().access

        site.clock.advance(2 * DAY_MS)
        await end_grants(site.services)

        assert subscription.take().access


async def test_the_look_is_repeated_until_it_is_cancelled(mira: Writer) -> None:
    site = await site_until(mira)
    looking = asyncio.create_task(keep_ending_grants(site.services, interval_s=0))
    with site.services.bell.subscribe([mira.space]) as subscription:
        site.clock.advance(2 * DAY_MS)
        async with asyncio.timeout(5):
            wake = await subscription.wait()
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking

    assert wake.access
    assert 1 == len(await site.services.keys.revoked_grants())


async def test_a_store_that_cannot_now_is_asked_again(
    mira: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await site_until(mira)
    site.clock.advance(2 * DAY_MS)

    async def full(*_arguments: object) -> None:
        raise StorageError(ErrorCode.DISK_FULL, "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(site.services.keys, "revoke_grants", full)
        await end_grants(site.services)
    assert [] == await site.services.keys.revoked_grants()

    await end_grants(site.services)

    assert 1 == len(await site.services.keys.revoked_grants())


async def test_a_server_looks_before_it_serves(tmp_path: Path, mira: Writer) -> None:
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1:8740")
    clock = FakeClock(START)
    async with open_services(settings, clock, SeededRandomness()) as services:
        mira.let_in(THERAPIST.id, THERAPIST.name, START, until=LAST_DAY)
        await mira.deliver(services.events, clock)
        assert [] == await services.keys.revoked_grants()
    clock.advance(2 * DAY_MS)

    async with open_services(settings, clock, SeededRandomness()) as services:
        assert 1 == len(await services.keys.revoked_grants())


def test_the_look_comes_each_minute() -> None:
    assert 60_000 == limits.END_GRANTS_INTERVAL_MS
