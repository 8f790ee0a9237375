"""Runs: one from beginning to end, and many, in processes side by side, their order kept."""

import asyncio
import gc
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp
from unittest import mock

import msgspec

from tests.simulation.mutations import MUTATIONS, switched_on
from tests.simulation.pure_results import results_kept
from tests.simulation.requests import at_hand
from tests.simulation.server import SimHttp
from tests.simulation.world import World

_RAM_DISK = Path("/dev/shm")  # noqa: S108  (a new folder of its own is made there)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a run.

    Attributes:
        seed: Which run.
        trace: SHA-256 over every frame, its time and its link, and over what stands at the end.
        seconds: Virtual time.
        counts: What happened, by name.
        error: The invariant that does not hold, or ``None``.
    """

    seed: int
    trace: str
    seconds: float
    counts: dict[str, int]
    error: str | None


def run_seed(seed: int, *, is_told: bool = False) -> Outcome:
    """Run one seed from beginning to end.

    Args:
        seed: Decides everything.
        is_told: Print what happens.

    Returns:
        What came out; a broken invariant is its ``error``.
    """
    parent = _RAM_DISK if _RAM_DISK.is_dir() else None
    folder = Path(mkdtemp(prefix="trailmark-simulation-", dir=parent))
    world = World(seed, folder, is_told=is_told)
    asyncio.set_event_loop(world.loop)
    error: str | None = None
    try:
        with ExitStack() as patched:
            patched.enter_context(results_kept())
            for module in ("joining", "device_joining", "home_api", "recovery"):
                name = f"trailmark_client.{module}.HttpApi"
                patched.enter_context(mock.patch(name, SimHttp))
            patched.enter_context(
                mock.patch("trailmark_client.sync_requests.in_daemon_thread", at_hand)
            )
            world.loop.run_until_complete(world.run())
    except Exception as broken:
        error = f"{type(broken).__name__}: {broken}"
        if is_told:
            raise
    finally:
        world.end()
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(
        seed=seed,
        trace=world.trace.hexdigest(),
        seconds=world.loop.seconds,
        counts=dict(sorted(world.ledger.counts.items())),
        error=error,
    )


def run_one(seed: int, mutation: str | None = None, *, is_told: bool = False) -> Outcome:
    """Run a seed, with one mechanism switched off where ``mutation`` names it."""
    with switched_on(MUTATIONS[mutation]) if mutation else nullcontext():
        return run_seed(seed, is_told=is_told)


def outcomes(seeds: Sequence[int], jobs: int, mutation: str | None) -> Iterator[Outcome]:
    """Yield what came out of each seed, in the order of the seeds."""
    run = partial(run_one, mutation=mutation)
    if jobs == 1:
        yield from map(run, seeds)
        return
    # Fresh interpreters: what one run leaves in memory must not reach another one by a fork. What
    # they import stays: the collector need not walk over it again and again (a tenth of the time).
    with ProcessPoolExecutor(jobs, get_context("spawn"), gc.freeze) as pool:
        yield from pool.map(run, seeds)
