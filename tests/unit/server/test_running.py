"""A data folder is held by servers together, or by one alone who exchanges its files."""

from pathlib import Path

import pytest

from trailmark_server.running import held_alone, held_by_server
from trailmark_shared.errors import DomainError, ErrorCode, StorageError


def test_servers_hold_it_together_and_nobody_alone_meanwhile(tmp_path: Path) -> None:
    with held_by_server(tmp_path):
        with held_by_server(tmp_path), pytest.raises(DomainError), held_alone(tmp_path):
            pass
        with pytest.raises(DomainError, match=tmp_path.name), held_alone(tmp_path):
            pass
    with held_alone(tmp_path):
        pass


def test_no_server_starts_while_somebody_holds_it_alone(tmp_path: Path) -> None:
    with held_alone(tmp_path), pytest.raises(StorageError) as refused, held_by_server(tmp_path):
        pass

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code
