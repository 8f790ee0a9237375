"""The client in a browser's worker: a question in, a page out, news of changes."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.fakes import FailingClock
from tests.support.person import Person
from trailmark_adapters.clock import SystemClock
from trailmark_client.app import open_app
from trailmark_client.backup import keep_backup_code, restore
from trailmark_client.in_browser.program import VIEW_DAYS, Program, open_program
from trailmark_client.queries.goals import list_goals
from trailmark_client.recovery import new_code
from trailmark_shared.words import ENGLISH


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    opened = open_program(["en-GB", "en"], "https://home.example", home=tmp_path / "home")
    yield opened
    opened.close()


def ask(program: Program, method: str, path: str, **form: str) -> dict[str, Any]:
    question: dict[str, Any] = {
        "method": method,
        "path": path,
        "query": {},
        "form": list(form.items()),
    }
    return msgspec.json.decode(program.answer(msgspec.json.encode(question).decode()))


def test_a_page_is_answered(program: Program) -> None:
    assert "/begin" == ask(program, "GET", "/")["location"]
    told = ask(program, "GET", "/begin")

    assert 200 == told["status"]
    assert "What would you like to be different?" in told["html"]


def test_days_are_those_of_where_the_phone_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    person = Person(tmp_path / "home")
    person.goal("Swim once a week")
    person.app.close()
    opened = open_program(["en"], "https://home.example", home=tmp_path / "home")
    days: list[str] = []
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # 25 hours apart
        opened.stand_in(zone)
        days.append(min(msgspec.json.decode(opened.views(), type=dict[str, str])))
    opened.close()

    assert days[0] > days[1]


def test_error_that_nobody_foresaw_ends_one_question(tmp_path: Path) -> None:
    clock = FailingClock()
    app = open_app(tmp_path / "home", clock=clock)
    program = Program(app, ENGLISH, "https://home.example")
    clock.is_failing = True
    told = ask(program, "POST", "/win", text="I went")
    clock.is_failing = False
    after = ask(program, "GET", "/begin")
    program.close()

    assert 500 == told["status"]
    assert "I went" in told["html"]
    assert 200 == after["status"]


def test_what_is_typed_is_kept(program: Program) -> None:
    assert ask(program, "POST", "/drafts/begin", text="Swim")["status"] < 400


async def test_what_was_recorded_is_news(program: Program) -> None:
    told = asyncio.Event()
    living = asyncio.create_task(program.live(told.set))
    await asyncio.sleep(0)
    ask(program, "POST", "/win", text="I went")
    await asyncio.wait_for(told.wait(), timeout=10)
    living.cancel()
    with pytest.raises(asyncio.CancelledError):
        await living


def test_today_is_kept_for_the_days_to_come_once_there_is_a_goal(tmp_path: Path) -> None:
    empty = open_program(["en"], "https://home.example", home=tmp_path / "home")
    assert {} == msgspec.json.decode(empty.views())
    empty.close()
    person = Person(tmp_path / "home")
    person.goal("Swim once a week")
    person.app.close()
    opened = open_program(["en"], "https://home.example", home=tmp_path / "home")
    views = msgspec.json.decode(opened.views(), type=dict[str, str])
    opened.close()

    assert VIEW_DAYS == len(views)
    assert all("Swim once a week" in each for each in views.values())
    assert VIEW_DAYS == len(set(views.values())), "each day says its own date"


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2027-03-27T23:30:00+01:00", ["2027-03-27", "2027-03-28", "2027-03-29"]),
        ("2026-10-25T00:30:00+02:00", ["2026-10-25", "2026-10-26", "2026-10-27"]),
    ],
)
def test_no_day_is_left_out_where_clocks_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, days: list[str]
) -> None:
    now = int(datetime.fromisoformat(moment).timestamp() * 1000)

    def now_ms(_clock: SystemClock) -> int:
        return now

    def zone_name(_clock: SystemClock) -> str:
        return "Europe/Berlin"

    monkeypatch.setattr(SystemClock, "now_ms", now_ms)
    monkeypatch.setattr(SystemClock, "zone_name", zone_name)
    person = Person(tmp_path / "home")
    person.goal("Swim once a week")
    person.app.close()
    opened = open_program(["en"], "https://home.example", home=tmp_path / "home")

    assert days == list(msgspec.json.decode(opened.views()))
    opened.close()


def test_a_phone_is_not_called_as_python_calls_it(tmp_path: Path) -> None:
    opened = open_program(["en"], "https://home.example", "my phone", tmp_path / "home")
    told = ask(opened, "GET", "/devices")
    opened.close()

    assert "my phone" in told["html"]


def test_a_name_that_the_person_gave_stays(tmp_path: Path) -> None:
    opened = open_program(["en"], "https://home.example", "my phone", tmp_path / "home")
    device = ask(opened, "GET", "/devices")["html"].partition("/devices/")[2].partition('"')[0]
    ask(opened, "POST", f"/devices/{device}/name", name="red one")
    opened.close()
    again = open_program(["en"], "https://home.example", "my phone", tmp_path / "home")
    told = ask(again, "GET", "/devices")
    again.close()

    assert "red one" in told["html"]


def test_a_backup_is_taken_once_and_brings_all_back(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    person.goal("Swim once a week")
    code = new_code(person.app)
    keep_backup_code(person.app, code)
    person.app.close()
    phone = open_program(["en"], "https://home.example", home=tmp_path / "home")
    told = ask(phone, "POST", "/backup")
    made = phone.taken()
    assert b"" == phone.taken()
    phone.close()
    assert told["download"] is not None

    file = tmp_path / "all.backup"
    file.write_bytes(made)
    fresh = open_app(tmp_path / "fresh")
    restore(fresh, file, code, lambda _count: None)
    titles = [each.title for each in fresh.read(lambda conn: list_goals(conn, "2026-01-01"))]
    fresh.close()

    assert ["Swim once a week"] == titles
