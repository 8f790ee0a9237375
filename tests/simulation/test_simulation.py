"""Quick seeds of the simulation, every seed that ever failed, and the proof that a seed repeats."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutations import MUTATIONS, switched_on
from tests.simulation.runs import run_seed

QUICK_SEEDS = range(1000, 1008)
REPEATED_SEED = 1002
QUICK_SEARCH = 25

_FOLDER = Path(__file__).parent
_ROOT = _FOLDER.parent.parent


def corpus() -> list[int]:
    """Return the seeds of ``corpus.txt``."""
    lines = (_FOLDER / "corpus.txt").read_text().splitlines()
    return [int(line) for line in lines if line and not line.startswith("#")]


def names_of_mutations() -> list[object]:
    """Return the names; those that take long to be found are left to the long rounds."""
    return [
        pytest.param(name, marks=pytest.mark.slow) if each.seeds > QUICK_SEARCH else name
        for name, each in MUTATIONS.items()
    ]


@pytest.mark.parametrize("seed", [*corpus(), *QUICK_SEEDS])
def test_promises_hold(seed: int) -> None:
    assert None is run_seed(seed).error


@pytest.mark.timeout(900)  # what it found last may be another run by now: then it searches
@pytest.mark.parametrize("name", names_of_mutations())
def test_what_is_switched_off_is_missed(name: str) -> None:
    mutation = MUTATIONS[name]

    with switched_on(mutation):
        errors = (run_seed(seed).error for seed in (mutation.found_at, *range(mutation.seeds)))
        found = next((error for error in errors if error is not None), None)

    assert found is not None, f"{mutation.what}: not found in {mutation.seeds} seeds"


def test_a_seed_is_the_same_run_in_another_process() -> None:
    here = run_seed(REPEATED_SEED)
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(REPEATED_SEED)]

    told = subprocess.run(
        command,
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"seed {REPEATED_SEED}: trace {here.trace}" in told.stdout
