"""Asking for the passphrase."""

import io
import os
from pathlib import Path

import pytest

from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.unlocking import FILE_VARIABLE, new_passphrase, present_passphrase
from trailmark_shared.errors import DomainError, ErrorCode, StorageError


class Typing(Terminal):
    """A terminal at which somebody types these lines unseen."""

    def __init__(self, *lines: str) -> None:
        super().__init__(as_json=False)
        self.may_ask = True
        self._lines = list(lines)

    def secret(self, question: str) -> str:
        del question
        return self._lines.pop(0)


def file_of(folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int = 0o600) -> Path:
    file = folder / "passphrase"
    file.write_text("a lamp, three stairs\nmore\n")
    file.chmod(mode)
    monkeypatch.setenv(FILE_VARIABLE, str(file))
    return file


def test_a_person_types_it() -> None:
    assert "a lamp" == present_passphrase(Typing("a lamp"))


def test_a_script_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_of(tmp_path, monkeypatch)

    assert "a lamp, three stairs" == present_passphrase(Terminal(as_json=True))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_reach_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    file_of(tmp_path, monkeypatch, mode)

    with pytest.raises(DomainError) as raised:
        present_passphrase(Terminal(as_json=True))

    assert ErrorCode.INVALID_INPUT == raised.value.code


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    pipe.mkdir(mode=0o700)
    for named in (tmp_path / "none", pipe):
        monkeypatch.setenv(FILE_VARIABLE, str(named))
        with pytest.raises(DomainError):
            present_passphrase(Terminal(as_json=True))


def test_without_anybody_to_ask_it_says_what_to_do() -> None:
    with pytest.raises(StorageError) as raised:
        present_passphrase(Terminal(as_json=True))

    assert ErrorCode.LOCKED == raised.value.code
    assert FILE_VARIABLE in raised.value.message
    assert FILE_VARIABLE not in os.environ


def test_a_new_one_is_typed_twice() -> None:
    assert "one" == new_passphrase(Typing("one", "one"))
    with pytest.raises(DomainError):
        new_passphrase(Typing("one", "two"))


def test_a_pipe_may_bring_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a lamp, three stairs\n"))

    assert "a lamp, three stairs" == new_passphrase(Terminal(as_json=True))
