"""A count with or without a bar."""

import io
import sys

import pytest

from trailmark_client.cli.progress import counting
from trailmark_client.cli.terminal import Terminal


class Screen(io.StringIO):
    """An error stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_where_nobody_watches_it_is_only_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with counting(Terminal(as_json=False), "Checking", 5) as count:
        count.add(2)
        count.add(3)

    assert count.done == 5
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("as_json", "draws"), [(False, True), (True, False)])
def test_where_somebody_watches_a_bar_is_drawn_beside_the_answer(
    monkeypatch: pytest.MonkeyPatch,
    as_json: bool,  # noqa: FBT001
    draws: bool,  # noqa: FBT001
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)

    with counting(Terminal(as_json=as_json), "Checking", 5) as count:
        count.add(5)

    assert count.done == 5
    assert ("Checking" in screen.getvalue()) is draws
