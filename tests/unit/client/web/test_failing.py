"""The page for a question that ended in an error nobody foresaw."""

import pytest

from trailmark_client.web.asking import Asked
from trailmark_client.web.failing import failed
from trailmark_shared.errors import ErrorCode, StorageError

TYPED = {"text": ("I <went> out",), "reason": ("other",)}


def test_page_names_the_error_and_shows_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    told = failed(Asked(method="POST", path="/win", form=TYPED), ValueError("I went out"))
    logged = capsys.readouterr().err

    assert 500 == told.status
    assert "ValueError at an unknown place" in told.html
    assert "I &lt;went&gt; out" in told.html
    assert "trailmark: a defect of Trailmark (ValueError at an unknown place)" in logged
    assert "I went out" not in logged


def test_error_with_words_of_its_own_says_them() -> None:
    told = failed(Asked(), StorageError(ErrorCode.STORAGE_UNAVAILABLE, "the store is in use"))

    assert "the store is in use" in told.html
    assert "defect" not in told.html
    assert "to copy" not in told.html
