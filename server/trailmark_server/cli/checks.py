"""``verify`` and ``rebuild``: check the whole log, fold the read models anew."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.cli.output import DEFAULTS, ExitCode, Shared, show
from trailmark_server.settings import data_folder
from trailmark_server.storage.ports import Finding


def verify(*, shared: Shared = DEFAULTS) -> ExitCode:
    """Recompute every hash, signature and read model; name what does not match."""
    import asyncio

    from trailmark_server.stores import open_stores

    async def work(progress: Callable[[int, int], bool]) -> list[Finding]:
        async with open_stores(
            data_folder(shared.data), SystemClock.from_environment(), SystemRandomness()
        ) as stores:
            return await stores.events.verify(progress)

    with _bar("Verifying", shared) as progress:
        findings = asyncio.run(work(progress))
    lines = [
        f"{each.space} {each.lane} {'' if each.seq is None else each.seq} "
        f"{each.column}: {each.detail}"
        for each in findings
    ]
    show(
        "\n".join(lines) or "Everything verifies.",
        {"ok": not findings, "findings": [msgspec.to_builtins(each) for each in findings]},
        as_json=shared.as_json,
    )
    return ExitCode.FINDINGS if findings else ExitCode.OK


def rebuild(*, shared: Shared = DEFAULTS) -> None:
    """Fold all read models again from the log."""
    import asyncio

    from trailmark_server.stores import open_stores

    async def work(progress: Callable[[int, int], bool]) -> int:
        async with open_stores(
            data_folder(shared.data), SystemClock.from_environment(), SystemRandomness()
        ) as stores:
            return await stores.events.rebuild(progress)

    with _bar("Rebuilding", shared) as progress:
        count = asyncio.run(work(progress))
    show(f"{count} lanes rebuilt.", {"lanes": count}, as_json=shared.as_json)


def _bar(title: str, shared: Shared) -> _Bar:
    return _Bar(title, visible=not shared.as_json)


class _Bar:
    """A progress bar on standard error; silent with ``--json``."""

    def __init__(self, title: str, *, visible: bool) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), disable=not visible)
        self._task = self._progress.add_task(title, total=None)

    def __enter__(self) -> Callable[[int, int], bool]:
        self._progress.start()
        return self._advance

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def _advance(self, done: int, total: int) -> bool:
        self._progress.update(self._task, completed=done, total=total)
        return True
