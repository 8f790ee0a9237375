"""Numbers about a running server for Prometheus, on a port of their own.

Only counts, sums and times of the whole server. No label may name a space, a person, a lane, a path
or anything else that grows: the only labels are codes of this program. So nothing that a person
wrote, and nothing that tells one person from another, can stand here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError

PATH: Final = "/metrics"
KEPT: Final = "kept"
"""What an event is called that became a row with its body."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNITS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_NOT_FOUND: Final = 404


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far the read models of all shared lanes are.

    Attributes:
        lanes: Shared lanes.
        lanes_behind: Those whose read models of this version do not reach the head.
        entries_behind: Entries that are not folded in them.
        failed_folds: Subjects that could not be folded.
    """

    lanes: int
    lanes_behind: int
    entries_behind: int
    failed_folds: int


class Metrics:
    """The numbers of one server process.

    Attributes:
        numbers: All of them, for who shows them.
        push_seconds: From a push that was taken up to its rows on the disk.
        lag_seconds: From the commit of a row, whichever server made it, to the live session of
            another device.
        commit_units: Units of work that one commit made durable.
        events: Events that became rows, by what became of them: ``kept``, or the code of a stub.
    """

    def __init__(self) -> None:
        self.numbers = CollectorRegistry()
        ProcessCollector(registry=self.numbers)
        PlatformCollector(registry=self.numbers)
        self._sessions = Gauge(
            "trailmark_sessions", "Live sessions of devices.", registry=self.numbers
        )
        self.push_seconds = Histogram(
            "trailmark_push_seconds",
            "From a push that was taken up until it is durable.",
            buckets=_SECONDS,
            registry=self.numbers,
        )
        self.lag_seconds = Histogram(
            "trailmark_lag_seconds",
            "From the commit of a row until the live session of another device is sent it.",
            buckets=_SECONDS,
            registry=self.numbers,
        )
        self.commit_units = Histogram(
            "trailmark_commit_units",
            "Units of work that one commit made durable.",
            buckets=_UNITS,
            registry=self.numbers,
        )
        self.events = Counter(
            "trailmark_events",
            "Events that became rows: kept, or parked as a stub for the reason named.",
            ["outcome"],
            registry=self.numbers,
        )
        self.events.labels(KEPT)  # shown from 0: Prometheus sees no growth in what begins above it
        self._standing = {
            name: Gauge(f"trailmark_{name}", words, registry=self.numbers)
            for name, words in (
                ("lanes", "Shared lanes in the store."),
                ("lanes_behind", "Shared lanes whose read models do not reach the head."),
                ("entries_behind", "Entries of shared lanes that no read model holds yet."),
                ("failed_folds", "Subjects whose fold failed; they have no read model."),
            )
        }
        self._stands: Callable[[], Awaitable[Standing]] | None = None
        self._looked_at: int | None = None

    def count_sessions(self, count: Callable[[], float]) -> None:
        """Ask ``count`` for the live sessions whenever somebody looks."""
        self._sessions.set_function(count)

    def ask_standing(self, stands: Callable[[], Awaitable[Standing]]) -> None:
        """Ask ``stands`` how far the read models are, seldom enough to cost nothing."""
        self._stands = stands

    def appended(self, taken: int, refused: Sequence[str]) -> None:
        """Count the events of one push.

        Args:
            taken: All of them.
            refused: Codes of those that became stubs.
        """
        self.events.labels(KEPT).inc(taken - len(refused))
        for code in refused:
            self.events.labels(code).inc()

    async def text(self, now_ms: int) -> bytes:
        """Return all numbers as Prometheus reads them.

        Args:
            now_ms: A clock that never goes back.
        """
        is_due = self._looked_at is None or now_ms - self._looked_at >= limits.STANDING_INTERVAL_MS
        if self._stands is not None and is_due:
            self._looked_at = now_ms
            try:
                stands = await self._stands()
            except TrailmarkError:
                pass  # the store does not answer; the other numbers say so best
            else:
                for name, gauge in self._standing.items():
                    gauge.set(getattr(stands, name))
        return generate_latest(self.numbers)


def metrics_app(metrics: Metrics, now_ms: Callable[[], int]) -> Callable[..., Awaitable[None]]:
    """Return an ASGI application that answers ``GET /metrics`` and nothing else.

    Args:
        metrics: What to show.
        now_ms: A clock that never goes back.
    """

    async def app(scope: Any, _receive: object, send: Any) -> None:  # noqa: ANN401  (ASGI)
        if scope["type"] != "http":
            return
        is_asked = (scope["method"], scope["path"]) == ("GET", PATH)
        body = await metrics.text(now_ms()) if is_asked else b""
        kind = CONTENT_TYPE_LATEST.encode()
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        status = 200 if is_asked else _NOT_FOUND
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
