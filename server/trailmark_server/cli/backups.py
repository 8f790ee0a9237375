"""``backup`` and ``restore``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from trailmark_adapters.clock import SystemClock
from trailmark_server.cli.folders import present_folder
from trailmark_server.cli.output import DEFAULTS, ExitCode, Shared, show, told_progress
from trailmark_server.settings import data_folder
from trailmark_shared.words import gettext, listed

_SETTINGS_FILE: Final = "server.json"

Days = Annotated[int, Parameter(validator=Number(gte=1))]


def backup(
    log_folder: Path,
    keys_folder: Path,
    /,
    *,
    log_days: Days | None = None,
    keys_days: Days | None = None,
    shared: Shared = DEFAULTS,
) -> ExitCode:
    """Back up the log and the keys, apart from each other, beside a running server.

    Each is one file, the same for files and PostgreSQL, verified before it is there. Keep those of
    the keys for days only: they bring back what was erased.

    Args:
        log_folder: Where the backup of the log is put.
        keys_folder: Where the backup of the keys is put.
        log_days: Afterwards remove backups of the log that are older.
        keys_days: Afterwards remove backups of the keys that are older.
        shared: Options of every command.

    Raises:
        StorageError: A store or a folder cannot be used; nothing half is left.
    """
    from trailmark_server.backups import folders, saving
    from trailmark_server.backups.place import Place

    now = SystemClock.from_environment().now_ms()
    place = Place(data=present_folder(shared), databases=shared.databases)
    goal = saving.Folders(log_folder, keys_folder)
    with told_progress(shared) as told:
        saved = asyncio.run(saving.back_up(place, goal, now, told))
    removed, waiting = list[Path](), list[Path]()
    if not saved.findings:  # what is damaged is no reason to forget what is not
        if log_days is not None:
            forgotten = folders.forget_old(saved.log, "log", log_days, now)
            removed, waiting = forgotten.removed, forgotten.waiting
        if keys_days is not None:
            removed += folders.forget_old(saved.keys, "keys", keys_days, now).removed
    words = gettext("Backed up and verified: {entries} entries in {lanes} lanes.")
    if saved.findings:
        words = gettext(
            "Backed up: {entries} entries in {lanes} lanes. {n} things do not match, in the server "
            "too: run trailmark-server verify. No older backup was removed."
        )
    words = words.format(entries=saved.entries, lanes=saved.lanes, n=saved.findings)
    if waiting:
        words += "\n" + gettext(
            "Not removed: {files}. The clock may be wrong, because no backup was made for "
            "longer than --log-days, or one is dated in the future. Entries that were erased "
            "since are still in these files. If the clock is right, remove them by hand."
        ).format(files=listed([path.name for path in waiting]))
    show(
        words,
        {
            "log": str(saved.log),
            "keys": str(saved.keys),
            "lanes": saved.lanes,
            "entries": saved.entries,
            "findings": saved.findings,
            "removed": [str(path) for path in removed],
            "waiting": [str(path) for path in waiting],
        },
        as_json=shared.as_json,
    )
    return ExitCode.FINDINGS if saved.findings else ExitCode.OK


def restore(
    log: Path,
    /,
    *,
    keys: Path | None = None,
    replace: Annotated[bool, Parameter(negative="")] = False,
    replace_keys: Annotated[bool, Parameter(negative="")] = False,
    even_damaged: Annotated[bool, Parameter(negative="")] = False,
    shared: Shared = DEFAULTS,
) -> ExitCode:
    """Put a backup back while the server is stopped; devices bring what it does not hold.

    It is verified beside what is there, and only then put in its place.

    Args:
        log: A backup of the log.
        keys: A backup of the keys. Only where there are none: those that are there know what was
            erased and revoked since.
        replace: Put it in place of the log that is there.
        replace_keys: Give the keys that are there up, too, with what they know.
        even_damaged: Also what does not verify.
        shared: Options of every command.

    Raises:
        DomainError: ``invalid_input``: the server runs, or something is there already.
        IntegrityError: ``corrupt_log``: the backup does not verify; nothing was replaced.
    """
    from trailmark_server.backups import restoring
    from trailmark_server.backups.place import Place

    place = Place(data=data_folder(shared.data), databases=shared.databases)
    asked = restoring.Asked(
        log=log,
        keys=keys,
        replace=replace,
        replace_keys=replace_keys,
        even_damaged=even_damaged,
    )
    with told_progress(shared) as told:
        found = asyncio.run(restoring.restore(asked, place, told))
    entries = sum(each.entries for each in found.lanes)
    next_steps = [
        gettext(
            "Accounts are as they were when the backup was made. Whoever was disabled in the "
            "log that it replaced stays disabled; check `trailmark-server therapist list`, and "
            "disable again whoever else you had disabled since."
        ),
        gettext(
            "Nobody is signed in, and no sign-in link or invitation is open: make new ones. "
            "Supporters open their link again."
        ),
        gettext(
            "What a person shares is shown to nobody until one of the person's devices has spoken."
        ),
    ]
    if not (place.data / _SETTINGS_FILE).exists():
        next_steps.append(
            gettext(
                "This folder has no {file}, and a backup holds none: name --public-url, --name, "
                "--sign-in and --trusted-proxy to `trailmark-server serve` again."
            ).format(file=_SETTINGS_FILE)
        )
    words = gettext(
        "Restored: {entries} entries in {lanes} lanes, {n} things do not match. Start the "
        "server: devices bring back what is missing."
    ).format(entries=entries, lanes=len(found.lanes), n=len(found.findings))
    show(
        "\n".join([words, *next_steps]),
        {
            "lanes": len(found.lanes),
            "entries": entries,
            "findings": len(found.findings),
            "next": next_steps,
        },
        as_json=shared.as_json,
    )
    return ExitCode.FINDINGS if found.findings else ExitCode.OK
