"""What an error of PostgreSQL means for us: what to do, and never what somebody wrote."""

from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from tests.support.postgres import PostgresServer, standby_of
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.faults import exceptions, read_only, translated
from trailmark_server.storage.postgres.store import open_main
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.ids import SELF, SpaceId

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


@pytest.mark.parametrize("space", [None, SpaceId(b"s" * 16)], ids=["elsewhere", "in a space"])
async def test_a_real_standby_is_named_as_such_whatever_is_written_there(
    postgres: PostgresServer, space: SpaceId | None
) -> None:
    main = await postgres.create("main")
    try:
        with standby_of(postgres) as standby:
            async with open_main(standby.url_of(urlsplit(main).path[1:])) as followed:
                with pytest.raises(StorageError) as caught:
                    await followed.write(
                        lambda conn: conn.execute("DELETE FROM closed_space"), space, SELF
                    )
    finally:
        await postgres.give_back(main, "main")

    assert read_only().message == caught.value.message


async def test_a_schema_that_another_process_changed_stops_nobody(postgres: PostgresServer) -> None:
    """A connection has prepared statements whose result is another one afterwards."""
    main = await postgres.create("main")
    administrator = await connect(main)

    def look(conn: PostgresConnection) -> int:
        return len(conn.execute("SELECT * FROM looked_at").fetchall())

    try:
        async with open_main(main) as database:
            await administrator.execute("CREATE TABLE looked_at (a int)")
            await database.write(look)
            await administrator.execute("ALTER TABLE looked_at ADD b int")

            assert 0 == await database.write(look)
    finally:
        await administrator.execute("DROP TABLE IF EXISTS looked_at")
        await administrator.close()
        await postgres.give_back(main, "main")
