"""Why something changes: given with the command, or asked for."""

import io

import pytest

from trailmark_client.cli.reasons import reason_for, reason_from_text
from trailmark_client.cli.terminal import Terminal
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("new-insight", Reason(code="new-insight")),
        ("New_Insight", Reason(code="new-insight")),
        ("obstacle:no time: none", Reason(code="obstacle", text="no time: none")),
        ("other: ", Reason(code="other")),
    ],
)
def test_a_reason_is_a_code_and_words(text: str, reason: Reason) -> None:
    assert reason_from_text(text) == reason


@pytest.mark.parametrize("text", ["", "bored", ":because"])
def test_an_unknown_code_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        reason_from_text(text)

    assert refused.value.code == ErrorCode.INVALID_INPUT
    assert "new-insight" in refused.value.message


def test_a_reason_is_asked_for_where_somebody_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("nonsense\n0\nobstacle\nno time\n"))

    reason = reason_for(None, Terminal(as_json=False))

    assert reason == Reason(code="obstacle", text="no time")
    assert "What changed?" in capsys.readouterr().out


def test_words_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("1\n\n"))

    assert reason_for(None, Terminal(as_json=False)).text is None


@pytest.mark.parametrize("as_json", [True, False])
def test_where_nobody_is_there_it_is_required(
    monkeypatch: pytest.MonkeyPatch,
    as_json: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard() if as_json else io.StringIO())

    with pytest.raises(DomainError) as refused:
        reason_for(None, Terminal(as_json=as_json))

    assert refused.value.code == ErrorCode.REASON_REQUIRED
