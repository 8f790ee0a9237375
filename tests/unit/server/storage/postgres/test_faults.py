"""What an error of PostgreSQL means for us: what to do, and never what somebody wrote."""

from typing import Any, cast

import pytest

from trailmark_server.storage.postgres.faults import exceptions, translated
from trailmark_shared.errors import ErrorCode, StorageError

ERRORS: Any = exceptions


def test_a_standby_is_named_as_such() -> None:
    meant = translated(ERRORS.ReadOnlySQLTransactionError("cannot execute INSERT"))

    assert isinstance(meant, StorageError)
    assert ErrorCode.STORAGE_UNAVAILABLE == meant.code
    assert "standby" in meant.message


def test_statements_of_an_older_schema_may_be_tried_again() -> None:
    meant = translated(ERRORS.InvalidCachedStatementError("cached plan must not change result"))

    assert isinstance(meant, StorageError)
    assert "standby" not in meant.message
    assert "try again" in meant.message


@pytest.mark.parametrize("name", ["UndefinedColumnError", "FeatureNotSupportedError"])
def test_a_mistake_of_our_own_stays_what_it_is(name: str) -> None:
    error = cast("Exception", getattr(ERRORS, name)("column"))

    assert error is translated(error)
