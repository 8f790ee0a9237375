"""Sessions keep their hour, and the list knows which comes next."""

import pytest

from tests.support.shared_lanes import DAY_MS, HOUR_MS
from tests.support.web_site import START, THERAPIST, new_site
from trailmark_server.members.meetings import Meetings, NewMeeting, meetings_of, note_meeting
from trailmark_server.storage.accounts import Acquaintance
from trailmark_shared.errors import DomainError, RefusedError
from trailmark_shared.ids import DeviceId, SpaceId

SPACE = SpaceId(bytes([9]) * 16)
WEEK_MS = 7 * DAY_MS


def known(meets_at: int | None, every: int, zone: str = "") -> Acquaintance:
    return Acquaintance(
        therapist=THERAPIST.id,
        space=SPACE,
        device=DeviceId(bytes(16)),
        label="Mira",
        joined_at=0,
        meets_at=meets_at,
        meets_every_weeks=every,
        meets_zone=zone,
    )


@pytest.mark.parametrize(
    ("row", "last", "following"),
    [
        (None, None, None),
        (known(None, 1), None, None),
        (known(START + 1, 0), None, START + 1),
        (known(START, 0), START, None),
        (known(START + 1, 1), None, START + 1),
        (known(START, 1), START, START + WEEK_MS),
        (known(START - 5 * WEEK_MS, 2), START - WEEK_MS, START + WEEK_MS),
    ],
)
def test_sessions_before_and_after_now(
    row: Acquaintance | None, last: int | None, following: int | None
) -> None:
    found = meetings_of(row, START)

    assert (last, following) == (found.last, found.next)


def test_a_session_keeps_its_hour_when_the_clocks_change() -> None:
    """Berlin leaves summer time on 25 October 2026."""
    found = meetings_of(known(START, 4, "Europe/Berlin"), START + DAY_MS)

    assert Meetings(last=START, next=START + 4 * WEEK_MS + HOUR_MS, zone="Europe/Berlin") == found


async def test_it_is_noted_and_forgotten() -> None:
    site = await new_site()
    await site.know(SPACE, "Mira")
    found: list[tuple[int | None, int]] = []
    for at in ("2026-10-06T18:00", ""):
        meeting = NewMeeting(at=at, every_weeks=1, zone="Europe/Berlin")
        await note_meeting(site.services, site.signed_in, SPACE, meeting)
        row = await site.services.accounts.read(lambda rows: rows.acquaintance(THERAPIST.id, SPACE))
        assert row is not None
        found.append((row.meets_at, row.meets_every_weeks))

    assert [(START + WEEK_MS, 1), (None, 1)] == found


@pytest.mark.parametrize(
    ("at", "every"), [("soon", 0), ("1066-10-14T09:00", 0), ("2026-10-06T18:00", 3)]
)
async def test_what_is_no_time_is_said(at: str, every: int) -> None:
    site = await new_site()
    await site.know(SPACE, "Mira")

    with pytest.raises(DomainError):
        await note_meeting(
            site.services,
            site.signed_in,
            SPACE,
            NewMeeting(at=at, every_weeks=every, zone="Mars/Olympus"),
        )


async def test_nothing_is_noted_about_strangers() -> None:
    site = await new_site()

    with pytest.raises(RefusedError):
        await note_meeting(
            site.services, site.signed_in, SPACE, NewMeeting(at="", every_weeks=0, zone="")
        )
