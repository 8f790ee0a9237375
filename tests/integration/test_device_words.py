"""The words that a person compares on two devices, while the server changes its signing key."""

from pathlib import Path

from tests.support.devices import new_device
from tests.support.server_api import server_api
from trailmark_client.device_joining import (
    ask_to_join,
    confirm_device,
    finish_joining,
    invite_device,
    who_asks,
)


def test_a_changed_signing_key_does_not_make_honest_devices_differ(tmp_path: Path) -> None:
    with (
        server_api() as home,
        new_device(tmp_path / "first") as first,
        new_device(tmp_path / "second", 2) as second,
    ):
        home.connect(first)
        code = invite_device(first)
        home.change_signing_key()

        waiting = ask_to_join(second, home.url, code.text)
        asking = who_asks(first)

        assert asking is not None
        assert asking.phrase == waiting.phrase
        confirm_device(first, asking)
        assert finish_joining(second)


def test_a_yes_to_the_words_of_a_key_counts_where_another_one_follows_it(tmp_path: Path) -> None:
    with (
        server_api() as home,
        new_device(tmp_path / "first") as first,
        new_device(tmp_path / "second", 2) as second,
    ):
        home.connect(first)
        code = invite_device(first)
        ask_to_join(second, home.url, code.text)
        asking = who_asks(first)
        assert asking is not None
        confirm_device(first, asking)
        home.change_signing_key()

        ask_to_join(second, home.url, code.text)

        assert finish_joining(second)


def test_another_key_may_follow_between_the_words_and_the_yes(tmp_path: Path) -> None:
    with (
        server_api() as home,
        new_device(tmp_path / "first") as first,
        new_device(tmp_path / "second", 2) as second,
    ):
        home.connect(first)
        ask_to_join(second, home.url, invite_device(first).text)
        compared = who_asks(first)
        assert compared is not None
        home.change_signing_key()
        who_asks(first)  # it pins the new key, as it does with every exchange
        confirm_device(first, compared)

        assert finish_joining(second)

        assert first.identity.server is not None
        assert second.identity.server is not None
        assert first.identity.server.signing_key == second.identity.server.signing_key
