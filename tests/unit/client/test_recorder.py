"""Recording: sealed where it must be, chained, folded, and all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, add_reflection, ids_of_subject, new_device
from tests.support.fakes import FakeClock
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.commands.when import When
from trailmark_client.recorder import Recorder
from trailmark_client.storage.read_models import body_from_bytes, entries_of
from trailmark_shared import chain
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError
from trailmark_shared.events.body import Reason
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalActivated, GoalDrafted, GoalReworded
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.ids import PLAIN, SELF, text_from_id


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


SPACE = b"s" * 16


def rewording(app: App, conn: Connection, goal: bytes, title: str) -> bytes:
    base = app.recorder.base_of(conn, SELF, goal, "title")
    reason = Reason(code="clarified")
    data = GoalReworded(title=title)
    return app.recorder.record(conn, SELF, goal, data, reason=reason, base=base).id


def test_events_of_self_are_sealed_and_open_again(app: App) -> None:
    goal = add_goal(app, "Walk to the lake")

    [(key, body)] = app.read(lambda conn: conn.execute("SELECT key, body FROM event").fetchall())
    [entry] = app.read(lambda conn: entries_of(conn, SELF, goal))

    assert key == app.identity.newest_key.id
    assert b"lake" not in body
    assert entry.body.data == GoalDrafted(title="Walk to the lake")


def test_events_of_shared_lanes_are_plain(app: App) -> None:
    add_goal(app, "Walk", CARE)

    [(key, body)] = app.read(lambda conn: conn.execute("SELECT key, body FROM event").fetchall())

    assert key == PLAIN
    assert b"Walk" in body


def test_control_events_are_plain(app: App) -> None:
    data = SubjectErased(events=(text_from_id(b"e" * 16),))

    event = app.write(lambda conn: app.recorder.record(conn, SELF, b"d" * 16, data))
    body = body_from_bytes(event.body)

    assert event.key == PLAIN
    assert body is not None
    assert data == body.data


def test_events_of_one_lane_are_one_chain(app: App) -> None:
    for title in ("one", "two"):
        add_goal(app, title)
    add_goal(app, "elsewhere", CARE)

    rows = app.read(
        lambda conn: conn.execute(
            "SELECT lane, dseq, prev, hash FROM event ORDER BY pos"
        ).fetchall()
    )

    assert [(lane, dseq) for lane, dseq, _, _ in rows] == [(SELF, 1), (SELF, 2), (CARE, 1)]
    assert [prev for _, _, prev, _ in rows] == [chain.GENESIS, rows[0][3], chain.GENESIS]


def test_what_follows_in_a_lane_stands_together_in_an_index(app: App) -> None:
    for _ in range(3):
        add_goal(app, "Walk", CARE)

    events = app.read(lambda conn: conn.execute("SELECT id FROM event").fetchall())

    assert [event[:1] for (event,) in events] == [app.identity.epoch[:1]] * 3
    assert len(set(events)) == 3


def test_what_an_event_is_about_tells_nothing_of_where_it_began(app: App) -> None:
    class Known:
        def token(self, length: int) -> bytes:
            return bytes([app.identity.epoch[0] ^ 0xFF]) * length

    assert Recorder(app.vault, app.clock, Known()).new_subject() == Known().token(16)


def test_an_error_in_the_same_transaction_takes_everything_back(app: App) -> None:
    def work(conn: Connection) -> None:
        goal = app.recorder.new_subject()
        app.recorder.record(conn, SELF, goal, GoalDrafted(title="Walk"))
        app.recorder.record(conn, SELF, goal, GoalReworded(title="No reason given"))

    with pytest.raises(EventDataError) as raised:
        app.write(work)

    assert raised.value.code is ErrorCode.REASON_REQUIRED
    counts = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM document)"
    assert app.read(lambda conn: conn.execute(counts).fetchone()) == (0, 0)
    add_goal(app, "Walk")
    assert app.read(lambda conn: conn.execute("SELECT dseq FROM event").fetchall()) == [(1,)]


def test_when_is_now_unless_the_person_says_otherwise(tmp_path: Path) -> None:
    clock = FakeClock(1_700_000_000_000, "Asia/Tokyo")
    meant = When(occurred_at="2020-01-02T12:00:00+01:00", zone="Europe/Berlin", day="2020-01-02")
    with new_device(tmp_path, clock=clock) as app:
        goal = add_goal(app, "Walk")
        app.write(lambda conn: app.recorder.record(conn, SELF, goal, GoalActivated(), when=meant))
        first, second = app.read(lambda conn: entries_of(conn, SELF, goal))
        today = app.recorder.today()

    assert (first.body.day, first.body.zone) == ("2023-11-15", "Asia/Tokyo")
    assert (second.body.day, second.body.zone) == ("2020-01-02", "Europe/Berlin")
    assert first.body.recorded_at == second.body.recorded_at == clock.ms
    assert today == "2023-11-15"


def test_a_base_names_the_current_values_and_what_unconfirmed_ones_replaced(app: App) -> None:
    goal = add_goal(app, "one")

    def work(conn: Connection) -> tuple[bytes, ...]:
        rewording(app, conn, goal, "two")
        rewording(app, conn, goal, "three")
        return app.recorder.base_of(conn, SELF, goal, "title")

    named = app.write(work)
    ids = app.read(lambda conn: conn.execute("SELECT id FROM event ORDER BY pos DESC").fetchall())

    assert [(each,) for each in named] == ids


def test_a_base_of_nothing_is_empty(app: App) -> None:
    goal = add_goal(app, "one")

    assert app.read(lambda conn: app.recorder.base_of(conn, SELF, b"x" * 16, "title")) == ()
    assert app.read(lambda conn: app.recorder.base_of(conn, SELF, goal, "replaced_by")) == ()
    assert app.read(lambda conn: app.recorder.base_of(conn, SELF, goal, "frozen")) == ()


def test_the_base_of_what_was_erased_is_empty(app: App) -> None:
    goal = add_goal(app, "one")

    def work(conn: Connection) -> tuple[bytes, ...]:
        ids = tuple(map(text_from_id, ids_of_subject(conn, SELF, goal)))
        app.recorder.record(conn, SELF, goal, SubjectErased(events=ids))
        return app.recorder.base_of(conn, SELF, goal, "title")

    assert () == app.write(work)


def test_the_base_of_a_wish_is_the_open_wish(app: App) -> None:
    goal = add_goal(app, "one")
    wish = SharingWished(what="goal", audience="care")

    event = app.write(lambda conn: app.recorder.record(conn, SELF, goal, wish))

    assert app.read(lambda conn: app.recorder.base_of(conn, SELF, goal, "wish")) == (event.id,)


def test_recorded_at_is_the_device_time_of_an_event(app: App) -> None:
    add_goal(app, "one")
    [(event_id,)] = app.read(lambda conn: conn.execute("SELECT id FROM event").fetchall())

    def at(event: bytes) -> int:
        return app.read(lambda conn: app.recorder.recorded_at(conn, SELF, text_from_id(event)))

    assert at(event_id) == app.clock.now_ms()
    with pytest.raises(DomainError):
        at(b"x" * 16)


def test_recording_an_erasure_erases_here_and_now(app: App, tmp_path: Path) -> None:
    subject = add_reflection(app, "a secret sentence")
    kept = add_reflection(app, "another one")

    def erase(conn: Connection) -> None:
        ids = tuple(map(text_from_id, ids_of_subject(conn, SELF, subject)))
        app.recorder.record(conn, SELF, subject, SubjectErased(events=ids))

    app.write(erase)
    app.file.checkpoint()

    kinds = "SELECT subject, kind FROM document ORDER BY kind"
    assert app.read(lambda conn: conn.execute(kinds).fetchall()) == [
        (subject, "control"),
        (kept, "reflection"),
    ]
    assert all(b"secret sentence" not in path.read_bytes() for path in tmp_path.iterdir())
