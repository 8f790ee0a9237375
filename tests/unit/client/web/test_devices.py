"""The person's devices: a list, names, and an end for one that is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.own_windows import Windows, windows
from tests.support.server_api import ServerHome
from trailmark_client.behind_pages.own import OwnDevices
from trailmark_client.web.devices import lines_of
from trailmark_client.web.own import Accusation, OwnDevice
from trailmark_shared.ids import text_from_id


@pytest.fixture
def both(tmp_path: Path, server_home: ServerHome) -> Iterator[Windows]:
    with windows(tmp_path, server_home) as found:
        yield found


def second_id(both: Windows) -> str:
    return text_from_id(both.second.person.app.identity.device)


def test_a_new_device_is_shown_two_ways_in(both: Windows) -> None:
    page = both.second.get("/devices")

    assert "I have a code from it" in page
    assert "I have only my recovery code" in page
    assert "this one" in page


def test_how_each_was_let_in_is_said(both: Windows) -> None:
    both.let_in()
    page = both.first.get("/devices")

    assert f"let in on {both.first.person.app.identity.device_name}" in page


def test_ways_in_read_as_words(both: Windows) -> None:
    devices = [
        OwnDevice(id="1", name="phone", added_at=1_760_000_000_000),
        OwnDevice(id="2", name="old", added_at=1_760_000_000_000, let_in_by="recovery"),
        OwnDevice(
            id="3", name="new", added_at=1_760_000_000_000, let_in_by="device", confirmed_by="9"
        ),
    ]
    said = [each.let_in or "" for each in lines_of(both.first.desk, devices)]

    assert said[0].startswith("let in with an invitation, ")
    assert said[1].startswith("let in with the recovery code, ")
    assert said[2].startswith("let in on a device that was removed, ")


def test_what_the_server_does_not_name_and_what_gets_no_key_is_said(both: Windows) -> None:
    class Told(OwnDevices):
        def devices(self) -> list[OwnDevice]:
            return [
                OwnDevice(id="abcdefghijklmn", name="", let_in_by="unknown", has_key=True),
                OwnDevice(id="2", name="old", added_at=1_760_000_000_000, has_key=False),
            ]

        def accusations(self) -> list[Accusation]:
            return [Accusation(device="2", name="old", against=("phone", "laptop"))]

    both.first.own = Told(both.first.person.app)
    page = both.first.get("/devices")

    assert "abcdefghij<" in page
    assert "the server does not name it, and it gets your keys" in page
    assert "It gets no keys of yours: let it in again." in page
    assert (
        "old removed phone, laptop. Another device says otherwise: which one is not yours?" in page
    )
    assert 'action="/devices/2/remove"' in page


def test_a_device_is_called_otherwise(both: Windows) -> None:
    both.let_in()
    told = both.first.post(f"/devices/{second_id(both)}/name", name="the old laptop")

    assert "/devices?done=kept" == told.location
    assert "the old laptop" in both.first.get("/devices")
    assert 422 == both.first.post(f"/devices/{second_id(both)}/name", name=" ").status
    long = both.first.post(f"/devices/{second_id(both)}/name", name="x" * 500)
    assert "This cannot be a name;" in long.html
    assert 422 == long.status


def test_a_device_used_alone_is_called_otherwise_without_a_server(both: Windows) -> None:
    both.second.post(f"/devices/{second_id(both)}/name", name="kitchen")

    assert "kitchen" in both.second.get("/devices")


def test_a_lost_device_is_signed_out_and_gets_no_key(both: Windows) -> None:
    both.let_in()
    before = both.first.person.app.identity.newest_key
    told = both.first.post(f"/devices/{second_id(both)}/remove")

    assert "It cannot open what you write from now on." in both.first.get(told.location or "")
    assert before != both.first.person.app.identity.newest_key
    assert f"/devices/{second_id(both)}" not in both.first.get("/devices")


def test_this_device_cannot_be_removed_on_itself(both: Windows) -> None:
    own = text_from_id(both.first.person.app.identity.device)

    assert "Remove" not in both.first.get(f"/devices/{own}")
    assert 422 == both.first.post(f"/devices/{own}/remove").status


def test_nobody_is_there_under_another_address(both: Windows) -> None:
    assert 404 == both.first.ask("GET", "/devices/zzzz").status


def test_a_server_out_of_reach_is_said_and_the_page_stands(both: Windows) -> None:
    both.home.lost = 1
    page = both.first.get("/devices")

    assert "Something broke on the server" in page
    assert "Let another device in" in page
