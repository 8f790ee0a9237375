"""Checking everything that this device holds: its events, and the file they lie in beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailmark_client.app import App
from trailmark_client.lock import database_key
from trailmark_client.storage.structure import StructureCheck, beside, contradicts_nothing
from trailmark_client.storage.verification import Damage, Progress, verify_all
from trailmark_shared.errors import ErrorCode, IntegrityError
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from concurrent.futures import Future


def verify_store(app: App, progress: Progress = lambda _count: None) -> list[Damage]:
    """Check every event, and that no index of the file contradicts its table.

    Args:
        app: This device.
        progress: Told how many events were checked.

    Returns:
        What does not verify; empty when all does.

    Raises:
        IntegrityError: ``corrupt_log``: the file cannot even be read to its end.
        StorageError: ``storage_unavailable``.
    """
    check = StructureCheck(app.file.path, database_key(app.key), contradicts_nothing)
    with beside(check) as looking:
        found = _damages(app, progress, looking)
        is_sound = looking.result()
    return found if is_sound else [*found, Damage(what="file", lane="", seq=None, event=None)]


def _damages(app: App, progress: Progress, looking: Future[bool | None]) -> list[Damage]:
    try:
        return app.read(lambda conn: verify_all(conn, app.vault, progress))
    except (TypeError, ValueError):
        # Damage makes a value one of another kind, with which nothing can be computed.
        if looking.result():
            raise
    app.doubt(ErrorCode.CORRUPT_LOG)
    raise IntegrityError(ErrorCode.CORRUPT_LOG, gettext("the database file is damaged"))
