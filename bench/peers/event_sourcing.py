"""``eventsourcing`` on SQLite: our work as its documentation does it, durable with each save."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.domain import Aggregate, DomainEventProtocol, event
from eventsourcing.system import MultiThreadedRunner, ProcessApplication, System

from bench.workload import event as event_of

_PAGE: Final = 1000
_SETTLE_S: Final = 0.003
_numbers = itertools.count()


class Goal(Aggregate):
    """A goal that events are about."""

    @event("Started")
    def __init__(self, person_id: str) -> None:
        """Begin."""
        self.person_id = person_id
        self.last = ""

    @event("Noted")
    def note(self, event_id: str, goal_id: str, said: dict[str, Any]) -> None:  # noqa: ARG002
        """Note one event of the workload; all of its arguments are stored."""
        self.last = said["note"]


class Goals(Application[UUID]):
    """The application that is written to."""


class Timeline(ProcessApplication[UUID]):
    """A follower that keeps nothing but how far it came."""

    def policy(  # type: ignore[override]  # the library's stub is wider than its documented use
        self, domain_event: DomainEventProtocol[UUID], processing_event: ProcessingEvent[UUID]
    ) -> None:
        """Keep nothing."""


class Lead(Goals):
    """The application that ``Watch`` follows."""


class Watch(ProcessApplication[UUID]):
    """A follower that notes when it saw what.

    Attributes:
        seen: When each version came, by ``time.perf_counter``.
    """

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        """Begin with nothing seen."""
        super().__init__(env)
        self.seen: dict[int, float] = {}

    def policy(  # type: ignore[override]  # the library's stub is wider than its documented use
        self, domain_event: DomainEventProtocol[UUID], processing_event: ProcessingEvent[UUID]
    ) -> None:
        """Note the time."""
        assert processing_event is not None, "the library's own way of calling"
        self.seen[domain_event.originator_version] = time.perf_counter()


def _place(folder: Path) -> dict[str, str]:
    name = str(folder / f"es-{next(_numbers)}.db")
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": name}


def _put(goal: Goal, number: int) -> None:
    said = event_of(number)
    goal.note(event_id=str(said.pop("event_id")), goal_id=str(said.pop("goal_id")), said=said)


def one_by_one(folder: Path, count: int) -> float:
    """Return how many events a second are saved, each by itself."""
    app = Goals(env=_place(folder))
    goal = Goal("p")
    app.save(goal)
    began = time.perf_counter()
    for number in range(count):
        _put(goal, number)
        app.save(goal)
    took = time.perf_counter() - began
    app.close()
    return count / took


def backlog_ms(folder: Path, count: int) -> float:
    """Return how long a follower takes to pull so many events and keep how far it came, ms."""
    leader, goal = Goals(env=_place(folder)), Goal("p")
    for number in range(count):
        _put(goal, number)
    leader.save(goal)
    follower = Timeline(env=_place(folder))
    follower.follow("leader", leader.notification_log)
    began = time.perf_counter()
    follower.pull_and_process("leader")
    took = time.perf_counter() - began
    follower.close()
    leader.close()
    return took * 1000


def live_ms(folder: Path, count: int) -> list[float]:
    """Return the time from each save until a follower in a thread of this process sees it, ms."""
    names: Mapping[str, str] = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "LEAD_SQLITE_DBNAME": str(folder / f"lead-{next(_numbers)}.db"),
        "WATCH_SQLITE_DBNAME": str(folder / f"watch-{next(_numbers)}.db"),
    }
    runner = MultiThreadedRunner[UUID](System(pipes=[[Lead, Watch]]), env=names)
    runner.start()
    app, goal, sent = runner.get(Lead), Goal("p"), dict[int, float]()
    seen = runner.get(Watch).seen
    app.save(goal)
    for number in range(count):
        _put(goal, number)
        sent[goal.version] = time.perf_counter()
        app.save(goal)
        time.sleep(_SETTLE_S)
    ends = time.monotonic() + 2
    while not seen.keys() >= sent.keys() and time.monotonic() < ends:
        time.sleep(_SETTLE_S)
    runner.stop()
    return [(seen[version] - at) * 1000 for version, at in sent.items() if version in seen]


def rebuild(folder: Path, count: int) -> float:
    """Return how many stored events a second are read, decoded and counted by goal."""
    app = Goals(env=_place(folder))
    for first in range(0, count, count // 50):
        goal = Goal("p")
        for number in range(first, first + count // 50):
            _put(goal, number)
        app.save(goal)
    counts, read, start = dict[UUID, int](), 0, 1
    began = time.perf_counter()
    while read < count:
        page = app.recorder.select_notifications(start, _PAGE)
        for each in page:
            found = app.mapper.to_domain_event(each)
            counts[found.originator_id] = counts.get(found.originator_id, 0) + 1
        read += len(page)
        start += len(page)
    took = time.perf_counter() - began
    app.close()
    return read / took


__all__ = ["backlog_ms", "live_ms", "one_by_one", "rebuild"]
