"""Runs commands of both programs, each as a process of its own that begins where its imports end.

Importing is nine tenths of a command's wall time, and a test of the whole runs dozens of commands.
Run as a program, this module imports everything once and then forks for every request: one line of
JSON in, one line of JSON out.
"""

from __future__ import annotations

import atexit
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NoReturn, TypedDict

PATIENCE_S = 60
_SKIPPED = ("__main__", "trailmark_server.pages")


class Request(TypedDict):
    """A command: the module and its words, changes of the environment, where its output goes."""

    words: list[str]
    env: dict[str, str]
    folder: str


class Forks:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()

    def run(
        self, module: str, words: tuple[str, ...], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run ``python -m module words`` to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with TemporaryDirectory() as folder:
            request = Request(words=[module, *words], env=dict(environment), folder=folder)
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            out, err = (
                Path(folder, name).read_text(encoding="utf-8", errors="replace")
                for name in ("out", "err")
            )
        return subprocess.CompletedProcess([module, *words], code, out, err)


@cache
def forks() -> Forks:
    """Return the process that forks for this test run; it ends with it."""
    return Forks()


def _preload(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not any(part in found.name for part in _SKIPPED):
            import_module(found.name)


def _become(request: Request) -> NoReturn:
    """Be the command from here on."""
    code = 1
    try:
        signal.alarm(PATIENCE_S)
        folder = Path(request["folder"])
        for number, name, flags in (
            (0, Path(os.devnull), os.O_RDONLY),
            (1, folder / "out", os.O_WRONLY | os.O_CREAT),
            (2, folder / "err", os.O_WRONLY | os.O_CREAT),
        ):
            os.dup2(os.open(name, flags), number)
        os.environ.update(request["env"])
        sys.argv = request["words"]
        runpy.run_module(request["words"][0], run_name="__main__", alter_sys=False)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else bool(ended.code)
    except BaseException:  # noqa: BLE001  (the last line of a process)
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Fork for every line of the standard input."""
    for name in ("trailmark_client", "trailmark_server"):
        _preload(import_module(name))
    import_module("websockets.asyncio.client")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  (the answer)


if __name__ == "__main__":
    main()
