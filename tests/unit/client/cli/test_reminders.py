"""A reminder is a file for the person's own calendar."""

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_adapters.clock import SystemClock


def unfolded(file: Path) -> list[str]:
    return file.read_bytes().decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def clock_at(instant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_ms = int(datetime.fromisoformat(instant).timestamp() * 1000)

    def now_ms(_clock: SystemClock) -> int:
        return at_ms

    monkeypatch.setattr(SystemClock, "now_ms", now_ms)


def test_own_days_and_an_own_time_become_a_file(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "walk.ics"

    told = cli.ok("reminder", str(file), "--at", "18:30", "--on", "thu", "--on", "mon")

    lines = unfolded(file)
    first = date.fromisoformat(told["first"][:10])
    assert ("BEGIN:VCALENDAR", "END:VCALENDAR") == (lines[0], lines[-1])
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO,TH" in lines
    assert f"DTSTART:{first:%Y%m%d}T183000" in lines
    assert first.weekday() in {0, 3}
    assert "SUMMARY:A moment for yourself\\, whenever you like" in lines
    assert not any("VALARM" in line for line in lines)


def test_a_notice_is_asked_for_only_where_the_person_wants_it(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "breathe.ics"
    words = "Breathe; slowly, " + "ä" * 60

    said = cli("reminder", str(file), "--at", "7:05", "--words", words, "--notify")

    lines = unfolded(file)
    assert "never reminds you" in said.out
    assert {"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S", "RRULE:FREQ=DAILY"} <= set(lines)
    assert f"DESCRIPTION:Breathe\\; slowly\\, {'ä' * 60}" in lines
    assert all(len(line) <= 75 for line in file.read_bytes().split(b"\r\n"))


def test_a_time_that_today_s_clock_skips_is_written_as_typed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at("2027-03-28T12:00:00+02:00", monkeypatch)

    told = cli.ok("reminder", str(tmp_path / "night.ics"), "--at", "2:30")

    assert told["first"].endswith("T02:30:00")


@pytest.mark.parametrize("at", ["25:00", "soon", "2025-01-01", "now"])
def test_a_time_of_day_is_asked_for(cli: Cli, tmp_path: Path, at: str) -> None:
    file = tmp_path / "x.ics"

    ran = cli("reminder", str(file), "--at", at)

    assert 2 == ran.code
    assert "a time of day reads HH:MM" in ran.err
    assert not file.exists()


def test_no_file_is_overwritten(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_text("kept")

    assert (2, "invalid_input") == cli("reminder", str(file), "--at", "18:30", "--json").error
    assert "kept" == file.read_text()


def test_a_day_beyond_the_calendar_is_refused(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at("9999-12-30T12:00:00+01:00", monkeypatch)
    file = tmp_path / "x.ics"

    assert (2, "invalid_input") == cli(
        "reminder", str(file), "--at", "18:30", "--on", "mon", "--json"
    ).error
    assert not file.exists()
