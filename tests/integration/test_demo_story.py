"""The demo: enough rows, every command of it works, and a clinic's system reads the outcome."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from fhirclient.models.bundle import Bundle  # pyright: ignore[reportMissingTypeStubs]

from tests.architecture.sources import ROOT
from tests.architecture.test_rows import ROWS
from tests.support import supporters
from tests.support.person import THERAPIST, Person
from tests.support.scripts import load_script
from trailmark_adapters.clock import SHIFT_VARIABLE
from trailmark_client.access_log import KeptLog
from trailmark_client.cli.program import main
from trailmark_client.server_answers import AccessAnswer
from trailmark_client.storage.settings import set_setting

ROWS_AT_LEAST = 40

KINDS = {
    *("Patient", "Practitioner", "RelatedPerson", "CarePlan", "Goal", "Observation", "Condition"),
    *("Encounter", "QuestionnaireResponse", "Consent", "Provenance", "AuditEvent"),
}
"""Resources of FHIR R4 that the outcome consists of."""


@pytest.fixture(name="story", scope="module")
def loaded() -> ModuleType:
    return load_script(ROOT / "demo" / "story.py")


def test_the_story_lives_at_least_forty_rows_by_their_commands(story: ModuleType) -> None:
    commands = {row.id: row.commands for row in ROWS}
    strangers = [
        (row, " ".join(beat.words[:2]))
        for beat in story.STORY
        for row in beat.rows
        if not any(_is(beat.words, command) for command in commands.get(row, ()))
    ]

    assert [] == strangers
    assert len({row for beat in story.STORY for row in beat.rows}) >= ROWS_AT_LEAST


def _is(words: tuple[str, ...], command: str) -> bool:
    typed = tuple(command.split())
    return words[: len(typed)] == typed


def test_what_came_of_it_is_read_by_a_library_of_others(
    story: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("TRAILMARK_HOME", str(home))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    starts = datetime.now(UTC) - timedelta(weeks=story.WEEKS)
    names = {
        "in_six_months": (starts + timedelta(days=182)).date().isoformat(),
        "papers": str(tmp_path),
    }

    def run(*words: str) -> Any:  # noqa: ANN401  (any document)
        assert (0, words) == (main((*words, "--json")), words), capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    for beat in story.STORY:
        if beat is story.WITH_THERAPIST[0]:
            _let_others_in(home)
        day = starts + timedelta(weeks=beat.week, days=beat.weekday)
        shift = day.replace(hour=beat.hour, minute=12) - datetime.now(UTC)
        monkeypatch.setenv(SHIFT_VARIABLE, str(min(0, round(shift.total_seconds()))))
        answer = run(*(word.format(**names) for word in beat.words))
        if beat.keep:
            names[beat.keep] = answer["id"]
    run("export", str(tmp_path / "bundle.json"), "--format", "fhir")

    bundle = json.loads((tmp_path / "bundle.json").read_bytes())
    read = Bundle(bundle, strict=True)
    kinds = {each["resource"]["resourceType"] for each in bundle["entry"]}
    assert read.as_json() == bundle
    assert kinds == KINDS
    assert len(bundle["entry"]) == len({each["fullUrl"] for each in bundle["entry"]})


def _let_others_in(home: Path) -> None:
    """Let a therapist in, who looked once as the server told, and a friend."""
    person = Person(home)
    person.let_in()
    supporters.let_in(person)
    look = AccessAnswer(member=THERAPIST.id, page="timeline", at=person.clock.ms, name=None)
    kept = KeptLog(asked_at=person.clock.ms, entries=[look], more=False)
    text = msgspec.json.encode(kept).decode()
    person.app.write(lambda conn: set_setting(conn, "access_log", text))
    person.app.close()
