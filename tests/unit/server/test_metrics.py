"""Numbers about the server tell what was counted, and nothing of anybody."""

from typing import Any

import pytest

from trailmark_server.metrics import Metrics, Standing, metrics_app
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError

STANDS = Standing(lanes=7, lanes_behind=2, entries_behind=31, failed_folds=1)


def value(text: bytes, name: str) -> float:
    """Return the value of a number without labels, or with those in ``name``."""
    [line] = [each for each in text.decode().splitlines() if each.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


async def test_sessions_are_those_of_the_moment() -> None:
    metrics, live = Metrics(), [1]
    metrics.count_sessions(lambda: len(live))
    live.append(2)

    assert 2 == value(await metrics.text(0), "trailmark_sessions")


async def test_events_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()
    metrics.appended(5, [ErrorCode.TOO_LARGE, ErrorCode.TOO_LARGE, ErrorCode.LANE_CLOSED])
    text = await metrics.text(0)

    assert 2 == value(text, 'trailmark_events_total{outcome="kept"}')
    assert 2 == value(text, 'trailmark_events_total{outcome="too_large"}')
    assert 1 == value(text, 'trailmark_events_total{outcome="lane_closed"}')


async def test_what_grows_is_shown_before_the_first_event() -> None:
    """Prometheus takes a number that appears at 5 for one that has not grown."""
    text = await Metrics().text(0)

    assert 0 == value(text, 'trailmark_events_total{outcome="kept"}')


async def test_read_models_are_looked_at_seldom() -> None:
    metrics, asked = Metrics(), list[int]()

    async def stands() -> Standing:
        asked.append(1)
        return STANDS

    metrics.ask_standing(stands)
    for now in (0, 1, limits.STANDING_INTERVAL_MS - 1, limits.STANDING_INTERVAL_MS):
        text = await metrics.text(now)

    assert 2 == len(asked)
    assert (7, 2, 31, 1) == tuple(
        value(text, f"trailmark_{each}")
        for each in ("lanes", "lanes_behind", "entries_behind", "failed_folds")
    )


async def test_a_store_that_does_not_answer_hides_no_other_number() -> None:
    metrics = Metrics()

    async def stands() -> Standing:
        raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, "away")

    metrics.ask_standing(stands)

    assert 0 == value(await metrics.text(0), "trailmark_sessions")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/metrics", 200), ("POST", "/metrics", 404), ("GET", "/people", 404)],
)
async def test_nothing_else_is_answered(method: str, path: str, status: int) -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path}
    await metrics_app(Metrics(), lambda: 0)(scope, None, send)

    assert status == sent[0]["status"]
    assert (status == 200) == (b"trailmark_sessions" in sent[1]["body"])
