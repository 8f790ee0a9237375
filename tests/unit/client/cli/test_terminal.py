"""Words out, questions in; nothing from a log commands the terminal."""

import io
import json

import pytest

from trailmark_client.cli.terminal import Terminal, on_its_own, printable, printable_json
from trailmark_shared.errors import DomainError, ErrorCode


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Terminal:
    monkeypatch.setattr("sys.stdin", Keyboard(request.param))
    return Terminal(as_json=False)


@pytest.mark.parametrize("text", ["\x1b[31m", "\x00", "\x07", "\r", "\x9b", "\u202e", "\u2066"])
def test_commands_to_the_terminal_are_replaced(text: str) -> None:
    assert "�" in printable(text)
    assert text not in printable(text)


def test_words_of_any_language_stay() -> None:
    text = "Größe\t日本語\n🙂"

    assert printable(text) == text
    assert printable_json(text) == text


def test_words_that_go_on_begin_no_line_of_their_own() -> None:
    assert "    said: one\n      | two\n      | \n      | three" == on_its_own(
        "    said: one\ntwo\n\nthree"
    )
    assert "one line" == on_its_own("one line")


def test_commands_to_the_terminal_are_escaped_in_json() -> None:
    said = {"text": "\x1b\x7f\x9b2J\u202eevil\u2069"}
    document = json.dumps(said, ensure_ascii=False)

    shown = printable_json(document)

    assert json.loads(shown) == said
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("terminal", "agrees"),
    [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)],
    indirect=["terminal"],
)
def test_only_a_yes_is_a_yes(terminal: Terminal, agrees: bool) -> None:  # noqa: FBT001
    assert terminal.agrees("Share?") is agrees


@pytest.mark.parametrize("terminal", ["4\nx\n0\n\u00b2\n" + "1" * 5000 + "\n2\n"], indirect=True)
def test_a_choice_is_asked_for_until_one_fits(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert terminal.chooses("Which?", [("a", "apples"), ("b", "pears")]) == "b"
    assert "2. pears" in capsys.readouterr().out


def test_a_code_is_on_the_output_before_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(as_json=True).showing("AB-CD") as begun:
        said = capsys.readouterr().out

    assert begun == said == '{"code":"AB-CD"'
    assert "" == capsys.readouterr().out


def test_a_code_that_was_shown_is_a_document_where_the_rest_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(DomainError), Terminal(as_json=True).showing("AB-CD"):
        raise DomainError(ErrorCode.INVALID_INPUT, "no")

    assert '{"code":"AB-CD"}\n' == capsys.readouterr().out


def test_people_read_a_code_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(as_json=False).showing("AB-CD", "Your code: AB-CD") as begun:
        assert "Your code: AB-CD\n" == capsys.readouterr().out

    assert "" == begun


@pytest.mark.parametrize("terminal", [""], indirect=True)
def test_an_input_that_ends_is_named(terminal: Terminal) -> None:
    with pytest.raises(DomainError) as refused:
        terminal.ask("Name?")

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_a_column_in_which_nothing_stands_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=False).table(("id", "due", "text"), [("a", "", "one"), ("b", "", "")])

    shown = capsys.readouterr().out
    assert ("due" in shown, "text" in shown, "one" in shown) == (False, True, True)


@pytest.mark.parametrize("terminal", [""], indirect=True)
def test_a_table_wraps_and_is_never_cut(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.table(("id", "text"), [("a", "word " * 60), ("b", "\x1b[2J")])

    out = capsys.readouterr().out
    assert out.count("word") == 60
    assert "\x1b[2J" not in out


def test_nobody_is_asked_when_json_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard())

    assert Terminal(as_json=False).may_ask
    assert not Terminal(as_json=True).may_ask


def test_what_stands_beside_the_answer_goes_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(as_json=True).warn("look")

    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "look\n")


@pytest.mark.parametrize("terminal", ["abcd-efgh\n"], indirect=True)
def test_a_code_is_typed_and_not_passed(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert terminal.typed("The code:") == "abcd-efgh"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("terminal", [""], indirect=True)
def test_a_code_that_does_not_come_is_named(terminal: Terminal) -> None:
    with pytest.raises(DomainError) as refused:
        terminal.typed("The code:")

    assert refused.value.code == ErrorCode.INVALID_INPUT
