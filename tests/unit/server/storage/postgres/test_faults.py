"""What an error of PostgreSQL means for us: what to do, and never what somebody wrote."""

from typing import Any, cast

import pytest

from trailmark_server.storage.postgres.faults import exceptions, translated
from trailmark_shared.errors import ErrorCode, StorageError

ERRORS: Any = exceptions


@pytest.mark.parametrize("name", ["ReadOnlySQLTransactionError", "FeatureNotSupportedError"])
def test_a_standby_is_named_as_such(name: str) -> None:
    meant = translated(getattr(ERRORS, name)("cannot use serializable mode in a hot standby"))

    assert isinstance(meant, StorageError)
    assert ErrorCode.STORAGE_UNAVAILABLE == meant.code
    assert "standby" in meant.message


def test_a_mistake_of_our_own_stays_what_it_is() -> None:
    error = cast("Exception", ERRORS.UndefinedColumnError("column"))

    assert error is translated(error)
