"""Runs seeds: ``python -m tests.simulation --seeds 0:100`` or ``--seed 7 --trace``."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from hashlib import sha256

from tests.simulation.mutations import MUTATIONS
from tests.simulation.runs import outcomes, run_one

TELL = partial(print, flush=True)


def main() -> int:
    """Run what the command line asks for; 1 when a seed fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0:50", help="first:behind-last")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--mutation", choices=sorted(MUTATIONS), help="switch something off")
    parser.add_argument("--trace", action="store_true", help="print what happens")
    asked = parser.parse_args()
    if asked.seed is not None:
        outcome = run_one(asked.seed, asked.mutation, is_told=asked.trace)
        TELL(f"seed {asked.seed}: trace {outcome.trace}")
        TELL(outcome.error or "clean")
        return int(outcome.error is not None)
    first, _, last = asked.seeds.partition(":")
    return run_many(range(int(first), int(last)), asked.jobs, asked.mutation)


def run_many(seeds: Sequence[int], jobs: int, mutation: str | None) -> int:
    """Run seeds and print the figures; with a mutation, stop at the first seed that finds it."""
    counts: Counter[str] = Counter()
    failed: list[int] = []
    began, virtual_s, traces = time.monotonic(), 0.0, sha256()
    for number, outcome in enumerate(outcomes(seeds, jobs, mutation), start=1):
        counts.update(outcome.counts)
        virtual_s += outcome.seconds
        traces.update(outcome.trace.encode())
        if outcome.error is not None:
            failed.append(outcome.seed)
            TELL(f"\nseed {outcome.seed}: {outcome.error}")
            if mutation:
                break
        spent = time.monotonic() - began
        line = f"{number}/{len(seeds)} seeds, {len(failed)} failed, {number / spent:.1f} a second"
        TELL(f"\r{line}", end="", file=sys.stderr)
    TELL(file=sys.stderr)
    spent = time.monotonic() - began
    TELL(f"{len(seeds)} seeds, {virtual_s / 3600:.1f} virtual hours in {spent:.0f} s")
    TELL(f"all traces: {traces.hexdigest()}")
    for name, count in sorted(counts.items()):
        TELL(f"  {name}: {count}")
    if failed:
        TELL(f"failed: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
