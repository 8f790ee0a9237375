"""A new signing key is pinned only along a valid way, and on the disk before it is relied on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import add_goal, connect_to, new_device, sync
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.identity import HomeServer, identity_from_bytes
from trailmark_client.storage.pinning import follow_keys, is_pinned
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import ErrorCode
from trailmark_shared.protocol.signing_keys import first_key


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        yield device


@pytest.fixture
def home(app: App) -> Home:
    home = Home(app.identity.space)
    connect_to(app, home)
    return home


def server_on_disk(app: App) -> HomeServer:
    server = identity_from_bytes(app.identity_file.path.read_bytes()).server
    assert server is not None
    return server


async def test_a_device_follows_the_key_and_goes_on(app: App, home: Home) -> None:
    add_goal(app, "under the first key")
    await sync(app, home)
    for seed in (b"2" * 32, b"3" * 32):
        home.rotate(seed)
    add_goal(app, "under the third key")

    ended = await sync(app, home)

    assert ended.is_done
    assert home.signer.public_key == server_on_disk(app).signing_key
    assert tuple(home.keys) == server_on_disk(app).succession
    assert [] == app.read(lambda conn: verify_all(conn, app.vault))


async def test_heads_of_a_former_key_are_offered_back(app: App, home: Home) -> None:
    """The server takes back rows that it signed with a key that signs no more."""
    add_goal(app, "kept")
    backup = home.backup()
    await sync(app, home)
    home.rotate(b"2" * 32)
    home.restore(backup)

    ended = await sync(app, home)

    assert ended.is_done
    assert 1 == len(home.lane("self").rows)
    assert [] == app.read(lambda conn: verify_all(conn, app.vault))


async def test_a_server_that_lost_its_newest_key_is_refused_until_it_has_it_again(
    app: App, home: Home
) -> None:
    """The operator put back an older keys store: nothing goes there, nothing is lost."""
    old_signer, old_keys = home.signer, list(home.keys)
    home.rotate(b"2" * 32)
    await sync(app, home)
    new_signer, new_keys = home.signer, list(home.keys)
    home.signer, home.keys = old_signer, old_keys
    add_goal(app, "not sent to it")

    refused = await sync(app, home)

    assert (ErrorCode.UNKNOWN_SIGNING_KEY, "later", 1) == (
        refused.code,
        refused.retry,
        refused.waiting,
    )
    assert "keys.db" in refused.message
    assert [] == home.lane("self").rows
    home.signer, home.keys = new_signer, new_keys
    assert (await sync(app, home)).is_done


async def test_another_server_cannot_follow(app: App, home: Home) -> None:
    stranger = Home(app.identity.space)
    stranger.rotate(b"4" * 32)
    stranger.keys = [first_key(stranger.signer.public_key)]

    ended = await sync(app, stranger)

    assert ErrorCode.UNKNOWN_SIGNING_KEY is ended.code
    assert home.signer.public_key == server_on_disk(app).signing_key


def test_a_device_without_a_server_trusts_no_key(app: App) -> None:
    keys = [first_key(b"k" * 32)]

    assert not is_pinned(app.vault, keys)
    assert not follow_keys(app.vault, keys)


def test_what_is_pinned_already_changes_nothing(app: App, home: Home) -> None:
    before = app.identity_file.path.stat().st_mtime_ns

    assert is_pinned(app.vault, home.keys)
    assert follow_keys(app.vault, home.keys)
    assert before == app.identity_file.path.stat().st_mtime_ns
