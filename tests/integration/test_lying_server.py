"""A server with its own key changes what it signed: each way of it is found by the one named.

The devices are whole (store, session, replicator); the server is a real session over a log that a
test rewrites. What no device can find alone is said to be so, and found by comparing words.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, connect_to, new_device, same_person, share, sync
from tests.support.exports import row_of, written_again
from tests.support.home import Wire
from tests.support.lane_devices import ACTOR, LaneDevice
from tests.support.lying_home import LyingHome
from trailmark_client.app import App
from trailmark_client.queries.lane_reports import LaneReport, heads, lane_reports
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import SELF
from trailmark_shared.protocol import messages


class World:
    """One person with a phone and a laptop, and the server that lies to them."""

    def __init__(self, folder: Path) -> None:
        self.phone = new_device(folder / "phone", 1)
        self.laptop = new_device(folder / "laptop", 2)
        same_person(self.laptop, self.phone)
        self.home = LyingHome(self.phone.identity.space)
        connect_to(self.phone, self.home)
        connect_to(self.laptop, self.home)

    def rows(self) -> list[Row]:
        return list(self.home.lane(CARE).rows)

    async def synced(self, app: App) -> ErrorCode | None:
        """Let a device exchange everything, and return what stopped it."""
        return (await sync(app, self.home)).code


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    made = World(tmp_path)
    await share(made.phone, made.home)
    yield made
    made.phone.close()
    made.laptop.close()


def report(app: App) -> LaneReport:
    damages = app.read(lambda conn: verify_all(conn, app.vault))
    reports = app.read(lambda c: lane_reports(c, app.identity, "2026-11-22", damages))
    return next(each for each in reports if each.lane == CARE)


def flaws(app: App) -> list[tuple[str, int | None]]:
    return [(each.what, each.seq) for each in app.read(lambda c: verify_all(c, app.vault))]


def words_of(app: App) -> set[bytes]:
    """Return the ids of everything whose words this device holds."""
    rows = app.read(lambda c: c.execute("SELECT id FROM event WHERE body IS NOT NULL").fetchall())
    return {event for (event,) in rows}


def with_other_words(event: Event) -> Event:
    assert event.body is not None
    return written_again(event, body=event.body.replace(b"goal", b"gaol"))


def changed(rows: list[Row], seq: int, **fields: object) -> list[Row]:
    """Return rows with other fields in one of them."""
    rows[seq - 1] = msgspec.structs.replace(rows[seq - 1], **fields)
    return rows


# --- other words ---------------------------------------------------------------------------------


async def test_other_words_in_a_row_that_is_held_stop_the_device(world: World) -> None:
    honest, kept = world.home.backup(), words_of(world.phone)
    world.home.rewrite(CARE, lambda r: changed(r, 3, event=with_other_words(r[2].event)))

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)
    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)

    found = report(world.phone)
    assert (False, True) == (found.verified, found.altered_at is not None)
    assert kept == words_of(world.phone)
    world.home.restore(honest)
    assert await world.synced(world.phone) is None
    assert report(world.phone).verified


async def test_other_words_in_an_entry_before_its_row_is_seen_stop_its_author(
    world: World,
) -> None:
    """The server answers "sent", and puts other words under the entry's id into the log."""
    add_goal(world.phone, "goal 4", CARE)
    (event,) = world.phone.read(lambda c: c.execute("SELECT id FROM event WHERE seq IS NULL"))
    kept = words_of(world.phone)
    forged = LaneDevice(CARE, seed=9, space=world.home.space)
    world.home.rewrite(
        CARE, lambda r: [*r, row_of(forged.write(b'{"other":"words"}', event_id=event[0]))]
    )

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)
    assert kept == words_of(world.phone)


async def test_another_device_cannot_know_but_its_words_differ(world: World) -> None:
    """Who never saw the entry has nothing to compare it with, until people compare."""
    world.home.rewrite(CARE, lambda r: changed(r, 5, event=with_other_words(r[4].event)))

    assert await world.synced(world.laptop) is None
    assert report(world.laptop).verified
    assert report(world.phone).head != report(world.laptop).head
    assert 5 == report(world.laptop).verified_to


async def test_other_words_break_the_chain_of_their_device_for_who_verifies(world: World) -> None:
    world.home.rewrite(CARE, lambda r: changed(r, 3, event=with_other_words(r[2].event)))
    await world.synced(world.laptop)

    assert [("chain", 4)] == flaws(world.laptop)
    assert (False, 3) == (report(world.laptop).verified, report(world.laptop).verified_to)


class Boasting(Wire):
    """A server that claims refusals which never happened."""

    async def send(self, frame: bytes) -> None:
        await super().send(frame)
        if isinstance(push := self.sent[-1], messages.Push):
            said = [messages.Refusal(dseq=dseq, code="malformed_body") for dseq in range(1, 500)]
            self.say(messages.Pushed(lane=push.lane, epoch=push.epoch, upto=9, refused=said))


async def test_a_refusal_without_a_row_is_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(*_: str) -> Wire:
        world.home.wires.append(Boasting(world.home, None))
        return world.home.wires[-1]

    monkeypatch.setattr(world.home, "connect", connect)
    add_goal(world.phone, "goal 4", CARE)

    ended = await sync(world.phone, world.home)

    assert (True, 0) == (ended.is_done, ended.refused)


# --- what the server adds ------------------------------------------------------------------------


async def test_somebody_else_as_the_writer_of_an_own_entry_stops_the_device(world: World) -> None:
    world.home.rewrite(CARE, lambda r: changed(r, 3, actor=ACTOR))

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)


@pytest.mark.parametrize("fields", [{"received_at": 1}, {"offset": 7}])
async def test_other_times_show_as_a_log_that_went_back(
    world: World, fields: dict[str, int]
) -> None:
    """The times that were signed come back beside the new ones; the person sees it happened."""
    before = report(world.phone).head
    world.home.rewrite(CARE, lambda r: changed(r, 3, **fields))

    assert await world.synced(world.phone) is None

    found = report(world.phone)
    assert [(5, 1)] == [(each.upto, each.point) for each in found.restored]
    assert before != found.head


async def test_a_refusal_afterwards_takes_no_words_from_a_device(world: World) -> None:
    kept = words_of(world.phone)
    world.home.rewrite(
        CARE, lambda r: changed(r, 5, event=without_body(r[4].event), code="too_large")
    )

    await world.synced(world.phone)

    assert kept == words_of(world.phone)
    assert report(world.phone).restored


@pytest.mark.parametrize("fields", [{"received_at": 1}, {"actor": ACTOR}, {"code": "aside"}])
async def test_a_server_that_hides_it_is_found_by_its_own_head(
    world: World, fields: dict[str, object]
) -> None:
    world.home.rewrite(CARE, lambda r: changed(r, 5, **fields))
    world.home.admits_nothing = True

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)
    assert report(world.phone).altered_at is not None


# --- rows that are gone or moved -----------------------------------------------------------------


async def test_a_row_dropped_in_the_middle_is_named_and_leaves_a_mark(world: World) -> None:
    """Once it is taken back nothing is missing, but the log keeps the place where it skipped."""
    world.home.rewrite(CARE, lambda r: [*r[:2], *r[3:]])
    world.home.drops_offers = True
    assert await world.synced(world.phone) is None
    found = report(world.phone)
    assert not found.verified
    assert [(3, True)] == [(each.seq, each.own) for each in found.missing]

    world.home.drops_offers = False
    assert await world.synced(world.phone) is None

    found = report(world.phone)
    assert [("chain", 3)] == flaws(world.phone)
    assert (False, [], 2) == (found.verified, found.missing, found.verified_to)
    assert found.restored


async def test_a_row_dropped_in_the_middle_is_a_gap_for_who_never_had_it(world: World) -> None:
    world.home.rewrite(CARE, lambda r: [*r[:2], *r[3:]])
    await world.synced(world.laptop)

    assert [("chain", 3)] == flaws(world.laptop)


async def test_rows_that_changed_places_are_found_by_who_verifies(world: World) -> None:
    world.home.rewrite(CARE, lambda r: [r[0], r[2], r[1], *r[3:]])
    await world.synced(world.laptop)

    assert ("chain", 2) in flaws(world.laptop)


async def test_a_tail_cut_off_without_a_word_stops_the_device(world: World) -> None:
    world.home.rewrite(CARE, lambda r: r[:3])
    world.home.admits_nothing = True

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)
    found = report(world.phone)
    assert (False, 5) == (found.verified, found.entries)


async def test_a_tail_cut_off_is_taken_back_and_said(world: World) -> None:
    before = report(world.phone).head
    world.home.rewrite(CARE, lambda r: r[:3])

    assert await world.synced(world.phone) is None

    found = report(world.phone)
    assert (True, before, []) == (found.verified, found.head, found.missing)
    assert [(5, 3)] == [(each.upto, each.point) for each in found.restored]


async def test_a_tail_that_the_server_will_not_take_back_is_named(world: World) -> None:
    """Its author sends its own entries anew; what others wrote is named for ever."""
    await world.synced(world.laptop)
    world.home.rewrite(CARE, lambda r: r[:3])
    world.home.refuses_offers = True

    assert await world.synced(world.laptop) is None

    found = report(world.laptop)
    assert not found.verified
    assert [(4, False), (5, False)] == [(each.seq, each.own) for each in found.missing]
    assert {"goal_drafted"} == {each.type for each in found.missing}
    assert await world.synced(world.phone) is None
    assert report(world.phone).verified


async def test_a_lane_that_is_not_mentioned_any_more_stops_the_device(world: World) -> None:
    world.home.admits_nothing = True
    del world.home.lanes[CARE]
    world.home.lanes.pop(SELF, None)

    assert ErrorCode.ALTERED_HISTORY is await world.synced(world.phone)


# --- forks, insertions, bodies that are gone -----------------------------------------------------


async def test_two_devices_that_are_shown_different_logs_see_different_words(world: World) -> None:
    """They find it by comparing, or as soon as one of them is shown the other's log."""
    shown_to_phone = world.home.backup()
    world.home.rewrite(CARE, lambda r: r[:4])
    await world.synced(world.laptop)
    add_goal(world.laptop, "only the laptop sees this", CARE)
    await world.synced(world.laptop)
    shown_to_laptop = world.home.backup()

    said = [app.read(heads)[CARE].partition(": ") for app in (world.phone, world.laptop)]
    assert ["as of entry 5"] * 2 == [place for place, _, _ in said]
    assert said[0] != said[1]

    world.home.restore(shown_to_phone)
    await world.synced(world.laptop)
    assert report(world.laptop).restored
    assert words_of(world.laptop) >= {
        row.event.id for log in (shown_to_phone, shown_to_laptop) for row in log[CARE].rows
    }


async def test_a_row_in_somebodys_name_is_not_found(world: World) -> None:
    """Not covered: devices do not sign yet. It stands on the person's own devices, though."""
    invented = LaneDevice(CARE, seed=9, space=world.home.space).shares("never written")
    world.home.rewrite(CARE, lambda r: [*r, row_of(invented)])

    assert await world.synced(world.phone) is None
    assert report(world.phone).verified
    assert invented.id in words_of(world.phone)


async def test_a_row_under_the_devices_own_numbering_makes_it_begin_anew(world: World) -> None:
    last = world.rows()[-1].event
    forged = written_again(
        last, id=bytes(15) + b"f", dseq=last.dseq + 1, prev=last.hash, body=b'{"never":"written"}'
    )
    before = world.phone.identity.epoch
    world.home.rewrite(CARE, lambda r: [*r, row_of(forged)])
    add_goal(world.phone, "mine", CARE)

    assert await world.synced(world.phone) is None
    assert before != world.phone.identity.epoch
    assert words_of(world.phone) >= {row.event.id for row in world.rows()}


async def test_words_that_are_gone_without_a_reason_are_found_by_who_verifies(
    world: World,
) -> None:
    world.home.rewrite(CARE, lambda r: changed(r, 5, event=without_body(r[4].event)))
    await world.synced(world.laptop)

    assert [("stub", 5)] == flaws(world.laptop)
    assert not report(world.laptop).verified


async def test_words_that_are_gone_on_the_server_stay_where_they_are_held(world: World) -> None:
    kept = words_of(world.phone)
    world.home.rewrite(CARE, lambda r: changed(r, 3, event=without_body(r[2].event), offset=1))

    await world.synced(world.phone)

    assert kept == words_of(world.phone)
    found = report(world.phone)
    assert not found.verified
    assert [3] == [each.seq for each in found.missing]
