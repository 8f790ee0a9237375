"""A person's own copy of a lane: what the server signed, checked by whoever gets it."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    share,
    sync,
)
from tests.support.exports import check
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.queries.lane_export import export_lane, lane_meant
from trailmark_client.queries.lane_reports import heads
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.ids import DEVICES, SELF, care_lane, text_from_id
from trailmark_shared.phrases import told_head_from_text

NOW = 1_800_000_000_000
OTHER = care_lane(b"d" * 16)


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[tuple[App, Home]]:
    with new_device(tmp_path) as device:
        home = Home(device.identity.space)
        connect_to(device, home)
        yield device, home


async def test_it_fits_and_its_words_are_those_that_the_device_shows(
    at_home: tuple[App, Home],
) -> None:
    device, home = at_home
    grant = await share(device, home)
    add_goal(device, "not sent yet", CARE)

    header, lines = device.read(
        lambda conn: (
            (found := export_lane(conn, device.identity, CARE, NOW))[0],
            list(found[1]),
        )
    )

    told = told_head_from_text(device.read(heads)[CARE])
    checked = check(lines, told)
    assert (5, 5, 0, True) == (
        checked.entries,
        checked.verified_to,
        checked.misfits_in_all,
        checked.words_match,
    )
    assert (NOW, None, CARE) == (header.made_at, header.made_for, header.lane)
    assert [(text_from_id(grant), 1)] == [(each.grant, each.seq) for each in header.consents]


async def test_without_a_signature_over_the_last_entry_there_is_no_export(
    at_home: tuple[App, Home],
) -> None:
    device, home = at_home
    await share(device, home)
    device.write(lambda conn: conn.execute("DELETE FROM signed_head"))

    with pytest.raises(IntegrityError) as refused:
        device.read(lambda conn: export_lane(conn, device.identity, CARE, NOW))
    assert ErrorCode.CORRUPT_LOG is refused.value.code


async def test_the_one_shared_lane_is_meant_where_none_is_named(at_home: tuple[App, Home]) -> None:
    device, home = at_home
    add_reflection(device, "private")
    # Another device is let in: what devices tell each other is no shared lane.
    laptop = msgspec.structs.replace(device.identity.secrets, sign_seed=b"l" * 32).holder
    device.write(lambda conn: device.key_sharing.let_in(conn, laptop, "laptop"))
    await share(device, home)
    assert DEVICES in device.read(heads)

    assert CARE == device.read(lambda conn: lane_meant(conn, None))
    assert CARE == device.read(lambda conn: lane_meant(conn, CARE[:7]))
    assert SELF == device.read(lambda conn: lane_meant(conn, "self"))


async def test_a_lane_that_is_not_here_or_not_the_only_one_is_refused(
    at_home: tuple[App, Home],
) -> None:
    device, home = at_home
    with pytest.raises(DomainError) as unknown:
        device.read(lambda conn: lane_meant(conn, None))

    await share(device, home)
    add_goal(device, "elsewhere", OTHER)
    await sync(device, home)
    with pytest.raises(DomainError) as several:
        device.read(lambda conn: lane_meant(conn, "care"))

    assert (ErrorCode.NOT_FOUND, ErrorCode.AMBIGUOUS_ID) == (unknown.value.code, several.value.code)
