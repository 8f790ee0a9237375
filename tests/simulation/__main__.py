"""Runs seeds: ``python -m tests.simulation --seeds 0:100`` or ``--seed 7 --trace``."""

import argparse
import sys
import time
from collections import Counter
from contextlib import nullcontext
from functools import partial
from hashlib import sha256

from tests.simulation.mutations import MUTATIONS, switched_on
from tests.simulation.world import run_seed


def main() -> int:
    """Run what the command line asks for; 1 when a seed fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0:50", help="first:behind-last")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--mutation", choices=sorted(MUTATIONS), help="switch something off")
    parser.add_argument("--trace", action="store_true", help="print what happens")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition(":")
    tell = partial(print, flush=True)
    seeds = range(int(first), int(last)) if asked.seed is None else [asked.seed]
    counts: Counter[str] = Counter()
    failed: list[int] = []
    began, virtual_s, traces = time.monotonic(), 0.0, sha256()
    for number, seed in enumerate(seeds, start=1):
        with switched_on(MUTATIONS[asked.mutation]) if asked.mutation else nullcontext():
            outcome = run_seed(seed, is_told=asked.trace)
        counts.update(outcome.counts)
        virtual_s += outcome.seconds
        traces.update(outcome.trace.encode())
        if outcome.error is not None:
            failed.append(seed)
            tell(f"\nseed {seed}: {outcome.error}")
        if outcome.error is not None and asked.mutation:
            break
        if asked.seed is not None:
            tell(f"seed {seed}: trace {outcome.trace}")
        spent = time.monotonic() - began
        line = f"{number}/{len(seeds)} seeds, {len(failed)} failed, {number / spent:.1f} a second"
        tell(f"\r{line}", end="", file=sys.stderr)
    tell(file=sys.stderr)
    spent = time.monotonic() - began
    tell(f"{len(seeds)} seeds, {virtual_s / 3600:.1f} virtual hours in {spent:.0f} s")
    tell(f"all traces: {traces.hexdigest()}")
    for name, count in sorted(counts.items()):
        tell(f"  {name}: {count}")
    if failed:
        tell(f"failed: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
