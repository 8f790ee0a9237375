"""Ctrl-C ends a program in silence from its first moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from trailmark_adapters.starting import INTERRUPTED, run_interruptibly

INTERRUPTED_WHILE_LOADED = """
import os, signal, sys
{before}
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{number})

sys.meta_path.insert(0, Interrupting())
sys.argv = [{program!r}, *{words!r}]
from {program}.__main__ import run

sys.exit(run())
"""
LOADED_LATE = [
    ("trailmark_client", "trailmark_client.cli.program", "SIGINT"),
    ("trailmark_server", "trailmark_server.cli", "SIGINT"),
    ("trailmark_server", "trailmark_server.cli.therapists", "SIGINT"),
    ("trailmark_server", "trailmark_server.cli", "SIGTERM"),
]


def started(
    program: str, module: str, number: str, before: str = "", words: Sequence[str] = ("--version",)
) -> subprocess.CompletedProcess[str]:
    """Run a program that a signal reaches when it begins to load a module of its own."""
    script = INTERRUPTED_WHILE_LOADED.format(
        program=program, module=module, number=number, before=before, words=words
    )
    return subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(("program", "module", "number"), LOADED_LATE)
def test_whoever_stops_a_program_while_it_is_loaded_is_shown_nothing(
    program: str, module: str, number: str
) -> None:
    done = started(program, module, number)

    assert (INTERRUPTED, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("program", "module", "number"), LOADED_LATE)
def test_a_signal_that_is_ignored_stays_so(program: str, module: str, number: str) -> None:
    done = started(program, module, number, f"signal.signal(signal.{number}, signal.SIG_IGN)")

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.strip()


def test_a_server_that_is_stopped_before_it_serves_ends_in_order(tmp_path: Path) -> None:
    words = ("serve", "--data", str(tmp_path), "--port", "0")
    done = started("trailmark_server", "uvicorn", "SIGTERM", words=words)

    assert (INTERRUPTED, "", "") == (done.returncode, done.stdout, done.stderr)


@contextmanager
def as_in_a_new_process() -> Generator[None]:
    """Let both signals do what they do in a new process, and what they did before afterwards."""
    new = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = {number: signal.signal(number, does) for number, does in new.items()}
    try:
        yield
    finally:
        for number, did in before.items():
            signal.signal(number, did)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_the_program_lets_pass_is_its_exit_code(number: signal.Signals) -> None:
    def stopped() -> int:
        os.kill(os.getpid(), number)
        return 0

    with as_in_a_new_process():
        ended = run_interruptibly(lambda: stopped, signal.SIGTERM)

    assert ended == INTERRUPTED


def test_the_exit_code_is_the_programs_own() -> None:
    with as_in_a_new_process():
        ended = run_interruptibly(lambda: lambda: 7)

    assert ended == 7
