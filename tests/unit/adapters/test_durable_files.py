"""Files that outlast a power cut: what is written; that it outlasts one, ``tests/power`` tries."""

from pathlib import Path

import pytest

from trailmark_adapters.durable_files import replace_durably, sync_folder, write_durably


def test_a_file_is_its_owners(tmp_path: Path) -> None:
    write_durably(tmp_path / "kept", b"first")
    write_durably(tmp_path / "kept", b"2")

    assert b"2" == (tmp_path / "kept").read_bytes()
    assert 0o600 == (tmp_path / "kept").stat().st_mode & 0o777


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    replace_durably(path, b"old")
    with path.open("rb") as reading:
        replace_durably(path, b"new")

        assert b"old" == reading.read()
    assert b"new" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_file_that_cannot_be_replaced_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    replace_durably(path, b"old")
    (tmp_path / "kept.tmp").mkdir()  # nobody can write there, not even root
    with pytest.raises(OSError, match="directory"):
        replace_durably(path, b"new")

    assert b"old" == path.read_bytes()


def test_only_a_folder_is_synced_as_one(tmp_path: Path) -> None:
    write_durably(tmp_path / "kept", b"")
    sync_folder(tmp_path)
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "kept")
