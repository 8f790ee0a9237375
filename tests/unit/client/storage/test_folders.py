"""The folder that holds everything of this device."""

import os
from pathlib import Path

import pytest

from trailmark_client.storage.folders import made_folder
from trailmark_shared.errors import ErrorCode, StorageError


def test_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = made_folder(tmp_path / "new" / "home")

    assert 0o700 == made.stat().st_mode & 0o777
    assert made == made_folder(made)


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever runs everything may write everywhere")
def test_folder_in_which_nothing_may_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(StorageError, match="stays as it is"):
        made_folder(tmp_path)


@pytest.mark.parametrize("name", ["file", "file/home"])
def test_what_cannot_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="TRAILMARK_HOME") as refused:
        made_folder(tmp_path / name)

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code
