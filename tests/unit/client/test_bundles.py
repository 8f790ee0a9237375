"""Becoming one of the person's devices."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection
from tests.support.people import URL, Devices, devices, known, remove
from trailmark_client.app import App
from trailmark_client.bundles import (
    Bundle,
    become_another_device,
    bundle_from_bytes,
    bundle_of,
    settle_in,
    told_server,
)
from trailmark_client.storage.statements import firm_of, statements_as_sent
from trailmark_shared import limits
from trailmark_shared.device_graph.resolution import Firm
from trailmark_shared.device_graph.statements import Removed, StatementId
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import SpaceId, text_from_id

FIRM = StatementId(b"f" * 32)
TOLD = Firm().and_confirmed({FIRM}).and_void({StatementId(b"v" * 32)})


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def handed(app: App) -> Bundle:
    return bundle_from_bytes(bundle_of(app, TOLD))


class TestBundle:
    def test_it_says_all_that_a_device_needs(self, person: Devices) -> None:
        first = person.apps[0]

        bundle = handed(first)

        identity = first.identity
        assert (identity.space, TOLD) == (bundle.space, bundle.told)
        assert identity.private_copy == bundle.private_copy

    def test_it_holds_no_key(self, person: Devices) -> None:
        first = person.apps[0]
        plain = bundle_of(first, Firm())

        assert first.identity.vault_keys
        assert not any(b64encode(each.key) in plain for each in first.identity.vault_keys)

    async def test_it_brings_what_the_server_has_too_unless_that_is_much(
        self, person: Devices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = person.apps[0]
        person.add()
        await person.settle()
        has = set(first.read(statements_as_sent))

        little = handed(first)
        monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", sum(map(len, has)) - 1)
        much = handed(first)

        assert has
        assert little.ground
        assert (has, ()) == (set(little.ground), little.said)
        assert not much.ground

    def test_it_names_no_more_removals_than_fit(self, person: Devices) -> None:
        firm = {StatementId(n.to_bytes(32, "big")) for n in range(limits.FIRM_TOLD_MAX + 1)}

        bundle = bundle_from_bytes(bundle_of(person.apps[0], Firm().and_held(firm)))

        assert limits.FIRM_TOLD_MAX == len(bundle.firm)

    def test_it_names_no_more_that_is_void_than_fits(self, person: Devices) -> None:
        void = {StatementId(n.to_bytes(32, "big")) for n in range(limits.FIRM_TOLD_MAX + 1)}

        bundle = bundle_from_bytes(bundle_of(person.apps[0], Firm().and_void(void)))

        assert limits.FIRM_TOLD_MAX == len(bundle.void)

    def test_nobody_crowds_out_what_the_person_confirmed(self, person: Devices) -> None:
        many = {StatementId(n.to_bytes(32, "big")) for n in range(limits.FIRM_TOLD_MAX + 1)}

        bundle = bundle_from_bytes(bundle_of(person.apps[0], TOLD.and_held(many)))

        assert FIRM in bundle.told.confirmed

    def test_fields_that_a_newer_one_adds_are_passed_over(self, person: Devices) -> None:
        plain = msgspec.json.decode(bundle_of(person.apps[0], TOLD))

        assert handed(person.apps[0]) == bundle_from_bytes(msgspec.json.encode({**plain, "new": 1}))

    @pytest.mark.parametrize("change", [{"space": "AAAA"}, {"firm": 1}, {"space": 5}])
    def test_one_that_says_nothing_usable_is_refused(
        self, person: Devices, change: dict[str, object]
    ) -> None:
        plain = msgspec.json.decode(bundle_of(person.apps[0], Firm()))

        with pytest.raises(RefusedError) as refused:
            bundle_from_bytes(msgspec.json.encode({**plain, **change}))

        assert ErrorCode.WRONG_CODE == refused.value.code

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        with pytest.raises(RefusedError):
            bundle_from_bytes(b"\xff\xfe")


class TestSettlingIn:
    def test_a_new_device_takes_the_space(self, person: Devices) -> None:
        first, second = person.apps[0], person.add()

        identity = second.identity
        assert first.identity.space == identity.space
        assert "tmd_other" == identity.credential

    def test_a_device_keeps_the_keys_that_sealed_something(self, person: Devices) -> None:
        second = person.fresh()
        add_reflection(second, "alone")
        own = second.identity.newest_key

        person.let_in(person.apps[0], second)

        assert own.key == second.identity.vault_key(own.id)

    def test_a_known_device_holds_more_removals_firm(self, person: Devices) -> None:
        second = person.add()

        settle_in(second, URL, person.answer(), handed(person.apps[0]))

        assert FIRM in second.read(firm_of).confirmed

    def test_another_space_is_refused(self, person: Devices) -> None:
        answer = msgspec.structs.replace(person.answer(), space=text_from_id(b"o" * 16))
        second = person.fresh()
        before = second.identity

        with pytest.raises(RefusedError) as refused:
            settle_in(second, URL, answer, handed(person.apps[0]))

        assert ErrorCode.OTHER_HOME_SERVER == refused.value.code
        assert before == second.identity


class TestWhoAnswers:
    def test_a_device_stays_at_home(self, person: Devices) -> None:
        first, answer = person.apps[0], person.answer().server

        assert first.identity.server == told_server(first, URL, answer, first.identity.space)
        with pytest.raises(RefusedError) as refused:
            told_server(first, URL, answer, SpaceId(b"o" * 16))
        assert ErrorCode.ALREADY_CONNECTED == refused.value.code

    def test_another_key_at_home_is_another_server(self, person: Devices) -> None:
        first = person.apps[0]
        answer = msgspec.structs.replace(person.answer().server, signing_key="11" * 32)

        with pytest.raises(RefusedError) as refused:
            told_server(first, URL, answer, first.identity.space)

        assert ErrorCode.ALREADY_CONNECTED == refused.value.code

    def test_a_key_that_is_none_is_refused(self, person: Devices) -> None:
        answer = msgspec.structs.replace(person.answer().server, signing_key="zz")
        fresh = person.fresh()

        with pytest.raises(RefusedError) as refused:
            told_server(fresh, URL, answer, fresh.identity.space)

        assert ErrorCode.UNREACHABLE == refused.value.code


class TestBecomingAnother:
    def test_nothing_unsent_is_lost(self, person: Devices) -> None:
        first = person.apps[0]
        add_reflection(first, "not sent yet")
        before = first.identity

        become_another_device(first, URL)

        after = first.identity
        assert before.device != after.device
        assert before.private_key != after.private_key
        assert None is after.credential
        assert [(after.device,)] == first.read(
            lambda conn: conn.execute("SELECT DISTINCT device FROM event").fetchall()
        )

    def test_no_other_server_can_ask_for_it(self, person: Devices) -> None:
        first = person.apps[0]
        before = first.identity

        with pytest.raises(RefusedError):
            become_another_device(first, "https://other.example")

        assert before == first.identity

    async def test_each_key_that_it_made_before_is_said_again(self, person: Devices) -> None:
        first, second = person.apps[0], person.add()
        await person.settle()
        for _ in range(2):
            second.write(second.key_sharing.change_key)
        remove(first, second)
        await person.settle(first)

        become_another_device(second, URL)
        before = set(second.identity.own_before)
        person.let_in(first, second)
        await person.settle()

        assert 1 < len(before)
        assert before <= set(known(second).keys_made())

    async def test_it_holds_firm_what_the_person_removed_on_it_and_nothing_that_it_heard(
        self, person: Devices
    ) -> None:
        first, second = person.apps[0], person.add()
        heard, said = (person.add() for _ in range(2))
        await person.settle()
        remove(first, heard)
        await person.settle(first, second)
        remove(second, said)
        graph, own = known(second).graph, known(second).said_by_me()
        removals = {each.id for each in graph.statements if isinstance(each.says, Removed)}

        become_another_device(second, URL)

        assert len(removals - own) == 1
        assert Firm().and_confirmed(removals & own) == second.read(firm_of)
