"""What is agreed to: asked one by one with no as the answer of an empty line, or named."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.support.person import AGREED, THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.cli.agreeing import Class, Named, agreed_beforehand, agreed_words, asked
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import Common
from trailmark_client.commands.grants import Agreement, let_in
from trailmark_client.queries.pending import Agreed
from trailmark_shared.domain.consent import CLASS_WORDS, CONSENT_TEXTS, CONSENT_VERSION
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")
NO_CLASS, NO_ACTION = "\n" * len(CLASS_WORDS), "\n" * 2


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def here(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """This device with somebody at the terminal who types what a test writes down."""
    assert cli
    monkeypatch.setattr("sys.stdin", Keyboard())
    with opened(Common()) as present:
        yield present


def typing(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(lines))


def let_somebody_in(tmp_path: Path, classes: tuple[str, ...] = AGREED) -> None:
    agreed = Agreement(member=THERAPIST, classes=classes)
    with open_app(tmp_path / "home") as app:
        app.write(lambda c: let_in(c, app.recorder, CARE, agreed, app.recorder.now()))


def yes_to(*classes: str) -> str:
    """Return what is typed to agree to these kinds and to no other."""
    return "".join("y\n" if each in classes else "\n" for each in CLASS_WORDS)


def test_every_kind_can_be_named_beforehand() -> None:
    assert [each.replace("_", "-") for each in CLASS_WORDS] == list(get_args(Class))


class TestAsked:
    def test_empty_lines_agree_to_nothing(
        self, here: Here, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        typing(monkeypatch, NO_CLASS + NO_ACTION + "\n" + "y\n")

        agreed = asked(here, "Dr Second", Named())

        out = capsys.readouterr().out
        assert Agreed() == agreed
        assert CONSENT_TEXTS[CONSENT_VERSION] in out
        assert all(f"May Dr Second see {words}?" in out for words in CLASS_WORDS.values())
        assert "Dr Second may see: nothing but what you share one by one." in out
        assert "private copy" not in out

    def test_what_is_not_confirmed_at_the_end_counts_for_nothing(
        self, here: Here, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typing(monkeypatch, "y\n" * len(CLASS_WORDS) + "y\n" * 2 + "\n" + "\n")

        assert asked(here, "Dr Second", Named()) is None

    def test_goals_from_before_are_picked_by_number(
        self, cli: Cli, here: Here, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        goal = cli.goal("Walk")
        cli.goal("Mine")
        typing(
            monkeypatch,
            yes_to("goals") + NO_ACTION + "\n" + "7\nx\n0\n" + "1" * 5000 + "\n1\n" + "y\n",
        )

        agreed = asked(here, "Dr Second", Named())

        assert Agreed(classes=("goals",), history="picked", picks=(goal,)) == agreed

    def test_nothing_is_picked_by_an_empty_line(
        self, cli: Cli, here: Here, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cli.goal("Walk")
        typing(monkeypatch, yes_to("goals") + NO_ACTION + "\n" + "\n" + "y\n")

        assert Agreed(classes=("goals",)) == asked(here, "Dr Second", Named())

    def test_everything_of_another_therapist_is_said_with_counts(
        self,
        cli: Cli,
        here: Here,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        let_somebody_in(tmp_path, ("goals", "steps"))
        goal = cli.goal("Walk", "--share")
        cli.ok("step", "add", goal, "shoes")
        typing(monkeypatch, yes_to("goals", "steps") + NO_ACTION + "\n" + "3\n" + "y\n")

        agreed = asked(here, "Dr Second", Named())

        out = capsys.readouterr().out
        assert Agreed(classes=("goals", "steps"), history="everything", lane=CARE) == agreed
        assert "Dr Second will see 1 goal and 1 step; " in out
        assert "Dr Demo and Dr Second will each see that the other is let in" in out

    def test_of_other_kinds_everything_is_not_offered(
        self,
        here: Here,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        let_somebody_in(tmp_path)
        typing(monkeypatch, NO_CLASS + NO_ACTION + "\n" + "3\n1\n" + "y\n")

        agreed = asked(here, "Dr Second", Named())

        assert Agreed() == agreed
        assert "everything that" not in capsys.readouterr().out

    def test_since_a_day_check_ins_go_with_their_goal(
        self, cli: Cli, here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        let_somebody_in(tmp_path)
        goal = cli.goal("Walk")
        value = cli.ok("check-in", goal, "3")["id"]
        yes = yes_to("goals", "check_ins") + NO_ACTION + "\n" + "since\ntoday\n"

        typing(monkeypatch, yes + "1 2\n" + "y\n")
        both = asked(here, "Dr Second", Named())
        typing(monkeypatch, yes + "2\n" + "y\n")
        alone = asked(here, "Dr Second", Named())

        assert both is not None
        assert alone is not None
        assert ("since", here.when().day, (goal, value)) == (both.history, both.since, both.picks)
        assert () == alone.picks

    def test_what_was_named_is_not_asked(self, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
        typing(monkeypatch, "y\n")

        agreed = asked(here, "Dr Second", Named(share=("check-ins", "goals"), may=("propose",)))

        assert Agreed(classes=("goals", "check_ins"), actions=("propose",)) == agreed


class TestNamed:
    def test_what_is_not_named_is_not_agreed_to(self, here: Here) -> None:
        assert Agreed() == agreed_beforehand(here, Named())
        assert Agreed(classes=("steps",)) == agreed_beforehand(here, Named(share=("steps",)))

    def test_a_pick_is_of_the_time_before(self, cli: Cli, here: Here) -> None:
        goal = cli.goal("Walk")
        named = Named(share=("goals",), pick=(goal[:12],))

        assert Agreed(classes=("goals",), history="picked", picks=(goal,)) == agreed_beforehand(
            here, named
        )

    def test_everything_is_of_somebody(self, here: Here, tmp_path: Path) -> None:
        let_somebody_in(tmp_path, ("goals",))

        for of in (None, "dr demo"):
            named = Named(share=("goals",), history="everything", of=of)
            assert CARE == agreed_beforehand(here, named).lane

    @pytest.mark.parametrize(
        ("named", "code"),
        [
            (Named(history="everything"), ErrorCode.INVALID_INPUT),
            (Named(history="since"), ErrorCode.INVALID_INPUT),
            (Named(since="2025-01-01"), ErrorCode.INVALID_INPUT),
            (Named(history="everything", pick=("abc",)), ErrorCode.INVALID_INPUT),
            (Named(until="2020-01-01"), ErrorCode.INVALID_INPUT),
            (Named(pick=("zzz",)), ErrorCode.NOT_FOUND),
        ],
    )
    def test_what_contradicts_itself_is_refused(
        self, here: Here, named: Named, code: ErrorCode
    ) -> None:
        with pytest.raises(DomainError) as refused:
            agreed_beforehand(here, named)

        assert code == refused.value.code

    def test_everything_wants_the_same_kinds(self, here: Here, tmp_path: Path) -> None:
        let_somebody_in(tmp_path, ("goals", "check_ins"))

        with pytest.raises(DomainError, match="--share check-ins, --share goals") as refused:
            agreed_beforehand(here, Named(share=("goals",), history="everything"))

        assert ErrorCode.INVALID_INPUT == refused.value.code

    def test_a_pick_is_not_from_now(self, cli: Cli, here: Here) -> None:
        goal = cli.goal("Walk")
        named = Named(share=("goals",), history="from-now", pick=(goal,))

        with pytest.raises(DomainError):
            agreed_beforehand(here, named)


def test_all_of_it_is_said_back() -> None:
    agreed = Agreed(
        classes=("goals",), actions=("comment",), until="2099-06-30", history="since", picks=("x",)
    )

    words = "\n".join(agreed_words("Dr Second", agreed))

    assert "Dr Second may see: goals." in words
    assert "Dr Second may: comment." in words
    assert "Until the end of Tuesday 30 June 2099." in words
    assert "the one thing that you picked" in words
