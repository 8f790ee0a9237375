"""The recovery code: made, replaced, used."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, new_device, sync
from tests.support.older_stores import older_bundle
from tests.support.server_api import ServerHome, server_api
from trailmark_client.app import App
from trailmark_client.backup import known_code
from trailmark_client.identity import Identity
from trailmark_client.own_devices import sign_out_removed
from trailmark_client.recovery import (
    NOT_MADE_WORDS,
    NOT_YET_WORDS,
    OVERTAKEN_WORDS,
    Standing,
    is_foreign,
    is_use_to_tell,
    keep_code,
    made_code,
    new_code,
    note_use_told,
    recover,
    send_kept,
    standing,
)
from trailmark_client.storage.state_hashes import documents_of_lane
from trailmark_shared import limits
from trailmark_shared.codes import recovery_code_from_text
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.recovery import recovery_secrets


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
def fresh(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "fresh", 2) as device:
        yield device


def made(app: App) -> str:
    code = new_code(app)
    keep_code(app, code)
    assert known_code(app) is not None
    return code


def told_of_use(app: App) -> bool:
    found = made_code(app)
    assert found is not None
    is_told = is_use_to_tell(app, found)
    note_use_told(app, found)
    return is_told


def with_a_lost_credential(identity: Identity) -> Identity:
    return msgspec.structs.replace(identity, credential="tmd_renewed")


def with_private_copy(identity: Identity) -> Identity:
    return msgspec.structs.replace(identity, private_copy=True)


class TestMaking:
    def test_a_code_counts_once_it_is_kept(self, first: App) -> None:
        code = new_code(first)
        assert Standing() == standing(first)

        keep_code(first, code)

        now = standing(first)
        assert now.made_at is not None
        assert (True, None) == (now.has_keys, now.used_at)

    def test_the_server_learns_hashes_and_sealed_bytes_only(
        self, first: App, home: ServerHome
    ) -> None:
        secrets = recovery_secrets(recovery_code_from_text(made(first)))

        told = str(home.asked)
        for secret in (
            secrets.lookup,
            secrets.authenticator,
            secrets.wrapping_key,
            secrets.private_key,
            first.identity.newest_key.key,
        ):
            assert secret.hex() not in told

    def test_nothing_of_the_code_is_kept_on_the_device(self, first: App, tmp_path: Path) -> None:
        code = made(first)
        secrets = recovery_secrets(recovery_code_from_text(code))

        kept = b"".join(
            path.read_bytes() for path in (tmp_path / "first").rglob("*") if path.is_file()
        )
        for secret in (code.encode(), recovery_code_from_text(code), secrets.private_key):
            assert secret not in kept

    async def test_a_new_one_takes_the_place_of_the_one_before(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        lanes = home.lanes(first)
        first.write(lambda _conn: first.identity_file.update(with_private_copy))
        old = made(first)
        old_key = first.identity.newest_key
        new = made(first)

        with pytest.raises(RefusedError) as refused:
            recover(fresh, home.url, old)

        assert ErrorCode.WRONG_CODE == refused.value.code
        assert old_key != first.identity.newest_key, "the old code opens nothing that comes"
        recover(fresh, home.url, new)
        for each in (first, fresh):
            assert (await sync(each, lanes)).is_done
        assert first.identity.newest_key == fresh.identity.newest_key

    def test_a_lost_answer_is_made_good(self, first: App, home: ServerHome) -> None:
        home.bend("GET", "/api/recovery", lambda _said: setattr(home, "lost", 1))
        code = new_code(first)
        with pytest.raises(RefusedError) as refused:
            keep_code(first, code)
        home.straighten()
        assert NOT_YET_WORDS == refused.value.message

        send_kept(first)
        once = home.paths()
        send_kept(first)

        assert once == home.paths()
        assert standing(first).has_keys

    def test_a_code_of_which_the_server_never_heard_is_not_kept(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        old = made(first)
        home.lost = 1
        with pytest.raises(RefusedError) as refused:
            keep_code(first, new_code(first))
        send_kept(first)

        assert NOT_MADE_WORDS == refused.value.message
        recover(fresh, home.url, old)

    def test_a_code_that_comes_late_undoes_no_newer_one(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        """Made on one device while the network went, then on another one, which counts."""
        made(first)

        def overtake(_said: object) -> None:
            """Let the server have another code by the time that this one comes."""
            home.straighten()
            home.keep(first, holder=b"o" * 16)

        home.bend("GET", "/api/recovery", overtake)
        late = new_code(first)
        with pytest.raises(RefusedError) as refused:
            keep_code(first, late)
        send_kept(first)

        assert OVERTAKEN_WORDS == refused.value.message
        with pytest.raises(RefusedError):
            recover(fresh, home.url, late)

    def test_a_code_that_no_device_vouches_for_is_found(self, first: App, home: ServerHome) -> None:
        """Whoever has a credential alone replaces the code on the server."""
        assert made_code(first) is None
        made(first)
        own = made_code(first)
        assert own is not None
        assert not is_foreign(first, own)
        home.keep(first, holder=b"o" * 16)

        found = made_code(first)

        assert found is not None
        assert is_foreign(first, found)
        assert text_from_id(b"o" * 16) == found.made_by

    def test_a_use_of_the_code_is_told_once_and_to_the_others(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        code = made(first)
        assert not told_of_use(first)

        recover(fresh, home.url, code)

        assert [True, False] == [told_of_use(first), told_of_use(first)]
        assert not told_of_use(fresh)

    def test_a_mistyped_code_is_not_kept(self, first: App, home: ServerHome) -> None:
        with pytest.raises(RefusedError) as refused:
            keep_code(first, "0000-0000")

        assert ErrorCode.WRONG_CODE == refused.value.code
        assert [] == home.asked

    def test_a_device_that_the_others_do_not_know_makes_none(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        recover(fresh, home.url, made(first))

        with pytest.raises(DomainError) as raised:
            made(fresh)

        assert ErrorCode.MISSING_KEY == raised.value.code

    def test_it_needs_a_server(self, fresh: App) -> None:
        with pytest.raises(RefusedError) as refused:
            made(fresh)

        assert ErrorCode.NOT_CONNECTED == refused.value.code


class TestRecovering:
    def test_a_fresh_device_is_one_of_the_person(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        code = made(first)

        assert not recover(fresh, home.url, code.upper().replace("-", " ")).has_private

        identity = fresh.identity
        assert first.identity.space == identity.space
        used = standing(first)
        assert used.used_at is not None
        let_in = {each.device: each.let_in_by for each in home.known(first)}
        assert "recovery" == let_in[identity.device]

    async def test_it_follows_later_changes_of_the_key(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        lanes = home.lanes(first)
        first.write(lambda _conn: first.identity_file.update(with_private_copy))
        code = made(first)
        first.write(first.key_sharing.change_key)
        first.write(first.key_sharing.change_key)
        add_reflection(first, "sealed with the newest")
        assert (await sync(first, lanes)).is_done

        assert recover(fresh, home.url, code).has_private
        for each in (fresh, first, fresh):
            assert (await sync(each, lanes)).is_done

        kinds = [each.kind for each in fresh.read(lambda conn: documents_of_lane(conn, SELF))]
        assert "reflection" in kinds
        assert first.identity.newest_key == fresh.identity.newest_key
        assert () == fresh.identity.sponsors, "a device of its own by now"

    async def test_it_works_where_the_first_device_is_lost(
        self, first: App, fresh: App, home: ServerHome, tmp_path: Path
    ) -> None:
        lanes = home.lanes(first)
        first.write(lambda _conn: first.identity_file.update(with_private_copy))
        code = made(first)
        first.write(first.key_sharing.change_key)
        add_reflection(first, "words")
        await sync(first, lanes)
        recover(fresh, home.url, code)
        await sync(fresh, lanes)
        add_reflection(fresh, "more words")
        await sync(fresh, lanes)

        with new_device(tmp_path / "next", 3) as last:
            recover(last, home.url, code)
            await sync(last, lanes)
            kinds = [each.kind for each in last.read(lambda conn: documents_of_lane(conn, SELF))]

        assert 2 == kinds.count("reflection")

    def test_a_device_that_the_server_forgot_comes_back_as_itself(
        self, first: App, home: ServerHome
    ) -> None:
        """Such as one that joined after the backup from which the server came back."""
        code = made(first)
        before = first.identity
        home.parts.clock.ms += limits.CREDENTIAL_TTL_MS

        recover(first, home.url, code)

        assert before.device == first.identity.device
        assert before.credential != first.identity.credential
        assert before.newest_key == first.identity.newest_key

    def test_a_device_that_is_signed_in_stays_itself(self, first: App, home: ServerHome) -> None:
        """Its credential says that it takes nobody's place."""
        code = made(first)
        before = first.identity

        recover(first, home.url, code)

        assert before.device == first.identity.device
        assert before.credential != first.identity.credential

    def test_where_the_server_knows_an_older_credential_it_gets_a_new_id(
        self, first: App, home: ServerHome
    ) -> None:
        """It came back from before the credential was renewed: any other might ask like this."""
        code = made(first)
        before = first.identity.device
        first.write(lambda _conn: first.identity_file.update(with_a_lost_credential))

        recover(first, home.url, code)
        sign_out_removed(first)

        assert before != first.identity.device
        former, now = sorted(home.known(first), key=lambda each: each.device != before)
        assert (before, first.identity.device) == (former.device, now.device)
        assert (True, None) == (former.revoked_at is not None, now.revoked_at)

    def test_a_removed_device_comes_back_as_another_one(self, first: App, home: ServerHome) -> None:
        code = made(first)
        before = first.identity.device
        home.revoke(first, before)

        recover(first, home.url, code)

        assert before != first.identity.device
        assert 2 == len(home.known(first))

    def test_a_lost_answer_can_be_asked_for_again(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        code = made(first)
        home.lost = 1
        with pytest.raises(RefusedError):
            recover(fresh, home.url, code)

        recover(fresh, home.url, code)

        assert 2 == len(home.known(first))

    def test_the_code_of_an_older_release_brings_its_keys(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        """There keys travelled in the bundle alone: without them all that is private stays shut."""
        code, keys = made(first), first.identity.vault_keys
        bundle = older_bundle(first, code)
        home.bend("POST", "/api/recover", lambda said: said.update(bundle=bundle))
        own = fresh.identity.newest_key

        brought = recover(fresh, home.url, code)

        assert (True, True) == (brought.has_private, brought.is_older)
        assert keys[0].key == fresh.identity.vault_key(keys[0].id)
        assert own == fresh.identity.newest_key

    @pytest.mark.parametrize("bundle", ["AAAA", "no base 64"])
    def test_a_bundle_that_does_not_open_changes_nothing(
        self, first: App, fresh: App, home: ServerHome, bundle: str
    ) -> None:
        code = made(first)
        home.bend("POST", "/api/recover", lambda said: said.update(bundle=bundle))
        before = fresh.identity

        with pytest.raises(RefusedError) as refused:
            recover(fresh, home.url, code)

        assert ErrorCode.WRONG_CODE == refused.value.code
        assert before == fresh.identity

    def test_unknown_and_wrong_are_told_alike(
        self, first: App, fresh: App, home: ServerHome
    ) -> None:
        made(first)

        with pytest.raises(RefusedError) as refused:
            recover(fresh, home.url, new_code(fresh))

        assert ErrorCode.WRONG_CODE == refused.value.code
