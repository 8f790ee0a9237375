"""Devices of one person in folders of a test, joined to a home server in memory."""

from pathlib import Path

import msgspec

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.home import Home
from tests.support.lane_devices import granted
from trailmark_adapters.database import Database
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App, open_app, open_async
from trailmark_client.identity import Identity
from trailmark_client.live_session import Ports
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted, GoalReworded
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import SELF, Lane, care_lane

CARE = care_lane(b"c" * 16)


def new_device(folder: Path, seed: int = 1, clock: FakeClock | None = None) -> App:
    """Return the app of a device that begins in ``folder`` with the chance of ``seed``."""
    return open_app(folder, clock=clock or FakeClock(), randomness=SeededRandomness(seed))


def connect_to(app: App, home: Home, *, private_copy: bool = True) -> None:
    """Let a device be at home on ``home``, as if it had redeemed an invitation there."""

    def connected(current: Identity) -> Identity:
        return msgspec.structs.replace(
            current, server=home.server(), credential="tmd_test", private_copy=private_copy
        )

    app.write(lambda _conn: app.identity_file.update(connected))


def same_person(app: App, first: App) -> None:
    """Give a device that wrote nothing the space and keys of another one."""

    def joined(current: Identity) -> Identity:
        return msgspec.structs.replace(
            current,
            space=first.identity.space,
            vault_keys=first.identity.vault_keys,
        )

    app.write(lambda _conn: app.identity_file.update(joined))


def add_goal(app: App, title: str, lane: Lane = SELF) -> bytes:
    """Record a goal and return its id."""
    goal = app.recorder.new_subject()
    app.write(lambda conn: app.recorder.record(conn, lane, goal, GoalDrafted(title=title)))
    return goal


def reword_goal(app: App, goal: bytes, title: str) -> None:
    """Record that a goal of ``self`` reads otherwise, in view of how it reads now."""

    def work(conn: Connection) -> None:
        base = app.recorder.base_of(conn, SELF, goal, "title")
        data = GoalReworded(title=title)
        app.recorder.record(conn, SELF, goal, data, reason=Reason(code="clarified"), base=base)

    app.write(work)


def add_reflection(app: App, text: str) -> bytes:
    """Record a reflection and return its id."""
    subject = app.recorder.new_subject()
    app.write(lambda conn: app.recorder.record(conn, SELF, subject, ReflectionWritten(text=text)))
    return subject


def replicator(app: App, database: Database, home: Home) -> Replicator:
    """Return a replicator over a device's open database."""
    return Replicator(Ports(database, app.vault, app.clock, app.randomness), home.connect)


async def sync(app: App, home: Home) -> Ended:
    """Let a device exchange everything once."""
    async with open_async(app) as database:
        return await replicator(app, database, home).sync_once()


async def share(app: App, home: Home, goals: int = 4) -> bytes:
    """Let a device let a therapist into ``CARE``, write goals there, and exchange everything.

    Returns:
        The grant.
    """
    grant = app.recorder.new_subject()
    app.write(lambda conn: app.recorder.record(conn, CARE, grant, granted()))
    for number in range(goals):
        add_goal(app, f"goal {number}", CARE)
    await sync(app, home)
    return grant


def ids_of_subject(conn: Connection, lane: str, subject: bytes) -> list[bytes]:
    """Return the ids of all events of a subject in a lane that still have words."""
    rows = conn.execute(
        "SELECT DISTINCT id FROM event WHERE lane = ? AND subject = ? AND body IS NOT NULL"
        " ORDER BY id",
        (lane, subject),
    )
    return [event_id for (event_id,) in rows.fetchall()]
