"""``python -m trailmark_server`` is the command ``trailmark-server``.

A person's device installs the command without what a server needs: then it says what is missing.
Nothing of the server can be imported before that is known.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

from trailmark_adapters.starting import run_interruptibly

NEEDED: Final = (
    "argon2",
    "httptools",
    "jinja2",
    "litestar",
    "prometheus_client",
    "segno",
    "uvicorn",
    "webauthn",
    "zxcvbn_rs_py",
)
"""Modules of the extra ``trailmark[server]`` that every machine has which installed it."""

_USAGE: Final = 2


def run() -> None:
    """Run one command in a process of its own and end it; SIGTERM stops it as Ctrl-C does."""
    sys.exit(run_interruptibly(_loaded, signal.SIGTERM))


def _loaded() -> Callable[[], int]:
    if any(find_spec(each) is None for each in NEEDED):
        return _refused
    from trailmark_server.cli import main  # noqa: PLC0415

    return main


def _refused() -> int:
    from trailmark_adapters.languages import Languages  # noqa: PLC0415
    from trailmark_shared.errors import ErrorCode  # noqa: PLC0415
    from trailmark_shared.words import ENGLISH, gettext, speaking  # noqa: PLC0415

    as_json = "--json" in sys.argv
    with speaking(ENGLISH if as_json else Languages().of_environment(os.environ)):
        message = gettext(
            "the server is not installed here; install trailmark with its extra: trailmark[server]"
        )
    told = {"error": {"code": ErrorCode.INVALID_INPUT, "message": message}}
    text = json.dumps(told) if as_json else f"trailmark-server: {message}"
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
    return _USAGE


if __name__ == "__main__":
    run()
