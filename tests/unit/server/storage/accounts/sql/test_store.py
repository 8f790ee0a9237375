"""The account tables in SQL keep the port's contract, on both databases."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.contracts.accounts import AccountStoreContract
from tests.support.postgres import PostgresServer
from trailmark_adapters.async_sqlite import AsyncDatabase
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_server.storage import sqlite
from trailmark_server.storage.accounts import AccountStore
from trailmark_server.storage.accounts.sql.store import SqlAccountStore
from trailmark_server.storage.postgres.store import open_main

MIGRATIONS = Path(sqlite.__file__).parent / "sql"


class TestSqliteAccounts(AccountStoreContract):
    @pytest.fixture
    async def accounts(self, tmp_path: Path) -> AsyncGenerator[AccountStore]:
        database = AsyncDatabase(tmp_path / "trailmark.db", migrations_from_folder(MIGRATIONS))
        async with database:
            yield SqlAccountStore(database)


class TestPostgresAccounts(AccountStoreContract):
    @pytest.fixture
    async def accounts(self, postgres: PostgresServer) -> AsyncGenerator[AccountStore]:
        url = await postgres.create("main")
        async with open_main(url) as database:
            yield SqlAccountStore(database)
        await postgres.give_back(url, "main")
