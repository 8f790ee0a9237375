"""A device's store, asked for long work: each answer is how long it took, in seconds.

``fill N DAYS``, ``rebuild``, ``fold``, ``verify``, ``chain``, ``timeline``, ``history``, ``goal``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from bench.filling import fill
from trailmark_adapters.sqlite import Connection
from trailmark_client.__main__ import look_for_garbage_seldom
from trailmark_client.app import App, open_app
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.history import Moment, history_of_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.storage.read_models import entries_by_subject, refold_all
from trailmark_client.storage.rows import ROW_COLUMNS
from trailmark_client.verifying import verify_store
from trailmark_shared import chain
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import fold_subject

_SUBJECTS_AT_ONCE = 400
_ROWS = f"SELECT {ROW_COLUMNS} FROM event ORDER BY lane, held, seq, pos"  # noqa: S608  (own columns)


def _entries(conn: Connection) -> dict[tuple[str, bytes], list[Entry]]:
    found: dict[tuple[str, bytes], list[Entry]] = {}
    rows = conn.execute("SELECT DISTINCT lane, subject FROM event WHERE subject IS NOT NULL")
    by_lane: dict[str, list[bytes]] = {}
    for lane, subject in rows.fetchall():
        by_lane.setdefault(lane, []).append(subject)
    for lane, subjects in by_lane.items():
        for at in range(0, len(subjects), _SUBJECTS_AT_ONCE):
            some = entries_by_subject(conn, lane, subjects[at : at + _SUBJECTS_AT_ONCE])
            found |= {(lane, subject): entries for subject, entries in some.items()}
    return found


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _fold(app: App) -> float:
    """Fold what is in memory already, into documents in memory."""
    every = app.read(_entries)
    return _timed(lambda: [fold_subject(lane, each) for (lane, _), each in every.items()])


def _verify(app: App) -> float:
    def work() -> None:
        found = verify_store(app)
        assert not found, found[:3]

    return _timed(work)


def _chain(app: App) -> float:
    """Take every hash of what is stored and compare it; nothing is opened."""

    def work(conn: Connection) -> None:
        lane, last = "", b""
        for row in conn.execute(_ROWS):
            header = chain.header_bytes(*row[:7])
            assert chain.commitment(row[10], row[11]) == row[7]
            assert chain.event_hash(row[8], header, row[7]) == row[9]
            if row[17] is not None:
                last = chain.lane_hash(last if row[2] == lane else b"", row[9], *row[12:17])
                assert last == row[17]
                lane = row[2]

    return _timed(lambda: app.read(work))


def _timeline(app: App) -> float:
    since = app.recorder.today()
    return _timed(lambda: app.read(lambda conn: timeline(conn, Window(since=since))))


def _history(app: App) -> float:
    goal = app.read(lambda conn: goals_at_home(conn)[0].id)
    return _timed(lambda: app.read(lambda conn: history_of_goal(conn, goal, Moment())))


def _goal(app: App) -> float:
    goal, today = app.read(lambda conn: goals_at_home(conn)[0].id), app.recorder.today()
    return _timed(lambda: app.read(lambda conn: show_goal(conn, goal, today)))


_WORK: dict[str, Callable[[App], float]] = {
    "rebuild": lambda app: _timed(
        lambda: app.write(lambda conn: refold_all(conn, app.vault.opener()))
    ),
    "fold": _fold,
    "verify": _verify,
    "chain": _chain,
    "timeline": _timeline,
    "history": _history,
    "goal": _goal,
}


def main() -> None:
    """Open the device's folder and do what is said."""
    look_for_garbage_seldom()  # as every command of the program
    with open_app() as app:
        sys.stdout.write('{"ready": true}\n')
        sys.stdout.flush()
        for line in sys.stdin:
            word, *numbers = line.split()
            if word == "quit":
                break
            if word == "fill":
                count, days = map(int, numbers)
                took = _timed(lambda count=count, days=days: fill(app, count, days))
            else:
                took = _WORK[word](app)
            sys.stdout.write(json.dumps({"seconds": took}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
