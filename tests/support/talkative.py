"""Runs one of our programs as talkatively as it goes: ``python -X dev talkative.py MODULE WORDS``.

Every logger of every library says everything. Where ``BREAKS`` names functions, these raise an
error that quotes all they were given and made, as long as the file ``BREAKS_WHILE`` exists; what
was raised is noted behind it.
"""

from __future__ import annotations

import functools
import inspect
import logging
import os
import pkgutil
import runpy
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

BREAKS: Final = "TRAILMARK_TEST_BREAKS"
BREAKS_WHILE: Final = "TRAILMARK_TEST_BREAKS_WHILE"

_PACKAGES: Final = ("trailmark_shared", "trailmark_client", "trailmark_server")
_LIBRARIES: Final = ("asyncio", "httpcore", "httpx", "litestar", "uvicorn", "websockets")


class BrokenOnPurposeError(Exception):
    """Quotes everything that was at hand."""


def _breaking(name: str, function: Callable[..., Any], switch: Path) -> Callable[..., Any]:
    def break_it(*quoted: object) -> None:
        if switch.exists():
            words = f"{name}: {quoted!r}"
            with switch.open("a", encoding="utf-8") as noted:
                noted.write(words + "\n")
            raise BrokenOnPurposeError(words)

    @functools.wraps(function)
    def called(*args: object, **fields: object) -> object:
        made = function(*args, **fields)
        break_it(args, fields, made)
        return made

    @functools.wraps(function)
    async def awaited(*args: object, **fields: object) -> object:
        made = await function(*args, **fields)
        break_it(args, fields, made)
        return made

    return awaited if inspect.iscoroutinefunction(function) else called


def _break(name: str, switch: Path) -> None:
    """Replace ``module:function`` or ``module:Class.method`` wherever it is known by now."""
    module, _, path = name.partition(":")
    *owners, last = path.split(".")
    owner: Any = import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    before = getattr(owner, last)
    after = _breaking(name, before, switch)
    for place in [owner, *list(sys.modules.values())]:
        if getattr(place, last, None) is before:
            setattr(place, last, after)


def main() -> None:
    """Run the program that the command line names."""
    sys.argv = sys.argv[1:]
    program = sys.argv[0]
    package = import_module(program)
    for found in pkgutil.walk_packages(package.__path__, f"{program}."):
        if "__main__" not in found.name:
            import_module(found.name)
    logging.basicConfig(level=1, stream=sys.stderr)
    for name in [*_PACKAGES, *_LIBRARIES, *list(logging.root.manager.loggerDict)]:
        logging.getLogger(name).setLevel(1)
    for name in os.environ.get(BREAKS, "").split():
        _break(name, Path(os.environ[BREAKS_WHILE]))
    runpy.run_module(program, run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    main()
