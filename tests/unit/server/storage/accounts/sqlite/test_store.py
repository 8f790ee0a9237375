"""The account tables in SQLite keep the port's contract."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.contracts.accounts import AccountStoreContract
from trailmark_adapters.async_sqlite import AsyncDatabase
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_server.storage import sqlite
from trailmark_server.storage.accounts import AccountStore
from trailmark_server.storage.accounts.sqlite.store import SqliteAccountStore

MIGRATIONS = Path(sqlite.__file__).parent / "sql"


class TestSqliteAccounts(AccountStoreContract):
    @pytest.fixture
    async def accounts(self, tmp_path: Path) -> AsyncGenerator[AccountStore]:
        database = AsyncDatabase(tmp_path / "trailmark.db", migrations_from_folder(MIGRATIONS))
        async with database:
            yield SqliteAccountStore(database)
