"""Questionnaires as files: taken in whole or not at all, and never in place of one that ships."""

import json
from pathlib import Path
from typing import Any

import pytest

from trailmark_client.storage.instruments import FOLDER, Instruments, read_instrument
from trailmark_shared import limits
from trailmark_shared.domain.shipped_instruments import SHIPPED
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    LimitExceededError,
    StorageError,
)


def a_file(folder: Path, code: str = "sleep", **changed: Any) -> Path:  # noqa: ANN401  (any field)
    choices = [{"value": n, "words": str(n)} for n in (0, 1)]
    whole = {
        "code": code,
        "version": "1",
        "title": "Sleep",
        "notice": "Free",
        "stem": "Last night,",
        "choices": choices,
        "items": [{"words": "did you sleep?"}],
        **changed,
    }
    file = folder / f"given-{code}.json"
    file.write_text(json.dumps(whole))
    return file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_what_ships_is_there_without_a_file(home: Path) -> None:
    assert dict(SHIPPED) == Instruments(home).all()
    assert Instruments(home).get(" PHQ-9 ").title == "PHQ-9"


def test_a_file_is_taken_in_and_replaced(home: Path, tmp_path: Path) -> None:
    Instruments(home).add(a_file(tmp_path))
    Instruments(home).add(a_file(tmp_path, version="2"))

    assert [*SHIPPED, "sleep"] == list(Instruments(home).all())
    assert Instruments(home).get("sleep").version == "2"
    assert ["sleep.json"] == [each.name for each in (home / FOLDER).iterdir()]


def test_what_ships_stays_unaltered(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        Instruments(home).add(a_file(tmp_path, "phq-9"))

    assert refused.value.code is ErrorCode.INVALID_INPUT
    a_file(tmp_path, "phq-9").rename(_folder(home) / "mine.json")
    assert Instruments(home).get("phq-9") == SHIPPED["phq-9"]


def test_an_unknown_code_is_not_found(home: Path) -> None:
    with pytest.raises(DomainError) as refused:
        Instruments(home).get("sleep")

    assert refused.value.code is ErrorCode.NOT_FOUND


def test_a_file_that_is_none_is_refused_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        Instruments(home).add(a_file(tmp_path, items=[]))

    assert not (home / FOLDER).exists()


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (limits.INSTRUMENT_BYTES_MAX + 1))

    with pytest.raises(LimitExceededError):
        read_instrument(file)


def test_so_many_and_no_more(home: Path, tmp_path: Path) -> None:
    for n in range(limits.INSTRUMENTS_MAX):
        Instruments(home).add(a_file(tmp_path, f"sleep-{n}"))

    Instruments(home).add(a_file(tmp_path, "sleep-0", version="2"))
    with pytest.raises(LimitExceededError):
        Instruments(home).add(a_file(tmp_path, "one-more"))
    a_file(tmp_path, "one-more").rename(_folder(home) / "one-more.json")
    with pytest.raises(LimitExceededError):
        Instruments(home).all()


def test_what_cannot_be_read_or_written_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as unread:
        read_instrument(tmp_path / "nothing.json")
    (home / FOLDER).write_text("in the way")
    with pytest.raises(StorageError) as unwritten:
        Instruments(home).add(a_file(tmp_path))

    assert {unread.value.code, unwritten.value.code} == {ErrorCode.STORAGE_UNAVAILABLE}


def _folder(home: Path) -> Path:
    folder = home / FOLDER
    folder.mkdir(exist_ok=True)
    return folder
