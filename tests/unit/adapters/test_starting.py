"""Ctrl-C ends a program in silence from its first moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from trailmark_adapters.starting import INTERRUPTED, run_interruptibly

INTERRUPTED_WHILE_LOADED = """
import os, signal, sys
{before}
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = [{program!r}, "--version"]
from {program}.__main__ import run

sys.exit(run())
"""
LOADED_LATE = [
    ("trailmark_client", "trailmark_client.cli.program"),
    ("trailmark_server", "trailmark_server.cli"),
    ("trailmark_server", "trailmark_server.cli.therapists"),
]


def started(program: str, module: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program that SIGINT reaches when it begins to load a module of its own."""
    script = INTERRUPTED_WHILE_LOADED.format(program=program, module=module, before=before)
    return subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize(("program", "module"), LOADED_LATE)
def test_ctrl_c_while_a_program_is_loaded_shows_nothing(program: str, module: str) -> None:
    done = started(program, module)

    assert (INTERRUPTED, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(("program", "module"), LOADED_LATE)
def test_where_ctrl_c_is_ignored_it_stays_ignored(program: str, module: str) -> None:
    done = started(program, module, "signal.signal(signal.SIGINT, signal.SIG_IGN)")

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.strip()


@contextmanager
def as_in_a_terminal() -> Generator[None]:
    """Let SIGINT do what it does in a new process, and what it did before afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def interrupted() -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return 0


def test_ctrl_c_that_the_program_lets_pass_is_its_exit_code() -> None:
    with as_in_a_terminal():
        ended = run_interruptibly(lambda: interrupted)

    assert ended == INTERRUPTED


def test_the_exit_code_is_the_programs_own() -> None:
    with as_in_a_terminal():
        ended = run_interruptibly(lambda: lambda: 7)

    assert ended == 7
