"""Runs both programs, each command as a process of its own that begins where its imports end.

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
import threading
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Final, NoReturn, TypedDict

PATIENCE_S: Final = 60
_NOT_IMPORTED: Final = "__main__"


class Request(TypedDict):
    """What the process that forks is asked for.

    Attributes:
        words: A module and its words; none to wait for the end of ``pid``.
        env: The whole environment.
        out: Where the standard output goes.
        err: Where the error stream goes; appended.
        typed: Where the standard input comes from.
        seconds: How long the process may live, 0 for as long as it likes.
        pid: Whose end to wait for.
    """

    words: list[str]
    env: dict[str, str]
    out: str
    err: str
    typed: str
    seconds: int
    pid: int


class Forks:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turn = threading.Lock()
        atexit.register(self.close)

    def run(
        self, module: str, words: tuple[str, ...], environment: Mapping[str, str], typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run ``python -m module words`` to its end; ``typed`` is its standard input."""
        with TemporaryDirectory() as folder:
            out, err, keys = (Path(folder, name) for name in ("out", "err", "typed"))
            keys.write_text(typed, encoding="utf-8")
            asked = _request(module, words, environment, out, err)
            pid = self._ask({**asked, "typed": str(keys), "seconds": PATIENCE_S})
            code = self.wait(pid)
            told = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
        return subprocess.CompletedProcess([module, *words], code, *told)

    def begin(
        self,
        module: str,
        words: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        out: Path,
        err: Path,
    ) -> int:
        """Start ``python -m module words`` and return its process id; ``wait`` for it later."""
        return self._ask(_request(module, words, environment, out, err))

    def wait(self, pid: int) -> int:
        """Return the exit code of a process once it has ended."""
        return self._ask(Request(words=[], env={}, out="", err="", typed="", seconds=0, pid=pid))

    def close(self) -> None:
        """Let it end, and what it started with it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()

    def _ask(self, request: Request) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            try:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
                return int(self._process.stdout.readline())
            except BaseException:
                # A test that ran out of time: the next must not read the answer to this question.
                forks.cache_clear()
                self._process.terminate()
                raise


def _request(
    module: str,
    words: tuple[str, ...],
    environment: Mapping[str, str],
    out: Path,
    err: Path,
) -> Request:
    return Request(
        words=[module, *words],
        env={**os.environ, **environment},
        out=str(out),
        err=str(err),
        typed=os.devnull,
        seconds=0,
        pid=0,
    )


@cache
def forks() -> Forks:
    """Return the process that forks for this test run; it ends with it."""
    return Forks()


def _import_all(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if _NOT_IMPORTED not in found.name:
            import_module(found.name)


def _become(request: Request) -> NoReturn:
    """Be the program from here on."""
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(request["seconds"])
        for number, name, flags in (
            (0, request["typed"], os.O_RDONLY),
            (1, request["out"], os.O_WRONLY | os.O_CREAT),
            (2, request["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        ):
            os.dup2(os.open(name, flags | os.O_CLOEXEC), number)
        os.environ.clear()
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
    """Fork, or wait for an end, for every line of the standard input."""
    for name in ("trailmark_client", "trailmark_server"):
        _import_all(import_module(name))
    import_module("websockets.asyncio.client")
    living: set[int] = set()
    signal.signal(signal.SIGTERM, lambda _number, _frame: _leave(living))
    for line in sys.stdin:
        request: Request = json.loads(line)
        if request["words"]:
            answer = os.fork()
            if answer == 0:
                _become(request)
            living.add(answer)
        else:
            answer = _exit_code(request["pid"]) if request["pid"] in living else 0
            living.discard(request["pid"])
        print(answer, flush=True)  # noqa: T201  (the answer)
    _leave(living)


def _exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _leave(living: Iterable[int]) -> NoReturn:
    """End, and with it every process that was begun and not waited for."""
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
