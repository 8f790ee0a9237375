"""The person's devices, before there is a server."""

from tests.unit.client.cli.conftest import Cli


def test_the_first_device_is_this_one(cli: Cli) -> None:
    [device] = cli.ok("device", "list")["devices"]

    assert (device["id"], device["current"]) == (cli.ok("status")["device"], True)
    assert "this one" in cli("device", "list").out


def test_inviting_and_removing_need_a_server(cli: Cli) -> None:
    assert cli("device", "invite", "--yes", "--json").error == (4, "not_connected")
    assert cli("device", "remove", "0", "--json").error == (4, "not_connected")


def test_yes_lets_no_device_in_whose_words_nobody_read(cli: Cli) -> None:
    assert cli("device", "confirm", "--yes", "--json").error == (2, "invalid_input")


def test_a_mistyped_code_is_told_before_anything_is_tried(cli: Cli) -> None:
    ran = cli("device", "join", "http://127.0.0.1:1", "abcd-efgh", "--json")

    assert ran.error == (4, "wrong_code")
