"""``sharing show``: the words agreed to, with their hash, and all that is seen."""

from pathlib import Path

from tests.support.person import AGREED, THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import App, open_app
from trailmark_client.commands.grants import Agreement, let_in
from trailmark_shared.domain.consent import CONSENT_TEXTS, CONSENT_VERSION, consent_sha256
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")


def let_somebody_in(app: App, **terms: object) -> None:
    agreed = Agreement(member=THERAPIST, classes=AGREED, **terms)  # pyright: ignore[reportArgumentType]
    app.write(lambda c: let_in(c, app.recorder, CARE, agreed, app.recorder.now()))


def grant_with(app: App, consent: ConsentText) -> None:
    data = AccessGranted(
        member=THERAPIST.id, name="Dr Demo", role="therapist", classes=(), consent=consent
    )
    app.write(lambda c: app.recorder.record(c, CARE, app.recorder.new_subject(), data).id)


def test_the_exact_words_are_shown_with_version_and_hash(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        let_somebody_in(app, actions=("comment",), history="since", since="2025-03-02")

    shown = cli.ok("sharing", "show", "dr demo")
    words = cli("sharing", "show", "dr demo").out

    [text] = shown["texts"]
    assert (CONSENT_VERSION, consent_sha256(), True) == (
        text["version"],
        text["sha256"],
        text["matches"],
    )
    assert CONSENT_TEXTS[CONSENT_VERSION] == text["text"]
    assert CONSENT_TEXTS[CONSENT_VERSION] in words
    assert consent_sha256() in words
    assert "for         your therapy with them" in words
    assert "(Sunday 2 March 2025)" in words
    assert "nothing yet" in words


def test_everything_that_they_see_is_listed(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        let_somebody_in(app)
    goal, back = cli.goal("Two walks a week", "--share"), cli.goal("Swim", "--share")
    cli.goal("Mine")
    cli.ok("step", "add", goal, "shoes")
    cli.ok("check-in", goal, "3")
    cli.ok("win", "went out")
    cli.ok("share", cli.ok("reflect", "hard, I said so")["id"], "--excerpt", "I said so")
    cli.ok("goal", "withdraw", back)

    words = cli("sharing", "show", "dr demo").out
    [lane] = cli.ok("sharing", "show", "dr demo")["sees"]
    assert "What you changed or took back stays in their timeline" in words

    for seen in (
        "Two walks a week  (Working on it)",
        "Swim  (as it was until you took it back)",
        "step: shoes (open)",
        "1 check-in, from",
        "win by you",
        ": I said so",
    ):
        assert seen in words
    assert "Mine" not in words
    assert ["Two walks a week", "Swim"] == [each["title"] for each in lane["goals"]]


def test_words_that_this_program_does_not_have_are_not_made_up(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        grant_with(app, ConsentText(version=99, sha256="0" * 64))

    assert "an upgrade may have them" in cli("sharing", "show", "dr demo").out


def test_words_with_another_hash_are_named(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        grant_with(app, ConsentText(version=1, sha256="0" * 64))

    [text] = cli.ok("sharing", "show", "dr demo")["texts"]

    assert not text["matches"]
    assert "differs from what the grant has" in cli("sharing", "show", "dr demo").out


def test_behind_the_last_day_nothing_is_seen(cli: Cli, tmp_path: Path) -> None:
    with open_app(tmp_path / "home") as app:
        let_somebody_in(app, until="2020-01-01")

    assert "Dr Demo sees nothing" in cli("sharing", "show", "dr demo").out
    assert [] == cli.ok("sharing", "show", "dr demo")["sees"]
