"""What the machine does not let us write is told by its code, and never as a defect."""

import errno

import pytest

from trailmark_adapters.disk import disk_errors
from trailmark_shared.errors import ErrorCode, StorageError


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (errno.ENOSPC, ErrorCode.DISK_FULL, "the disk is full"),
        (errno.EDQUOT, ErrorCode.DISK_FULL, "the disk is full"),
        (errno.EFBIG, ErrorCode.DISK_FULL, "the disk is full"),
        (errno.EROFS, ErrorCode.STORAGE_UNAVAILABLE, "(EROFS)"),
        (errno.EACCES, ErrorCode.STORAGE_UNAVAILABLE, "(EACCES)"),
    ],
)
def test_an_error_of_files_is_told_without_a_path(number: int, code: ErrorCode, words: str) -> None:
    with pytest.raises(StorageError) as raised, disk_errors():
        raise OSError(number, "no", "maya/trailmark.db")

    assert raised.value.code is code
    assert words in raised.value.message
    assert "maya" not in raised.value.message


def test_an_error_without_a_number_is_told_by_its_kind() -> None:
    with pytest.raises(StorageError) as raised, disk_errors():
        raise TimeoutError

    assert "(TimeoutError)" in raised.value.message


def test_every_other_error_stays_what_it_is() -> None:
    with pytest.raises(KeyError), disk_errors():
        raise KeyError
