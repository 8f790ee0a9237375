"""Options that many commands share mean the same everywhere."""

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.options import PLAIN, Common


def test_words_are_the_default() -> None:
    assert PLAIN == Common(as_json=False)


@pytest.mark.parametrize("text", ["-", "-x", "--", "- felt bad", "--felt bad", "-1"])
def test_free_text_may_begin_with_a_hyphen(cli: Cli, text: str) -> None:
    words = ["--", text] if text == "--" else [text]

    ran = cli("win", *words)

    assert (ran.code, ran.err) == (0, "")
    assert cli.ok("log", "--limit", "1")["events"][0]["body"]["data"]["text"] == text


def test_json_may_stand_anywhere(cli: Cli) -> None:
    assert cli("win", "--json", "x").json["saved"]
    assert cli("win", "x", "--json").json["saved"]
