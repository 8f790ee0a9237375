"""Erasing takes the words from everywhere and leaves the chains whole."""

from pathlib import Path

from tests.support.devices import CARE, add_goal, add_reflection, ids_of_subject, new_device
from trailmark_client.storage.erasure import (
    erase_events,
    erased_among,
)
from trailmark_client.storage.verification import verify_all
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import SELF, SubjectId

ID = SubjectId(b"1" * 16)


def test_only_the_named_events_of_the_lane_are_erased(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        gone, kept = add_reflection(app, "gone"), add_reflection(app, "kept")
        ids = app.read(lambda conn: ids_of_subject(conn, SELF, gone))

        touched = app.write(lambda conn: erase_events(conn, SELF, ids))

        assert touched == [gone]
        assert app.read(lambda conn: ids_of_subject(conn, SELF, gone)) == []
        assert len(app.read(lambda conn: ids_of_subject(conn, SELF, kept))) == 1
        assert app.read(lambda conn: verify_all(conn, app.vault)) == []


def test_another_lane_is_not_touched(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        goal = add_goal(app, "Walk", CARE)
        ids = app.read(lambda conn: ids_of_subject(conn, CARE, goal))

        assert app.write(lambda conn: erase_events(conn, SELF, ids)) == []
        assert app.read(lambda conn: ids_of_subject(conn, CARE, goal)) == ids


def test_who_may_read_and_what_was_erased_stays(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        record = app.recorder.record
        told = (
            (CARE, AccessRevoked()),
            (CARE, SubjectErased(events=())),
            (SELF, SubjectErased(events=())),
        )
        wanted = app.write(lambda conn: [record(conn, at, ID, data).id for at, data in told])

        for lane in (CARE, SELF):
            app.write(lambda conn, lane=lane: erase_events(conn, lane, wanted))

        left = "SELECT count(body) FROM event"
        assert app.read(lambda conn: conn.execute(left).fetchone()) == (3,)


def test_erased_ids_are_remembered(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        assert app.read(lambda conn: erased_among(conn, [b"1" * 16])) == frozenset()
        app.write(lambda conn: erase_events(conn, SELF, [b"1" * 16, b"2" * 16]))

        among = app.read(lambda conn: erased_among(conn, [b"1" * 16, b"3" * 16]))

        assert among == {b"1" * 16}
