"""Who will see what was written, and what waits, in words."""

import os
from pathlib import Path

from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli
from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import SqliteFile
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER
from trailmark_client.cli.here import audience_words, opened, rescue_words, waiting_words
from trailmark_client.cli.options import Common
from trailmark_client.commands.written import Written
from trailmark_client.storage.rescue import Rescue
from trailmark_shared import limits
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id

CARE = care_lane(bytes(16))


def written(lane: Lane, *names: str, wished: bool = False) -> Written:
    return Written(
        kind="goal", subject=bytes(16), lane=lane, seen_by=names, events=(), wished=wished
    )


def test_the_audience_is_named() -> None:
    assert audience_words(written(SELF)) == "Only on this device: nobody else sees it."
    copied = audience_words(written(SELF), is_copied=True)
    assert copied == "Only you see it: a sealed copy is for your own devices."
    assert audience_words(written(CARE, "Dr A", "Dr B")) == "Dr A and Dr B will see this."
    assert audience_words(written(CARE)) == "Nobody sees this at present."
    assert "as soon as you let somebody in" in audience_words(written(SELF, wished=True))


def test_a_rescue_is_told_calmly() -> None:
    words = rescue_words(Rescue(moved_to=Path("x/damaged.db"), kept=2, unreadable=1))

    assert words.startswith("the database was damaged and is now damaged.db")
    assert "2 entries that were not sent yet were saved from it" in words


def test_what_waits_is_told_only_where_something_waits() -> None:
    assert waiting_words(0) == ()
    assert waiting_words(3) == ("3 entries are saved on this device, not sent yet.",)


def test_a_command_sees_this_device(cli: Cli) -> None:
    with opened(Common(as_json=True)) as here:
        device = here.device
        now, then = here.when(), here.when("2025-07-01")

    assert device == cli.ok("status")["device"]
    assert here.zone == now.zone == "Europe/Berlin"
    assert then.day == "2025-07-01"


def test_what_takes_a_while_is_said_once(cli: Cli) -> None:
    """After an update of the program, years of entries are folded anew by the first command."""
    cli.goal("Walk")
    room = limits.CHECKED_AT_EVERY_START_BYTES_MAX
    file = SqliteFile(
        Path(os.environ["TRAILMARK_HOME"]) / DATABASE_NAME,
        migrations_from_folder(MIGRATIONS_FOLDER),
    )
    file.write(lambda conn: conn.execute(f"CREATE TABLE large AS SELECT zeroblob({room:d})"))
    file.write(lambda conn: conn.execute("DELETE FROM setting WHERE name = 'projection_version'"))
    file.close()

    assert "brought up to date once" in cli("status").err
    assert "brought up to date once" not in cli("status").err


def test_an_answer_ends_with_the_id(cli: Cli) -> None:
    with opened(Common()) as here:
        answer = here.saved(written(SELF), "First.")

    assert not callable(answer.words)
    assert answer.words[0] == "First."
    assert answer.words[-1] == f"Id: {text_from_id(bytes(16))}"
    assert cli("status").code == 0


def test_what_is_copied_sealed_is_not_called_kept_here(cli: Cli, shared: Home) -> None:
    assert shared.lanes
    cli.ok("private-copy", "on")
    copied = cli("reflect", "a thought").out
    cli.ok("private-copy", "off")

    assert "Only you see it: a sealed copy is for your own devices." in copied
    assert "Only on this device: nobody else sees it." in cli("reflect", "more").out
