"""Output: words for people, one JSON object for programs, and how the program ends."""

import json

import pytest

from trailmark_server.cli.output import ExitCode, fail, show
from trailmark_shared.errors import ErrorCode


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        (ErrorCode.NOT_FOUND, ExitCode.REFUSED),
        (ErrorCode.DISK_FULL, ExitCode.STORAGE),
        (ErrorCode.NEWER_SCHEMA, ExitCode.STORAGE),
    ],
)
def test_errors_end_the_program_by_kind(code: ErrorCode, ends: ExitCode) -> None:
    assert ends == fail(code, "sentence", as_json=False)
    assert ExitCode.USAGE == fail(code, "sentence", as_json=True, exit_code=ExitCode.USAGE)


def test_results_are_words_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    show("words", {"key": "wert ä"}, as_json=False)
    show("words", {"key": "wert ä"}, as_json=True)
    first, second = capsys.readouterr().out.splitlines()

    assert "words" == first
    assert {"key": "wert ä"} == json.loads(second)
