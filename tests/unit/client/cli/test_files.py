"""Files that a person asks for: whole or not at all, and never over another one."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailmark_client.cli.files import refuse_taken, whole_file, write_whole
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, StorageError


@pytest.mark.parametrize("name", ["there.json", "no-such-folder/copy.json", "dangling.json"])
def test_nothing_is_overwritten_and_no_folder_is_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.json").write_text("mine")
    (tmp_path / "dangling.json").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(DomainError) as refused:
        refuse_taken(tmp_path / name)
    assert ErrorCode.INVALID_INPUT is refused.value.code


def test_what_was_left_unfinished_is_named(tmp_path: Path) -> None:
    (tmp_path / "copy.json.part").write_text("half of it")

    with pytest.raises(DomainError, match=r"copy\.json\.part was left there") as refused:
        refuse_taken(tmp_path / "copy.json")
    assert ErrorCode.INVALID_INPUT is refused.value.code


def test_a_new_name_is_taken_for_the_own_account_only(tmp_path: Path) -> None:
    file = tmp_path / "copy.json"
    refuse_taken(file)

    assert 5 == write_whole(file, [b"one", b"", b"\n2"])
    assert (b"one\n2", 0o600) == (file.read_bytes(), file.stat().st_mode & 0o777)
    assert [file] == list(tmp_path.iterdir())


def test_what_stops_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise IntegrityError(ErrorCode.CORRUPT_LOG, "damaged")

    with pytest.raises(IntegrityError):
        write_whole(tmp_path / "copy.json", pieces())
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "copy.json.part").mkdir()

    with pytest.raises(StorageError) as refused:
        write_whole(tmp_path / "copy.json", [b"one"])
    assert ErrorCode.STORAGE_UNAVAILABLE is refused.value.code


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(StorageError) as refused:
        write_whole(tmp_path / "copy.json", pieces())
    assert ErrorCode.DISK_FULL is refused.value.code
    assert [] == list(tmp_path.iterdir())


def test_a_file_is_there_once_all_of_it_is(tmp_path: Path) -> None:
    file = tmp_path / "copy.json"

    with whole_file(file) as stream:
        stream.write(b"one")
        during = file.exists()

    assert (False, b"one") == (during, file.read_bytes())
