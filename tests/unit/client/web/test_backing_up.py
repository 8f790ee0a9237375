"""A backup from inside the app: sealed for a code that is on paper, and handed over by the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.own_pages import Window
from tests.support.own_windows import Windows, hidden, shown_code, windows
from tests.support.server_api import ServerHome
from trailmark_client.backup import keep_backup_code
from trailmark_client.recovery import new_code


@pytest.fixture
def phone(window: Window) -> Window:
    window.server_address = "https://home.example"
    return window


@pytest.fixture
def both(tmp_path: Path, server_home: ServerHome) -> Iterator[Windows]:
    with windows(tmp_path, server_home) as opened:
        yield opened


def test_on_a_computer_the_command_makes_it(window: Window) -> None:
    assert "trailmark backup FILE" in window.get("/backup")
    assert window.post("/backup").download is None


def test_without_a_server_a_code_is_made_first_and_counts_once_it_was_typed(
    phone: Window,
) -> None:
    assert "First a recovery code" in phone.get("/backup")
    assert phone.post("/backup").download is None

    shown = phone.post("/recovery/new").html
    fields, groups = hidden(shown), shown_code(shown).split("-")
    typed = {f"group-{each}": groups[int(each)] for each in fields["asked"]}
    told = phone.post("/recovery/keep", **fields, **typed)

    assert "/backup?done=backup-code" == told.location
    assert f"trailmark-{phone.desk.today}.backup" == phone.post("/backup").download


def test_a_code_that_this_device_never_saw_is_typed_once(both: Windows) -> None:
    shown = both.first.post("/recovery/new").html
    code, fields = shown_code(shown), hidden(shown)
    typed = {f"group-{each}": code.split("-")[int(each)] for each in fields["asked"]}
    both.first.post("/recovery/keep", **fields, **typed)
    both.let_in()
    phone = both.second
    phone.server_address = both.home.url
    assert "This device never saw it." in phone.get("/backup")

    assert phone.post("/backup").download is None
    assert phone.post("/backup", code=code).download is not None
    assert "This device never saw it." not in phone.get("/backup")


def test_another_code_than_the_one_that_works_seals_nothing(phone: Window) -> None:
    app = phone.person.app
    keep_backup_code(app, new_code(app))

    told = phone.post("/backup", code="what is on no paper")

    assert told.download is None
    assert told.status >= 400
