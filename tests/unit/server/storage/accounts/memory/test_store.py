"""The account tables in memory keep the port's contract."""

import pytest

from tests.contracts.accounts import AccountStoreContract
from trailmark_server.storage.accounts import AccountStore
from trailmark_server.storage.accounts.memory.store import MemoryAccountStore


class TestMemoryAccounts(AccountStoreContract):
    @pytest.fixture
    def accounts(self) -> AccountStore:
        return MemoryAccountStore()
