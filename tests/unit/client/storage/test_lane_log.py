"""The server's log of a lane as a device holds it, and the grants that it gives."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, connect_to, new_device, share, sync
from tests.support.home import Home
from tests.support.lane_devices import granted
from trailmark_client.app import App
from trailmark_client.storage.lane_log import LoggedGrant, fetched_lanes, log_grants, log_rows
from trailmark_shared.events.access import AccessRevoked


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[tuple[App, Home]]:
    with new_device(tmp_path) as device:
        home = Home(device.identity.space)
        connect_to(device, home)
        yield device, home


async def test_the_rows_are_those_of_the_server(at_home: tuple[App, Home]) -> None:
    device, home = at_home
    await share(device, home)
    add_goal(device, "not sent yet", CARE)

    assert home.lane(CARE).rows == device.read(lambda conn: list(log_rows(conn, CARE)))
    assert [CARE] == device.read(fetched_lanes)


async def test_a_device_that_fetched_nothing_has_no_log(at_home: tuple[App, Home]) -> None:
    device, _ = at_home
    add_goal(device, "not sent yet", CARE)

    assert [] == device.read(fetched_lanes)
    assert [] == device.read(lambda conn: list(log_rows(conn, CARE)))


async def test_a_grant_is_told_with_the_rows_that_give_and_take_it(
    at_home: tuple[App, Home],
) -> None:
    device, home = at_home
    grant = await share(device, home, goals=1)
    expected = LoggedGrant(grant=grant, granted=granted(), seq=1, revoked_seq=None)
    assert [expected] == device.read(lambda conn: log_grants(conn, CARE))

    for _ in range(2):
        device.write(lambda conn: device.recorder.record(conn, CARE, grant, AccessRevoked()))
    await sync(device, home)

    [found] = device.read(lambda conn: log_grants(conn, CARE))
    assert (1, 3) == (found.seq, found.revoked_seq)
