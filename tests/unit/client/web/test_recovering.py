"""The recovery code: shown once, asked for again, replaced; and the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.older_stores import older_bundle
from tests.support.own_pages import Window
from tests.support.own_windows import Windows, hidden, shown_code, windows
from tests.support.server_api import ServerHome
from trailmark_client.web.asking import Told


@pytest.fixture
def both(tmp_path: Path, server_home: ServerHome) -> Iterator[Windows]:
    with windows(tmp_path, server_home) as found:
        yield found


def typed(page: str, code: str) -> dict[str, str | tuple[str, ...]]:
    """Return the form as a person fills it in who wrote the code down."""
    fields = hidden(page)
    groups = code.split("-")
    return fields | {f"group-{each}": groups[int(each)].upper() for each in fields["asked"]}


def kept(window: Window) -> str:
    """Make a code that counts and return it."""
    page = window.post("/recovery/new").html
    code = shown_code(page)
    told = window.post("/recovery/keep", **typed(page, code))
    assert "/recovery?done=code-counts" == told.location, told.html
    return code


def problem(told: Told) -> str:
    return told.html.partition('id="problem"')[2].partition("</div>")[0]


def test_a_code_counts_once_some_of_it_was_typed(both: Windows) -> None:
    assert "There is none yet" in both.first.get("/recovery")
    kept(both.first)

    assert "There is one" in both.first.get("/recovery")


def test_a_code_that_nobody_wrote_down_takes_no_place(both: Windows) -> None:
    page = both.first.post("/recovery/new").html
    fields = typed(page, shown_code(page))
    wrong = fields | {f"group-{each}": "0000" for each in fields["asked"]}
    told = both.first.post("/recovery/keep", **wrong)

    assert "does not count yet" in problem(told)
    assert '<p class="code">' not in told.html, "it is shown once"
    assert "There is none yet" in both.first.get("/recovery")
    assert (
        "/recovery?done=code-counts"
        == both.first.post("/recovery/keep", **typed(told.html, shown_code(page))).location
    )


def test_a_form_that_was_not_made_here_changes_nothing(both: Windows) -> None:
    assert 422 == both.first.post("/recovery/keep").status
    assert 422 == both.first.post("/recovery/keep", code="ab-cd", asked="9").status
    assert "There is none yet" in both.first.get("/recovery")


def test_a_new_code_replaces_the_one_before(both: Windows) -> None:
    both.first.post("/copy", copy="on")
    first = kept(both.first)
    second = kept(both.first)
    refused = both.second.post("/recover", address=both.home.url, code=first)

    assert "a code that was replaced works no more" in problem(refused)
    assert (
        "/devices?done=recovered"
        == both.second.post("/recover", address=both.home.url, code=second).location
    )
    assert both.first.person.app.identity.space == both.second.person.app.identity.space
    assert "It let a device in" in both.first.get("/recovery")


def test_the_code_of_an_older_release_says_how_to_go_on(both: Windows) -> None:
    code = kept(both.first)
    bundle = older_bundle(both.first.person.app, code)
    both.home.bend("POST", "/api/recover", lambda said: said.update(bundle=bundle))

    told = both.second.post("/recover", address=both.home.url, code=code)

    assert told.location == "/devices?done=recovered-older"
    assert "trailmark import" in both.second.get(told.location)


def test_an_app_of_one_server_asks_for_the_code_alone(both: Windows) -> None:
    code = kept(both.first)
    both.second.server_address = both.home.url
    assert "Address of your server" not in both.second.get("/recover")

    assert both.second.post("/recover", code=code.replace("-", " ").upper()).location


def test_without_the_copy_it_says_what_comes_back(both: Windows) -> None:
    told = both.first.post("/copy", copy="off")
    assert "what is private stays here" in both.first.get(told.location or "")
    page = both.first.post("/recovery/new").html

    assert "brings back only what you share" in page
    assert "The sealed copy goes out" in both.first.get(
        both.first.post("/copy", copy="on").location or ""
    )


def test_a_code_that_the_devices_know_nothing_of_is_told(both: Windows) -> None:
    kept(both.first)
    both.home.bend("GET", "/api/recovery", lambda said: said["recovery"].update(holder="0" * 26))

    assert "your devices know nothing of" in both.first.get("/recovery")


def test_a_server_out_of_reach_says_what_becomes_of_the_code(both: Windows) -> None:
    page = both.first.post("/recovery/new").html
    both.home.lost = 1
    told = both.first.post("/recovery/keep", **typed(page, shown_code(page)))

    assert "so this code does not count" in problem(told)
    both.home.lost = 1
    assert "Something broke on the server" in both.first.get("/recovery")


def test_without_a_server_there_is_no_code_to_make(both: Windows) -> None:
    page = both.second.get("/recovery")

    assert "connected with none yet" in page
    assert "I have a recovery code" in page
