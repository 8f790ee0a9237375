"""What is seen of the stores is told apart, says of which one it is, and what to do next."""

import pytest

from trailmark_server.doctor import judging_stores
from trailmark_server.doctor.judging import Check, State
from trailmark_server.doctor.judging_stores import Where
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError

AWAY = StorageError(ErrorCode.STORAGE_UNAVAILABLE, "nobody answers")
FULL = StorageError(ErrorCode.DISK_FULL, "the disk is full")
DAMAGED = IntegrityError(ErrorCode.CORRUPT_LOG, "keys.db is damaged")


@pytest.mark.parametrize(
    ("check", "state"),
    [
        (judging_stores.database("log", "SQLite 3.46.1", is_too_old=False), "ok"),
        (judging_stores.database("log", "PostgreSQL 14.2", is_too_old=True), "bad"),
        (judging_stores.database("log", "PostgreSQL 18", is_too_old=False, is_standby=True), "bad"),
        (
            judging_stores.database("log", "PostgreSQL 18", is_too_old=False, is_durable=False),
            "bad",
        ),
        (judging_stores.unreachable("keys", AWAY, "postgres"), "bad"),
        (judging_stores.migrations("log", 14, 14), "ok"),
        (judging_stores.migrations("log", 13, 14), "look"),
        (judging_stores.migrations("log", 15, 14), "bad"),
        (judging_stores.migrations("log", 0, 14), "bad"),
    ],
)
def test_how_it_is_and_what_to_do(check: Check, state: State) -> None:
    assert state == check.state
    assert check.words.startswith(("log: ", "keys: "))
    assert (state != "ok") == bool(check.advice)


@pytest.mark.parametrize(
    ("error", "where", "advice"),
    [
        (AWAY, "postgres", "start it"),
        (AWAY, "file", "whose the file"),
        (AWAY, "marked", "what this line says"),
        (FULL, "file", "make room"),
        (DAMAGED, "file", "trailmark-server restore"),
    ],
)
def test_what_to_do_follows_from_why_a_store_cannot_be_used(
    error: StorageError | IntegrityError, where: Where, advice: str
) -> None:
    found = judging_stores.unreachable("keys", error, where)

    assert f"keys: {error.message}" == found.words
    assert advice in found.advice


def test_one_migration_is_not_called_several() -> None:
    assert "log: 1 migration waits" == judging_stores.migrations("log", 13, 14).words
