"""Starting: a socket that only this machine reaches, a link that no other user can read."""

import socket
import stat
import webbrowser
from pathlib import Path

import pytest

from trailmark_client.local_site.launching import listening_socket, open_browser
from trailmark_shared.errors import ErrorCode, StorageError


def test_socket_is_of_this_machine() -> None:
    with listening_socket(0) as opened:
        assert "127.0.0.1" == opened.getsockname()[0]


def test_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(StorageError) as refused:
            listening_socket(other.getsockname()[1])
    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code


def test_port_that_is_none_is_named() -> None:
    with pytest.raises(StorageError):
        listening_socket(99_999)


def test_link_is_in_a_file_of_its_owner_and_in_no_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    file = tmp_path / "open.html"
    file.write_text("of another launch")
    file.chmod(0o644)
    open_browser(file, "http://t-abc.localhost:1/enter/secret")

    assert [file.as_uri()] == opened
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert 'content="0; url=http://t-abc.localhost:1/enter/secret"' in file.read_text()
