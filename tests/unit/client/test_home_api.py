"""Asking the home server: only a device that has one can."""

import msgspec
import pytest

from tests.support.person import Person
from trailmark_client.home_api import connected
from trailmark_client.identity import HomeServer
from trailmark_shared.errors import ErrorCode, RefusedError


def test_a_connected_device_asks_its_own_server(person: Person) -> None:
    server = HomeServer(url="https://home.example", id=bytes(16), name="Home", signing_key=b"k")
    person.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, server=server, credential="tmd_x")
    )

    known, api = connected(person.app)

    assert (server, "https://home.example") == (known, api.url)


def test_what_needs_a_server_says_so(person: Person) -> None:
    with pytest.raises(RefusedError) as raised:
        connected(person.app)

    assert ErrorCode.NOT_CONNECTED == raised.value.code
