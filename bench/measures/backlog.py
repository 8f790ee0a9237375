"""``backlog_10k`` and ``live_ms``: from one device of a person to another through the server.

Three processes as they ship: A's library, ``trailmark-server serve``, B's library that stays in
step. The backlog is 10 000 check-ins that A recorded offline in the lane it shares, until B has
stored and folded the last of them (which the server had stored before); live are check-ins one by
one. Beside both runs the bare pipeline, by turns, and the one that keeps what is promised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.figures import Figure, figure, percentile
from bench.limits.pipeline import Pipeline, between
from bench.peers import event_sourcing
from bench.programs import Device, Program, Server
from bench.running import Run

BACKLOG = 10_000
LIVE = 300
PAUSE_MS = 4


def measure(run: Run) -> list[Figure]:
    """Measure both over two devices of one person."""
    folder = run.folder()
    with (
        Server(folder / "server") as server,
        Pipeline(run.folder()) as bare,
        Pipeline(run.folder(), "promised") as promised,
    ):
        run.tell("two devices of one person come to the server")
        first, second = Device(folder / "first"), Device(folder / "second")
        first.connect(server)
        first.run("goal", "add", "Go out more", "--target", "reach 7", "--share")
        first.let_in(second)
        with first.program() as a, second.program() as b:
            for each in (a, b):
                each.answer()
            b.ask("watch")
            pipelines = {"": bare, "_promised": promised}
            return [
                *_backlog(run, a, b, pipelines),
                *_private(run, a, b),
                *_live(run, a, b, pipelines),
            ]


def _backlog(run: Run, a: Program, b: Program, pipelines: Mapping[str, Pipeline]) -> list[Figure]:
    backlog, peer = list[float](), list[float]()
    limits: dict[str, list[float]] = {name: [] for name in pipelines}
    sent, received = list[float](), list[float]()
    for _ in run.turns("backlog_10k"):
        for name, pipeline in pipelines.items():
            limits[name].append(pipeline.backlog_ms(BACKLOG))
        ms, up, down = _once(a, b, is_private=False)
        backlog.append(ms)
        sent.append(up)
        received.append(down)
        peer.append(event_sourcing.backlog_ms(run.folder(), BACKLOG // 5) * 5)
    return [
        *(
            figure(f"backlog_10k{name}", backlog, "ms", "lower", limit=limit, peer=peer)
            for name, limit in limits.items()
        ),
        figure("backlog_bytes_up", sent, "MB", "lower"),
        figure("backlog_bytes_down", received, "MB", "lower"),
    ]


def _once(a: Program, b: Program, *, is_private: bool) -> tuple[float, float, float]:
    """Return how long one backlog took, milliseconds, and its megabytes up and down."""
    a.ask("record", BACKLOG, 100, int(is_private))
    before = b.ask("received", 0)
    b.tell("received", BACKLOG)
    sent = a.ask("sync")
    came = b.answer()
    ms = (float(came["at"]) - float(sent["began"])) * 1000
    return ms, int(sent["sent"]) / 1e6, (int(came["received"]) - int(before["received"])) / 1e6


def _private(run: Run, a: Program, b: Program) -> list[Figure]:
    run.tell("the same in the private lane, once")
    ms, up, down = _once(a, b, is_private=True)
    return [
        figure("backlog_10k_self", [ms], "ms", "lower"),
        figure("backlog_bytes_self_up", [up], "MB", "lower"),
        figure("backlog_bytes_self_down", [down], "MB", "lower"),
    ]


def _live(run: Run, a: Program, b: Program, pipelines: Mapping[str, Pipeline]) -> list[Figure]:
    ours, peer = list[list[float]](), list[list[float]]()
    limits: dict[str, list[list[float]]] = {name: [] for name in pipelines}
    a.ask("watch")
    for _ in run.turns("live_ms"):
        for name, pipeline in pipelines.items():
            limits[name].append(pipeline.live_ms(LIVE, PAUSE_MS))
        before = b.ask("times")["came"]
        b.tell("received", LIVE)
        committed = a.ask("live", LIVE, PAUSE_MS)["committed"]
        b.answer()
        came = b.ask("times")["came"][len(before) :]
        ours.append(between(committed, before[-1][0], came))
        peer.append(event_sourcing.live_ms(run.folder(), LIVE))
    return [
        *(_at(f"live_ms{name}", 0.5, ours, limit, peer) for name, limit in limits.items()),
        _at("live_ms_p99", 0.99, ours, limits[""], peer),
    ]


def _at(
    name: str,
    share: float,
    ours: Sequence[Sequence[float]],
    limit: Sequence[Sequence[float]],
    peer: Sequence[Sequence[float]],
) -> Figure:
    def at(turns: Sequence[Sequence[float]]) -> list[float]:
        return [percentile(each, share) for each in turns]

    return figure(name, at(ours), "ms", "lower", limit=at(limit), peer=at(peer))
