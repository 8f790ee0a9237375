"""How far each lane is proven, and why one is not."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    same_person,
    share,
    sync,
)
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.queries.lane_reports import (
    LaneReport,
    MissingEntry,
    head_of,
    heads,
    lane_reports,
    verified_to,
)
from trailmark_client.storage.doubts import close_doubts, note_doubts
from trailmark_client.storage.verification import Damage
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.phrases import told_head

DAY = "2026-11-22"


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[tuple[App, Home]]:
    with new_device(tmp_path) as device:
        home = Home(device.identity.space)
        connect_to(device, home)
        await share(device, home)
        yield device, home


def reports(app: App, damages: Sequence[Damage] = ()) -> dict[str, LaneReport]:
    found = app.read(lambda conn: lane_reports(conn, app.identity, DAY, damages))
    return {each.lane: each for each in found}


def damage(seq: int | None, lane: str = CARE) -> Damage:
    return Damage(what="body", lane=lane, seq=seq, event=b"e" * 16)


async def test_a_lane_that_fits_has_words_for_its_last_entry(at_home: tuple[App, Home]) -> None:
    device, home = at_home
    add_reflection(device, "not sent yet")

    found = reports(device)

    words = told_head(home.lane(CARE).hash_at(5), 5)
    care = found[CARE]
    assert (True, 5, 5, words) == (care.verified, care.entries, care.verified_to, care.head)
    assert ["Dr Demo"] == care.seen_by
    private = found[SELF]
    assert (True, 0, None) == (private.verified, private.entries, private.head)
    assert {CARE: words} == device.read(heads)


async def test_a_flaw_ends_what_is_proven_before_it(at_home: tuple[App, Home]) -> None:
    device, home = at_home

    found = reports(device, [damage(4), damage(3), damage(1, SELF)])[CARE]

    words = told_head(home.lane(CARE).hash_at(2), 2)
    assert (False, 2, words) == (found.verified, found.verified_to, found.head)


async def test_a_flaw_of_what_is_not_sent_leaves_the_log_proven(at_home: tuple[App, Home]) -> None:
    device, _ = at_home

    found = reports(device, [damage(None)])[CARE]

    assert (False, 5) == (found.verified, found.verified_to)
    assert 5 == verified_to(5, [damage(None)])


async def test_nothing_proven_has_no_words(at_home: tuple[App, Home]) -> None:
    device, _ = at_home

    assert None is reports(device, [damage(1)])[CARE].head
    assert None is device.read(lambda conn: head_of(conn, CARE, 9))


async def test_a_doubt_is_over_and_still_told(at_home: tuple[App, Home]) -> None:
    device, _ = at_home
    device.write(lambda conn: note_doubts(conn, [CARE], 7))
    before = reports(device)[CARE]
    device.write(close_doubts)
    after = reports(device)[CARE]

    assert [(False, 7), (True, 7)] == [(each.verified, each.altered_at) for each in (before, after)]


async def test_what_a_restored_server_does_not_take_back_is_named(
    at_home: tuple[App, Home], tmp_path: Path
) -> None:
    """The other device holds what this one wrote; this one could send its own again."""
    device, home = at_home
    backup = home.backup()
    add_goal(device, "after the backup", CARE)
    await sync(device, home)
    lost = home.lane(CARE).rows[-1]
    with new_device(tmp_path / "laptop", 2) as laptop:
        same_person(laptop, device)
        connect_to(laptop, home)
        await sync(laptop, home)
        home.restore(backup)
        home.refuses_offers = True

        await sync(laptop, home)

        found = reports(laptop)[CARE]
    assert (False, 1, 0) == (found.verified, found.missing_in_all, found.held)
    assert [(6, 5)] == [(each.upto, each.point) for each in found.restored]
    expected = MissingEntry(
        event=text_from_id(lost.event.id),
        seq=6,
        device=text_from_id(device.identity.device),
        own=False,
        actor="person",
        received_at=lost.received_at,
        type="goal_drafted",
        day=found.missing[0].day,
    )
    assert [expected] == found.missing
