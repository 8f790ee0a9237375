"""One device lets another one in: code, four words, yes; each on its own page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.own_windows import Windows, hidden, shown_code, shown_phrase, windows
from tests.support.server_api import ServerHome
from trailmark_client.web.letting_in import address_and_code
from trailmark_shared import limits
from trailmark_shared.errors import DomainError


@pytest.fixture
def both(tmp_path: Path, server_home: ServerHome) -> Iterator[Windows]:
    with windows(tmp_path, server_home) as found:
        yield found


def test_the_same_words_stand_on_both_and_nobody_is_in_before_the_yes(both: Windows) -> None:
    joining = both.ask()
    inviting = both.first.get("/devices/invite")

    assert shown_phrase(joining) == shown_phrase(inviting)
    assert "Nobody said yes yet." in both.second.get("/devices/joining")
    assert 1 == len(both.home.known(both.first.person.app))


def test_after_the_yes_both_are_devices_of_one_person(both: Windows) -> None:
    both.let_in()
    page = both.second.get("/devices")

    assert "This is a device of yours now" in both.second.get("/devices/joining")
    assert both.first.person.app.identity.space == both.second.person.app.identity.space
    assert 2 == page.count('<li><p><a href="/devices/')
    assert "this one" in page


def test_without_the_sealed_copy_no_code_is_made(both: Windows) -> None:
    both.first.own.keep_copy(is_on=False)
    assert "Keep a sealed copy on the server" in both.first.get("/devices/invite")
    refused = both.first.post("/devices/invite")

    assert 422 == refused.status
    assert "say yes to it" in refused.html
    assert both.first.own.code() is None
    assert shown_code(both.first.get(both.first.post("/devices/invite", copy="on").location or ""))
    assert both.first.person.app.identity.private_copy


def test_a_no_is_told_and_nothing_is_taken(both: Windows) -> None:
    both.second.begun("Swim")
    both.ask()
    both.first.post("/devices/turn-away")
    told = both.second.post("/devices/joining")

    assert "Your other device said no." in told.html
    assert "does not wait to be let in any more" in both.second.get("/devices/joining")
    assert "Swim" in both.second.get("/")


def test_words_of_another_device_let_nobody_in(both: Windows) -> None:
    both.ask()
    fields = hidden(both.first.get("/devices/invite"))
    told = both.first.post("/devices/let-in", **{**fields, "phrase": "four other words here"})

    assert 422 == told.status
    assert "compare its words" in told.html
    assert not both.second.own.finish_joining()


def test_a_code_that_ran_out_is_said_and_leads_to_a_new_one(both: Windows) -> None:
    both.code()
    both.home.parts.clock.advance(limits.INVITATION_TTL_MS + 1)
    page = both.first.get("/devices/invite")

    assert "This code does not work any more" in page
    assert "Make a code" in page


def test_a_wrong_code_is_said_in_words_and_stays_in_the_form(both: Windows) -> None:
    told = both.second.post("/devices/join", code=f"{both.home.url} 0000-1111-2222")

    assert 422 == told.status
    assert "Compare it group by group" in told.html
    assert "0000-1111-2222" in told.html


def test_a_server_out_of_reach_leaves_code_and_words_in_view(both: Windows) -> None:
    code = both.code()
    both.home.lost = 1
    page = both.first.get("/devices/invite")

    assert code == shown_code(page)
    assert "Something broke on the server" in page


def test_a_name_is_given_where_it_joins(both: Windows) -> None:
    told = both.second.post(
        "/devices/join", code=f"{both.home.url} {both.code()}", name="my tablet"
    )
    assert told.location

    assert "my tablet asks to be let in" in both.first.get("/devices/invite")


def test_the_only_server_of_an_app_need_not_be_typed(both: Windows) -> None:
    assert "The server's address first" in both.second.get("/devices/join")
    both.second.server_address = both.home.url
    assert "The server's address first" not in both.second.get("/devices/join")

    assert "/devices/joining" == both.second.post("/devices/join", code=both.code()).location


def test_without_a_server_nobody_can_be_let_in(both: Windows) -> None:
    assert "connected with no server yet" in both.second.get("/devices/invite")


def test_what_a_camera_reads_leads_a_phone_to_the_code(both: Windows) -> None:
    both.code()
    assert "The code, to be scanned" in both.first.get("/devices/invite")

    assert ">abcd-efgh</textarea>" in both.second.get("/devices/join?code=abcd-efgh")
    scanned = "https://a.example/app/#/devices/join?code=abcd-efgh"
    assert ("https://a.example", "abcd-efgh") == address_and_code(scanned, None)


def test_address_and_code_are_told_apart() -> None:
    assert ("https://a.example", "ab cd") == address_and_code(" https://a.example\nab  cd ", None)
    assert ("http://b.example", "ab-cd") == address_and_code("ab-cd", "http://b.example")
    assert ("a.example", "ab") == address_and_code("a.example ab", "http://b.example")
    for typed, known in (("ab-cd", None), ("", "http://b.example"), ("https://a.example", None)):
        with pytest.raises(DomainError):
            address_and_code(typed, known)
