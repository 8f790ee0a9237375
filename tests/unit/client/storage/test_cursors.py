"""Places in lanes, kept heads, and what a session begins with."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, connect_to, new_device, sync
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.cursors import (
    Cursor,
    cursor_of,
    has_foreign_outbox,
    highest_head,
    is_forked,
    keep_signed_head,
    known_lanes,
    lane_hash_at,
    note_heads,
    revoked_grants,
    session_start,
    set_cursor,
    unnoted_heads,
)
from trailmark_shared import chain, limits
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.ids import SELF, DeviceId, care_lane
from trailmark_shared.protocol.messages import LaneWelcome, SignedHead


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


@pytest.fixture
def home(app: App) -> Home:
    made = Home(app.identity.space)
    connect_to(app, made)
    return made


def head(seq: int) -> SignedHead:
    return SignedHead(seq=seq, hash=bytes(32), time=1, signature=bytes(64))


def test_a_lane_begins_at_genesis(app: App) -> None:
    assert app.read(lambda conn: cursor_of(conn, SELF)) == Cursor(0, chain.GENESIS)
    assert app.read(lambda conn: lane_hash_at(conn, SELF, 0)) == chain.GENESIS
    assert app.read(lambda conn: lane_hash_at(conn, SELF, 1)) is None
    assert app.read(lambda conn: highest_head(conn, SELF)) is None


def test_going_back_takes_the_verified_place_along(app: App) -> None:
    app.write(lambda conn: set_cursor(conn, SELF, Cursor(9, bytes(32))))
    app.write(lambda conn: conn.execute("UPDATE cursor SET verified_to = 8"))

    app.write(lambda conn: set_cursor(conn, SELF, Cursor(5, bytes(32))))

    verified = "SELECT seq, verified_to FROM cursor"
    assert app.read(lambda conn: conn.execute(verified).fetchall()) == [(5, 5)]


def test_near_heads_are_merged_far_ones_kept(app: App) -> None:
    half = limits.PAGE_EVENTS_MAX // 2
    kept = "SELECT seq, rows FROM signed_head ORDER BY seq"

    for seq in (half, 2 * half, 3 * half):
        app.write(lambda conn, seq=seq: keep_signed_head(conn, SELF, head(seq), half, 10))

    assert app.read(lambda conn: conn.execute(kept).fetchall()) == [
        (2 * half, 2 * half),
        (3 * half, half),
    ]
    assert app.read(lambda conn: highest_head(conn, SELF)) == head(3 * half)


def test_heads_with_too_many_bytes_between_them_are_kept(app: App) -> None:
    for seq in (1, 2):
        app.write(
            lambda conn, seq=seq: keep_signed_head(conn, SELF, head(seq), 1, limits.PAGE_BYTES_MAX)
        )

    assert app.read(lambda conn: conn.execute("SELECT seq FROM signed_head").fetchall()) == [
        (1,),
        (2,),
    ]


async def test_a_session_begins_with_places_at_doubling_distances(app: App, home: Home) -> None:
    for number in range(10):
        add_reflection(app, f"reflection {number}")
    add_goal(app, "Walk", CARE)
    await sync(app, home)
    add_goal(app, "Swim", CARE)

    start = app.read(lambda conn: session_start(conn, app.identity, 77))

    assert start.now == 77
    assert [lane.lane for lane in start.lanes] == [CARE, SELF]
    own = start.lanes[1]
    assert (own.cursor, [seq for seq, _ in own.back]) == (10, [9, 8, 6, 2])
    assert own.back[0][1] == home.lane(SELF).hash_at(9)
    assert (start.needs_epoch, list(start.held)) == (False, [])


def test_every_known_revocation_is_named(app: App) -> None:
    for grant in (b"1" * 16, b"2" * 16):
        app.write(lambda conn, grant=grant: app.recorder.record(conn, CARE, grant, AccessRevoked()))

    assert app.read(revoked_grants) == [b"2" * 16, b"1" * 16]


def test_revocations_over_the_bound_of_hello_are_told_too(app: App) -> None:
    grants = [number.to_bytes(16) for number in range(limits.REVOKED_GRANTS_MAX + 1)]

    def revoke(conn: Connection) -> None:
        for grant in grants:
            app.recorder.record(conn, CARE, grant, AccessRevoked())

    app.write(revoke)
    start = app.read(lambda conn: session_start(conn, app.identity, 77))

    assert list(reversed(grants)) == start.revoked
    assert len(start.hello().revoked) == limits.REVOKED_GRANTS_MAX


async def test_the_head_that_the_server_told_is_noted(app: App, home: Home) -> None:
    for number in range(3):
        add_reflection(app, f"reflection {number}")
    await sync(app, home)
    here = msgspec.structs.replace(told(0, bytes(32)), head=3)
    behind = msgspec.structs.replace(here, head=5)
    new = msgspec.structs.replace(here, lane=CARE)

    assert app.read(lambda conn: unnoted_heads(conn, [here])) == []

    heads = app.read(lambda conn: unnoted_heads(conn, [behind, new]))
    app.write(lambda conn: note_heads(conn, heads))

    noted = "SELECT lane, seq, head FROM cursor ORDER BY lane"
    assert app.read(lambda conn: conn.execute(noted).fetchall()) == [(CARE, 0, 3), (SELF, 3, 5)]


async def test_lanes_that_a_server_made_up_crowd_nothing_out_and_are_forgotten(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SESSION_MAX", 2)
    add_reflection(app, "one")
    await sync(app, home)
    made_up = [care_lane(number.to_bytes(16)) for number in range(5)]
    app.write(lambda conn: note_heads(conn, [(lane, 1) for lane in made_up]))

    named = app.read(known_lanes)
    while len(named) > 1:
        nothing = [(lane, 0) for lane in named if lane != SELF]
        app.write(lambda conn, nothing=nothing: note_heads(conn, nothing))
        assert SELF in named
        named = app.read(known_lanes)

    noted = "SELECT lane, seq, head FROM cursor"
    assert [(SELF, 1, 1)] == app.read(lambda conn: conn.execute(noted).fetchall())


async def test_what_waits_to_be_sent_is_named_before_what_was_read(
    app: App, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SESSION_MAX", 1)
    add_reflection(app, "one")
    await sync(app, home)
    fresh = care_lane(b"z" * 16)
    add_goal(app, "two", fresh)

    assert [fresh] == app.read(known_lanes)


def test_events_of_another_identity_need_a_new_epoch(app: App) -> None:
    add_goal(app, "one")
    other = msgspec.structs.replace(app.identity, device=DeviceId(b"x" * 16))

    assert not app.read(lambda conn: has_foreign_outbox(conn, app.identity))
    assert app.read(lambda conn: has_foreign_outbox(conn, other))
    # In an imported lane they stay whose they are.
    app.write(lambda conn: conn.execute("INSERT INTO archived_lane VALUES (?)", (SELF,)))
    assert not app.read(lambda conn: has_foreign_outbox(conn, other))


def told(high: int, hash_: bytes) -> LaneWelcome:
    return LaneWelcome(
        lane=SELF,
        head=0,
        head_hash=bytes(32),
        device_high=high,
        device_hash=hash_,
        rewind=None,
    )


async def test_a_fork_is_seen_wherever_the_servers_end_stands(app: App, home: Home) -> None:
    for number in range(2):
        add_reflection(app, f"reflection {number}")
    await sync(app, home)
    for number in range(2):
        add_reflection(app, f"more {number}")
    hashes = app.read(lambda conn: conn.execute("SELECT hash FROM event ORDER BY pos").fetchall())

    def forked(high: int, hash_: bytes) -> bool:
        return app.read(lambda conn: is_forked(conn, app.identity, [told(high, hash_)]))

    assert not forked(0, bytes(32))
    assert [forked(high, hash_) for high, (hash_,) in enumerate(hashes, start=1)] == [False] * 4
    assert [forked(high, bytes(32)) for high in (1, 2, 3, 4, 5)] == [True] * 5
