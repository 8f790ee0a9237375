"""Connecting and syncing without a server in reach: named errors, nothing lost.

The way through a real server is tested in ``tests/integration``.
"""

import socket
from collections.abc import Iterator

import pytest

from tests.unit.client.cli.conftest import Cli


@pytest.fixture
def closed_port() -> Iterator[str]:
    """The address of a port that is taken and does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("kind", ["everything", "goals,steps", "check_ins"])
def test_kinds_of_things_are_named_one_by_one(cli: Cli, kind: str) -> None:
    """There is no word that means all of them."""
    ran = cli("connect", "http://127.0.0.1:1", "BCDFG-HJKLM", "--yes", "--share", kind, "--json")

    assert ran.code == 2


def test_an_unreachable_server_loses_nothing(cli: Cli, closed_port: str) -> None:
    goal = cli.goal("Walk")

    ran = cli("connect", closed_port, "BCDFG-HJKLM", "--yes", "--json")

    assert ran.error == (5, "unreachable")
    assert cli.ok("goal", "list")["goals"][0]["id"] == goal


@pytest.mark.parametrize("url", ["http://example.org", "ftp://localhost", ""])
def test_an_address_that_is_not_safe_is_refused(cli: Cli, url: str) -> None:
    ran = cli("connect", url, "BCDFG-HJKLM", "--yes", "--json")

    assert ran.error == (2, "insecure_address")


def test_syncing_needs_a_server(cli: Cli) -> None:
    cli.goal("Walk")

    assert cli("sync", "--json").error == (4, "not_connected")
    assert "saved on this device, not sent yet: 0" in cli("sync").err


def test_the_private_copy_is_a_choice_of_its_own(cli: Cli) -> None:
    assert not cli.ok("status")["private_copy"]

    on = cli("private-copy", "on")
    assert cli.ok("status")["private_copy"]
    assert "can see how many entries there are and when they were sent" in on.out

    assert cli.ok("private-copy", "off") == {"private_copy": False, "saved": True}
    assert not cli.ok("status")["private_copy"]
