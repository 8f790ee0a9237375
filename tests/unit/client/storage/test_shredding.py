"""Shredding takes the content of a file, not only its name."""

import os
from pathlib import Path

import pytest

from trailmark_client.storage.shredding import shred

WORDS = b"quillomar brindlewick " * 100_000


def test_a_shredded_file_is_gone_and_its_content_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(WORDS)
    other_name = tmp_path / "other"
    os.link(path, other_name)

    shred(path)

    assert not path.exists()
    assert bytes(len(WORDS)) == other_name.read_bytes()


def test_a_file_that_is_not_there_is_left_alone(tmp_path: Path) -> None:
    shred(tmp_path / "nothing")

    assert [] == list(tmp_path.iterdir())


def test_a_link_to_somewhere_else_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(WORDS)
    link = tmp_path / "link"
    link.symlink_to(elsewhere)

    with pytest.raises(OSError, match="symbolic"):
        shred(link)

    assert WORDS == elsewhere.read_bytes()
