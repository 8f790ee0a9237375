"""Many runs: one after the other, or in processes side by side; the outcomes keep their order."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context

from tests.simulation.mutations import MUTATIONS, switched_on
from tests.simulation.world import Outcome, run_seed


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
    # Fresh interpreters: what one run leaves in memory must not reach another one by a fork.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run, seeds)
