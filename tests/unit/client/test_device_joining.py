"""A second device is confirmed on the first one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.devices import add_goal, add_reflection, new_device, sync
from tests.support.server_api import ServerHome, server_api
from trailmark_client.app import App
from trailmark_client.device_joining import (
    Asking,
    ask_to_join,
    confirm_device,
    finish_joining,
    invite_device,
    refuse_device,
    who_asks,
)
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.codes import device_code_from_text, text_from_device_code
from trailmark_shared.device_join import JoiningDevice
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import SELF

OTHER_SERVER = {"id": "0" * 26, "name": "Home", "signing_key": "11" * 32}
TEN_MINUTES = limits.INVITATION_TTL_MS


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
def second(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "second", 2) as device:
        yield device


def asking(first: App) -> Asking:
    found = who_asks(first)
    assert found is not None
    return found


def joined(first: App, second: App, home: ServerHome) -> None:
    ask_to_join(second, home.url, invite_device(first).text)
    confirm_device(first, asking(first))
    assert finish_joining(second)


def code_of(refused: pytest.ExceptionInfo[RefusedError]) -> str:
    return refused.value.code


class TestLettingIn:
    def test_both_show_the_same_words_and_nothing_is_handed_over_before_the_yes(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        code = invite_device(first)
        assert who_asks(first) is None

        waiting = ask_to_join(second, home.url, code.text.upper())
        before = second.identity

        assert asking(first).phrase == waiting.phrase
        assert second.identity.device_name == asking(first).joining.name
        assert not finish_joining(second)
        assert second.identity == before
        assert 1 == len(home.known(first))

    def test_after_the_yes_it_has_all_keys_and_a_credential(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        own_key = second.identity.newest_key

        joined(first, second, home)

        identity = second.identity
        assert first.identity.space == identity.space
        assert own_key == identity.newest_key, "until it has read what the others say"
        assert identity.credential is not None
        assert identity.server is not None
        assert home.url == identity.server.url
        assert (None, None) == (identity.waiting, first.identity.open_code)
        assert second.read(lambda conn: verify_all(conn, second.vault)) == []

    def test_the_server_learns_no_key_and_no_secret(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        code = invite_device(first)
        ask_to_join(second, home.url, code.text)
        confirm_device(first, asking(first))
        finish_joining(second)

        told = str(home.asked)
        halves = device_code_from_text(code.text)
        assert halves.lookup.hex() in told
        for secret in (
            halves.secret,
            first.identity.newest_key.key,
            first.identity.private_key,
            second.identity.private_key,
        ):
            assert secret.hex() not in told

    async def test_what_a_device_wrote_alone_comes_along_and_others_can_read_it(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        lanes = home.lanes(first)
        first.write(
            lambda _conn: first.identity_file.update(
                lambda own: msgspec.structs.replace(own, private_copy=True)
            )
        )
        add_goal(first, "on the first")
        add_reflection(second, "alone on the second")
        own = second.identity.newest_key
        joined(first, second, home)

        for each in (first, second, first, second):
            assert (await sync(each, lanes)).is_done

        assert own.key == first.identity.vault_key(own.id)
        hashes = {each.read(lambda conn: state_hash(conn, SELF)) for each in (first, second)}
        assert 1 == len(hashes)
        kinds = first.read(lambda conn: conn.execute("SELECT kind FROM document").fetchall())
        assert {("goal",), ("reflection",)} <= set(kinds)

    def test_a_device_that_has_not_read_the_lane_yet_lets_nobody_in(
        self,
        first: App,
        second: App,
        home: ServerHome,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
        joined(first, second, home)
        with new_device(tmp_path / "third", 3) as third:
            ask_to_join(third, home.url, invite_device(second).text)
            with pytest.raises(DomainError, match="do not know this one"):
                confirm_device(second, asking(second))

    def test_a_device_whose_credential_ended_is_let_in_again(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        joined(first, second, home)
        before = second.identity
        home.parts.clock.ms += limits.CREDENTIAL_TTL_MS
        home.connect(first)

        joined(first, second, home)

        assert before.credential != second.identity.credential
        assert before.device == second.identity.device
        assert 2 == len(home.known(first))


class TestRefusing:
    def test_a_no_ends_it_at_once_on_both(self, first: App, second: App, home: ServerHome) -> None:
        code = invite_device(first)
        ask_to_join(second, home.url, code.text)

        refuse_device(first)

        with pytest.raises(RefusedError) as refused:
            finish_joining(second)
        assert ErrorCode.NOT_AUTHORISED == code_of(refused)
        assert None is second.identity.waiting
        with pytest.raises(RefusedError) as again:
            ask_to_join(second, home.url, code.text)
        assert ErrorCode.WRONG_CODE == code_of(again)
        assert 1 == len(home.known(first))

    def test_who_knows_only_the_first_half_is_refused_without_being_shown(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        code = device_code_from_text(invite_device(first).text)
        guessed = msgspec.structs.replace(code, secret=b"?" * 16)
        ask_to_join(second, home.url, text_from_device_code(guessed))

        with pytest.raises(RefusedError) as refused:
            who_asks(first)

        assert ErrorCode.WRONG_CODE == code_of(refused)
        with pytest.raises(RefusedError):
            finish_joining(second)

    @pytest.mark.parametrize("what", ["name", "public_key", "claim_hash", "device"])
    def test_a_server_that_swaps_something_is_found_out(
        self, first: App, second: App, home: ServerHome, what: str
    ) -> None:
        ask_to_join(second, home.url, invite_device(first).text)
        shown = asking(first).joining
        swapped = {
            "name": "phone",
            "public_key": (b"k" * 32).hex(),
            "claim_hash": (b"c" * 32).hex(),
            "device": "0" * 26,
        }[what]

        def swap(said: dict[str, Any]) -> None:
            said["invitations"][0]["waiting"][what] = swapped

        home.bend("GET", "/api/device-invitations", swap)

        with pytest.raises(RefusedError) as refused:
            who_asks(first)

        assert ErrorCode.WRONG_CODE == code_of(refused)
        assert shown.device == second.identity.device

    def test_a_key_that_is_none_is_refused(self, first: App, second: App, home: ServerHome) -> None:
        ask_to_join(second, home.url, invite_device(first).text)
        found = asking(first)
        joining = msgspec.structs.replace(found.joining, public_key=bytes(32))

        with pytest.raises(RefusedError) as refused:
            confirm_device(first, msgspec.structs.replace(found, joining=joining))

        assert ErrorCode.WRONG_CODE == code_of(refused)

    def test_without_a_code_nobody_is_asked_about(self, first: App, second: App) -> None:
        assert None is who_asks(first)
        refuse_device(first)
        with pytest.raises(RefusedError) as refused:
            confirm_device(first, Asking(joining=_anybody(second), asked_at=1, phrase=""))

        assert ErrorCode.WRONG_CODE == code_of(refused)

    def test_a_device_that_does_not_wait_has_nothing_to_finish(self, second: App) -> None:
        with pytest.raises(RefusedError) as refused:
            finish_joining(second)

        assert ErrorCode.WRONG_CODE == code_of(refused)

    def test_a_code_ends_after_ten_minutes(self, first: App, second: App, home: ServerHome) -> None:
        code = invite_device(first)
        home.parts.clock.ms += TEN_MINUTES + 1

        with pytest.raises(RefusedError) as late:
            ask_to_join(second, home.url, code.text)
        with pytest.raises(RefusedError) as over:
            who_asks(first)

        assert (ErrorCode.WRONG_CODE, ErrorCode.WRONG_CODE) == (code_of(late), code_of(over))

    def test_a_connected_device_joins_no_other_space(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        home.connect(second)

        with pytest.raises(RefusedError) as refused:
            ask_to_join(second, home.url, invite_device(first).text)

        assert ErrorCode.ALREADY_CONNECTED == code_of(refused)

    def test_what_needs_a_server_says_so(self, second: App) -> None:
        with pytest.raises(RefusedError) as refused:
            invite_device(second)

        assert ErrorCode.NOT_CONNECTED == code_of(refused)


class TestLies:
    """What a relay that lies can do on the way back: nothing but get in the way."""

    @pytest.mark.parametrize(
        "lie",
        [
            {"bundle": "AAAA"},
            {"bundle": "no base 64"},
            {"space": "0" * 26},
            {"server": OTHER_SERVER},
        ],
    )
    def test_another_answer_than_the_inviting_device_gave(
        self,
        first: App,
        second: App,
        home: ServerHome,
        lie: dict[str, Any],
    ) -> None:
        ask_to_join(second, home.url, invite_device(first).text)
        confirm_device(first, asking(first))
        before = second.identity
        home.bend("POST", "/api/device-joins/claim", lambda said: said["let_in"].update(lie))

        with pytest.raises(RefusedError):
            finish_joining(second)

        assert before == second.identity

    @pytest.mark.parametrize("lie", [{"space": "0" * 26}, {"server": OTHER_SERVER}])
    def test_the_words_were_made_of_something_else(
        self, first: App, second: App, home: ServerHome, lie: dict[str, Any]
    ) -> None:
        code = invite_device(first)
        home.bend("POST", "/api/device-joins", lambda said: said.update(lie))
        waiting = ask_to_join(second, home.url, code.text)
        home.straighten()
        assert asking(first).phrase != waiting.phrase
        confirm_device(first, asking(first))

        with pytest.raises(RefusedError) as refused:
            finish_joining(second)

        assert ErrorCode.OTHER_HOME_SERVER == code_of(refused)
        assert None is second.identity.credential


class TestRepeating:
    """Each answer can be lost; asking again ends in the same place."""

    def test_asking(self, first: App, second: App, home: ServerHome) -> None:
        code = invite_device(first)
        home.lost = 1
        with pytest.raises(RefusedError):
            ask_to_join(second, home.url, code.text)

        ask_to_join(second, home.url, code.text)
        once = second.identity.waiting
        ask_to_join(second, home.url, code.text)

        assert once == second.identity.waiting

    def test_saying_yes(self, first: App, second: App, home: ServerHome) -> None:
        ask_to_join(second, home.url, invite_device(first).text)
        found = asking(first)
        home.lost = 1
        with pytest.raises(RefusedError):
            confirm_device(first, found)

        confirm_device(first, found)

        assert finish_joining(second)

    def test_fetching(self, first: App, second: App, home: ServerHome) -> None:
        ask_to_join(second, home.url, invite_device(first).text)
        confirm_device(first, asking(first))
        home.lost = 1
        with pytest.raises(RefusedError):
            finish_joining(second)

        assert finish_joining(second)
        assert 2 == len(home.known(first))

    def test_nobody_else_fetches_it(
        self, first: App, second: App, home: ServerHome, tmp_path: Path
    ) -> None:
        code = invite_device(first)
        ask_to_join(second, home.url, code.text)
        confirm_device(first, asking(first))
        with new_device(tmp_path / "thief", 9) as thief:
            stolen = second.identity.waiting
            thief.write(
                lambda _conn: thief.identity_file.update(
                    lambda own: msgspec.structs.replace(own, waiting=stolen)
                )
            )

            with pytest.raises(RefusedError) as refused:
                finish_joining(thief)

        assert ErrorCode.WRONG_CODE == code_of(refused)


class TestRemovedDevices:
    def test_a_removed_device_comes_back_as_another_one(
        self, first: App, second: App, home: ServerHome
    ) -> None:
        joined(first, second, home)
        before = second.identity
        home.revoke(first, before.device)

        joined(first, second, home)

        assert before.device != second.identity.device
        assert before.private_key != second.identity.private_key
        assert before.epoch != second.identity.epoch
        assert 3 == len(home.known(first))


def _anybody(app: App) -> JoiningDevice:
    device, keys = app.identity.device, {"sign_key": b"s" * 32, "public_key": b"k" * 32}
    return JoiningDevice(device=device, name="x", claim_hash=b"c" * 32, **keys)
