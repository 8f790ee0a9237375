"""``verify``, ``doctor`` and ``rebuild``: check the log, look over the server, fold anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.cli.folders import ACCOUNTS, present_folder, require_files
from trailmark_server.cli.output import DEFAULTS, ExitCode, Shared, show
from trailmark_server.settings import named_folder
from trailmark_server.storage.ports import Finding, ProvenLane, Verification
from trailmark_shared.phrases import told_head
from trailmark_shared.words import gettext, ngettext


class VerifiedLane(msgspec.Struct, frozen=True, kw_only=True):
    """How far one lane is proven.

    Attributes:
        space: Whose; ``person list`` says who that is.
        lane: Which one.
        entries: Its entries.
        verified_to: Every one of them up to here fits.
        verified: Nothing was found in it.
        words: "as of entry N: …" as of ``verified_to``: devices that hold the same history show the
            same; null for none.
    """

    space: str
    lane: str
    entries: int
    verified_to: int
    verified: bool
    words: str | None


def verify(
    *,
    words: Annotated[
        bool, Parameter(negative="", help="List every lane, with words to compare with its devices")
    ] = False,
    shared: Shared = DEFAULTS,
) -> ExitCode:
    """Recompute every hash, signature and read model, and name what does not match."""
    import asyncio

    from trailmark_server.stores import open_stores

    data = present_folder(shared)

    async def work(progress: Callable[[int, int], bool]) -> Verification:
        async with open_stores(
            data,
            SystemClock.from_environment(),
            SystemRandomness(),
            shared.databases,
        ) as stores:
            return await stores.events.verification(progress)

    with _bar(gettext("Verifying"), shared) as progress:
        found = asyncio.run(work(progress))
    lanes = [_verified(each) for each in found.lanes]
    show(
        "\n".join(_lines(found, lanes, words=words)),
        {
            "ok": not found.findings,
            "signing_keys": found.signing_keys,
            "lanes": [msgspec.to_builtins(each) for each in lanes],
            "findings": [msgspec.to_builtins(each) for each in found.findings],
        },
        as_json=shared.as_json,
    )
    return ExitCode.FINDINGS if found.findings else ExitCode.OK


def _lines(found: Verification, lanes: Sequence[VerifiedLane], *, words: bool) -> Iterator[str]:
    yield from (_lane_words(each) for each in lanes if words or not each.verified)
    yield from map(_finding_words, found.findings)
    if not found.findings:
        entries = sum(each.entries for each in lanes)
        counts = (
            ngettext("{n} entry", "{n} entries", entries).format(n=entries),
            ngettext("{n} lane", "{n} lanes", len(lanes)).format(n=len(lanes)),
            ngettext("{n} signing key", "{n} signing keys", found.signing_keys).format(
                n=found.signing_keys
            ),
        )
        yield gettext("Everything verifies: {counts}.").format(counts=", ".join(counts))


def _verified(lane: ProvenLane) -> VerifiedLane:
    return VerifiedLane(
        space=lane.space,
        lane=lane.lane,
        entries=lane.entries,
        verified_to=lane.verified_to,
        verified=lane.is_whole,
        words=None if lane.hash is None else told_head(lane.hash, lane.verified_to),
    )


def _lane_words(lane: VerifiedLane) -> str:
    words = "" if lane.words is None else f", {lane.words}"
    told = (
        gettext("{space} {lane}: verified, {n} of {all} fit")
        if lane.verified
        else gettext("{space} {lane}: NOT verified, {n} of {all} fit")
    ).format(space=lane.space, lane=lane.lane, n=lane.verified_to, all=lane.entries)
    return f"{told}{words}"


def _finding_words(finding: Finding) -> str:
    place = "" if finding.seq is None else finding.seq
    return f"{finding.space} {finding.lane} {place} {finding.column}: {finding.detail}"


def doctor(
    *,
    log_backups: Path | None = None,
    keys_backups: Path | None = None,
    shared: Shared = DEFAULTS,
) -> ExitCode:
    """Look over the server and say what to do next; nothing is changed.

    Args:
        log_backups: Folder of the log's backups; otherwise where the last one was put.
        keys_backups: The same of the keys.
        shared: Options of every command.
    """
    import asyncio

    from trailmark_server.backups.place import Place
    from trailmark_server.doctor.looking import Wanted, examine

    place = Place(data=named_folder(shared.data), databases=shared.databases)
    if place.databases is None:  # databases that do not answer are told of with the rest
        require_files(place.data, ACCOUNTS)
    wanted = Wanted(place=place, log_backups=log_backups, keys_backups=keys_backups)
    clock = SystemClock.from_environment()
    checks = asyncio.run(examine(wanted, clock, SystemRandomness()))
    bad = [each for each in checks if each.state == "bad"]
    marks = {"ok": gettext("fine"), "look": gettext("look"), "bad": gettext("BROKEN")}
    lines = [
        f"{marks[each.state]:8} {each.words}" + (f"\n{'':8} → {each.advice}" if each.advice else "")
        for each in checks
    ]
    show(
        "\n".join(lines),
        {"ok": not bad, "checks": [msgspec.to_builtins(each) for each in checks]},
        as_json=shared.as_json,
    )
    return ExitCode.FINDINGS if bad else ExitCode.OK


def rebuild(*, shared: Shared = DEFAULTS) -> None:
    """Fold all read models again from the log."""
    import asyncio

    from trailmark_server.stores import open_stores

    data = present_folder(shared)

    async def work(progress: Callable[[int, int], bool]) -> int:
        async with open_stores(
            data,
            SystemClock.from_environment(),
            SystemRandomness(),
            shared.databases,
        ) as stores:
            return await stores.events.rebuild(progress)

    with _bar(gettext("Rebuilding"), shared) as progress:
        count = asyncio.run(work(progress))
    show(
        ngettext("{n} lane rebuilt.", "{n} lanes rebuilt.", count).format(n=count),
        {"lanes": count},
        as_json=shared.as_json,
    )


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
