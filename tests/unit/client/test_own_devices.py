"""The person's own devices: listed, named, removed."""

import asyncio
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import new_device, sync
from tests.support.people import known, members, remove
from tests.support.server_api import ServerHome, server_api
from trailmark_client.app import App
from trailmark_client.device_joining import (
    ask_to_join,
    confirm_device,
    finish_joining,
    invite_device,
    who_asks,
)
from trailmark_client.identity import new_secrets
from trailmark_client.own_devices import (
    asked,
    change_key,
    devices,
    known_devices,
    known_let_in_by,
    let_in_by,
    remove_device,
    rename_device,
    sign_out_removed,
)
from trailmark_server import credentials
from trailmark_server.storage.accounts import AccountRows
from trailmark_shared import limits
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    EventDataError,
    LimitExceededError,
    RefusedError,
)
from trailmark_shared.ids import DeviceId, text_from_id


@pytest.fixture
def home() -> Iterator[ServerHome]:
    with server_api() as home:
        yield home


@pytest.fixture
def first(home: ServerHome, tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        home.connect(device)
        yield device


@pytest.fixture
def second(first: App, home: ServerHome, tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "second", 2) as device:
        let_in(first, device, home)
        yield device


def let_in(first: App, device: App, home: ServerHome) -> None:
    ask_to_join(device, home.url, invite_device(first).text)
    asking = who_asks(first)
    assert asking is not None
    confirm_device(first, asking)
    assert finish_joining(device)


def names(app: App) -> dict[str, str]:
    return {each.id: each.name for each in devices(app)}


def test_the_list_says_who_confirmed(first: App, second: App) -> None:
    found = {each.id: each for each in devices(first)}

    added = found[text_from_id(second.identity.device)]
    assert ("device", text_from_id(first.identity.device)) == (added.let_in_by, added.confirmed_by)
    assert "invitation" == found[text_from_id(first.identity.device)].let_in_by


def test_a_name_that_no_device_signed_takes_no_other_one_s_place(
    first: App, second: App, home: ServerHome
) -> None:
    """A thief with a credential gives the stolen one the name of one that is to stay."""
    rename_device(first, second.identity.device, "to stay")
    honest = names(first)
    rows = [(each.space, each.device, each.name) for each in home.known(first)]

    def swap(accounts: AccountRows) -> None:
        for (space, device, _), (_, _, name) in zip(rows, reversed(rows), strict=True):
            credentials.rename_device(accounts, space, device, name)

    asyncio.run(home.parts.accounts.write(swap))

    assert len(set(honest.values())) == len(honest)
    assert honest == names(first)


def test_the_list_says_who_gets_the_keys(first: App, second: App) -> None:
    found = known_devices(first)

    assert found is not None
    assert [first.identity.device_name, second.identity.device_name] == [
        each.name for each in found
    ]
    assert {first.identity.device, second.identity.device} == {each.id for each in found}


def test_a_device_alone_shares_with_nobody(first: App) -> None:
    assert None is known_devices(first)


def test_a_device_is_called_otherwise_everywhere(first: App, second: App) -> None:
    rename_device(first, first.identity.device, "kitchen")
    rename_device(first, second.identity.device, "old phone")

    assert "kitchen" == first.identity.device_name
    assert {"kitchen", "old phone"} == set(names(first).values())


def test_a_name_that_is_none_changes_nothing(first: App) -> None:
    before = first.identity.device_name

    with pytest.raises((RefusedError, EventDataError)):
        rename_device(first, first.identity.device, " ")

    assert before == first.identity.device_name
    assert [before] == list(names(first).values())


def test_an_unknown_device_is_not_renamed(first: App) -> None:
    with pytest.raises(RefusedError) as refused:
        rename_device(first, DeviceId(b"x" * 16), "nobody's")

    assert ErrorCode.NOT_FOUND == refused.value.code


def test_keys_are_changed_at_will(first: App, second: App) -> None:
    before = first.identity.newest_key

    change_key(first)

    assert before != first.identity.newest_key
    assert second.identity.device in members(first)


class TestRemoving:
    def test_it_is_signed_out_and_the_keys_are_changed(self, first: App, second: App) -> None:
        before, gone = first.identity.newest_key, second.identity.device

        assert remove_device(first, gone)

        assert before != first.identity.newest_key
        assert gone not in members(first)
        assert text_from_id(gone) not in names(first)
        with pytest.raises(RefusedError) as refused:
            devices(second)
        assert ErrorCode.SIGNED_OUT == refused.value.code

    def test_the_keys_change_even_where_the_server_is_away(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        before, gone = first.identity.newest_key, second.identity.device
        home.lost = 1
        with pytest.raises(RefusedError):
            remove_device(first, gone)
        assert before != first.identity.newest_key

        sign_out_removed(first)
        once = home.paths()
        sign_out_removed(first)

        assert text_from_id(gone) not in names(first)
        assert [*once, "GET /api/devices"] == home.paths()

    async def test_what_a_device_let_in_is_named_and_goes_with_it(
        self, first: App, second: App, home: ServerHome, tmp_path: Path
    ) -> None:
        """Whoever has the credential of a device alone lets in what no device says yes to."""
        lanes = home.lanes(first)
        await sync(first, lanes)
        await sync(second, lanes)
        with new_device(tmp_path / "stranger", 3) as stranger:
            let_in(second, stranger, home)
            on_its_word = let_in_by(first, second.identity.device)

            remove_device(first, second.identity.device, stranger.identity.device)

            assert [text_from_id(stranger.identity.device)] == [each.id for each in on_its_word]
            assert [text_from_id(first.identity.device)] == list(names(first))
            assert [] == let_in_by(first, stranger.identity.device)

    def test_this_device_is_not_among_what_another_one_let_in(
        self, first: App, second: App
    ) -> None:
        assert [] == let_in_by(second, first.identity.device)
        assert [second.identity.device_name] == [
            each.name for each in let_in_by(first, first.identity.device)
        ]

    def test_no_device_removes_itself(self, first: App) -> None:
        with pytest.raises(DomainError) as raised:
            remove_device(first, first.identity.device)

        assert ErrorCode.INVALID_INPUT == raised.value.code

    async def test_who_is_not_known_yet_still_signs_out(
        self, first: App, home: ServerHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The others would not believe it; the person is told to do that on another device."""
        monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
        with new_device(tmp_path / "second", 2) as second:
            let_in(first, second, home)
            before = second.identity.newest_key

            assert not remove_device(second, first.identity.device)

            assert before == second.identity.newest_key
        with pytest.raises(RefusedError):
            devices(first)

    def test_a_device_that_is_signed_out_itself_has_signed_nobody_out(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        """The thief of the phone removes the laptop first; the person is told, and it is kept."""
        home.revoke(second, second.identity.device)
        for ask in (
            lambda: remove_device(second, first.identity.device),
            lambda: sign_out_removed(second),
        ):
            with pytest.raises(RefusedError) as refused:
                ask()
            assert ErrorCode.SIGNED_OUT == refused.value.code

    def test_where_nothing_can_be_said_it_is_signed_out_all_the_same(
        self, first: App, second: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = known(first).graph.statements
        monkeypatch.setattr(limits, "STATEMENTS_PER_AUTHOR_MAX", len(said))

        with pytest.raises(LimitExceededError):
            remove_device(first, second.identity.device)

        with pytest.raises(RefusedError) as refused:
            devices(second)
        assert ErrorCode.SIGNED_OUT == refused.value.code


async def test_what_a_removed_device_let_in_secretly_is_named(
    first: App, second: App, home: ServerHome
) -> None:
    """The server may hide a device; the others know of it as soon as it is to get keys."""
    lanes = home.lanes(first)
    await sync(first, lanes)
    await sync(second, lanes)
    hidden = new_secrets(second.randomness).holder
    second.write(lambda conn: second.key_sharing.let_in(conn, hidden, "hidden"))
    await sync(second, lanes)
    await sync(first, lanes)

    assert ["hidden"] == [each.name for each in known_let_in_by(first, second.identity.device)]
    assert hidden.id in {each.id for each in known_devices(first) or ()}


class TestTheirPlaces:
    def test_a_device_that_is_signed_in_is_let_in_again_as_itself(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        """Such as one that lacks the newest key."""
        device = second.identity.device

        let_in(first, second, home)

        assert device == second.identity.device
        assert 2 == len(home.known(first))

    def test_one_that_the_server_knows_otherwise_comes_back_as_another_one(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        """As after a restore from before its credential was renewed."""
        before = second.identity.device
        second.write(
            lambda _conn: second.identity_file.update(
                lambda own: msgspec.structs.replace(own, credential="tmd_renewed")
            )
        )

        let_in(first, second, home)

        assert before != second.identity.device
        assert first.identity.space == second.identity.space

    def test_nobody_takes_the_place_of_another_device(
        self, first: App, home: ServerHome, tmp_path: Path
    ) -> None:
        """With the credential of one device alone, another one could be signed out and acted as."""
        before = first.identity
        with new_device(tmp_path / "thief", 3) as thief:
            thief.write(
                lambda _conn: thief.identity_file.update(
                    lambda own: msgspec.structs.replace(
                        own,
                        device=before.device,
                        sign_seed=before.sign_seed,
                        private_key=before.private_key,
                    )
                )
            )

            let_in(first, thief, home)

            assert before.device != thief.identity.device
        assert before.credential == first.identity.credential
        assert {each.id for each in devices(first)} > {text_from_id(before.device)}

    @pytest.mark.parametrize("name", ["Ann's  phone ", "Zoe\u0308's laptop"])
    def test_a_name_that_the_server_tidies_still_fits_the_proof(
        self, first: App, home: ServerHome, tmp_path: Path, name: str
    ) -> None:
        with new_device(tmp_path / "named", 3) as named:
            named.write(
                lambda _conn: named.identity_file.update(
                    lambda own: msgspec.structs.replace(own, device_name=name)
                )
            )

            let_in(first, named, home)

        assert unicodedata.normalize("NFC", name).strip() in names(first).values()


async def test_two_that_removed_each_other_are_told_by_name(
    first: App, second: App, home: ServerHome, tmp_path: Path
) -> None:
    with new_device(tmp_path / "third", 3) as third:
        let_in(first, third, home)
        lanes = home.lanes(first)
        for each in (first, second, third):
            await sync(each, lanes)
        remove(first, second)
        remove(second, first)
        for each in (first, second, third):
            await sync(each, lanes)

        said = asked(third)

        told = {each.identity.device: each.identity.device_name for each in (first, second)}
        assert [told] * 2 == [
            {one.id: one.name for one in (each.by, *each.against)} for each in said
        ]
