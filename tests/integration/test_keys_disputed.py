"""Vault keys where devices of one person name different newest keys, by chance or by a thief.

Each device is a real one with its store; the server is one in memory that does what the test says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, sync
from tests.support.people import (
    Devices,
    change_keys,
    devices,
    holds,
    public_key,
    recovery_code,
    ring,
    seals_with,
)
from tests.support.thieves import plant, remove, say
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.own_devices import disputed
from trailmark_client.storage.read_models import documents_of_lane
from trailmark_client.storage.standing import locked_count
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.control import DeviceRenamed, RecoveryCodeMade
from trailmark_shared.ids import SELF, text_from_id

VALUE = b"t" * 32


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def reflections(app: App) -> int:
    documents = app.read(lambda conn: documents_of_lane(conn, SELF))
    return sum(each.kind == "reflection" for each in documents)


def settle_dispute(app: App, without: tuple[App, ...] = ()) -> None:
    """Say on a device who stays, as ``device rotate-keys`` does."""
    gone = [each.identity.device for each in without]
    app.write(
        lambda conn: app.key_sharing.change_keys(conn, without=gone, keeps_disputed=not without)
    )
    app.write(app.key_sharing.ring)


def replace_code(app: App, old: bytes, new: bytes) -> None:
    """Let a new recovery code take the place of another, as ``recovery new`` does."""
    gone = [recovery_code(app, old).id]

    def replace(conn: Connection) -> None:
        app.key_sharing.let_in(conn, recovery_code(app, new))
        app.key_sharing.change_keys(conn, without=gone, codes=gone)

    app.write(replace)
    app.write(app.key_sharing.ring)


class TestAThiefWhoNamesAKeyForSomeOnly:
    """While it is one of the person's devices still: it, and the laptop, are to go on together."""

    def plant(self, thief: App, laptop: App) -> None:
        plant(
            thief,
            VALUE,
            {bytes(each.identity.device): public_key(each) for each in (thief, laptop)},
        )

    @pytest.mark.parametrize("says_removed", [False, True])
    async def test_nothing_is_sealed_for_it_once_another_device_removed_it(
        self, person: Devices, *, says_removed: bool
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        self.plant(thief, laptop)
        if says_removed:
            remove(thief, phone.identity.device, ring(thief).newest)
        await sync(thief, person.home)
        await sync(laptop, person.home)
        assert VALUE == seals_with(laptop), "so far nobody could know better"

        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        add_reflection(laptop, "after the removal")
        await person.settle(laptop, phone)
        await sync(thief, person.home)

        assert not holds(thief, seals_with(laptop))
        assert 0 == reflections(thief)

    async def test_the_person_says_it_once_more_and_the_branches_meet(
        self, person: Devices
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        self.plant(thief, laptop)
        await sync(thief, person.home)
        await sync(laptop, person.home)
        add_reflection(laptop, "under the key of the thief")
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        add_reflection(laptop, "in doubt")
        assert {thief.identity.device} == ring(laptop).disputed
        with pytest.raises(DomainError) as caught:
            change_keys(laptop)
        assert ErrorCode.KEYS_DISPUTED == caught.value.code
        with pytest.raises(DomainError):
            person.let_in(laptop, person.fresh())

        settle_dispute(laptop, without=(thief,))
        add_reflection(laptop, "settled")
        await person.settle(laptop, phone)
        add_reflection(phone, "on the phone too")
        await person.settle(phone, laptop)
        await sync(thief, person.home)

        assert seals_with(phone) == seals_with(laptop)
        assert not holds(thief, seals_with(phone))
        assert (4, 4, 1) == (reflections(phone), reflections(laptop), reflections(thief))
        holders = {each.identity.device for each in (phone, laptop)}
        assert holders == set(ring(phone).holders(ring(phone).newest))
        assert holders == set(ring(laptop).holders(ring(laptop).newest))

    async def test_it_gets_no_key_under_the_name_of_another_device(self, person: Devices) -> None:
        """It names the phone too, with a public key of its own."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        mine = public_key(thief)
        named = {bytes(each.identity.device): mine for each in (thief, phone)}
        plant(thief, VALUE, {**named, bytes(laptop.identity.device): public_key(laptop)})
        await sync(thief, person.home)
        await sync(laptop, person.home)
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        settle_dispute(laptop, without=(thief,))
        await person.settle(laptop, phone)

        assert seals_with(phone) == seals_with(laptop)
        assert mine not in ring(laptop).holders(ring(laptop).newest).values()


class TestARemovedDeviceThatDisputes:
    """With the operator it can make a device ask the person, and no more."""

    async def test_it_gets_nothing_and_the_person_keeps_the_others(self, person: Devices) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        named = {bytes(each.identity.device): public_key(each) for each in (thief, laptop)}
        rival = plant(thief, VALUE, {**named, b"Z" * 16: public_key(thief)})
        remove(thief, phone.identity.device, rival)
        await sync(thief, person.home)
        await person.settle(laptop)
        add_reflection(laptop, "in doubt")
        await person.settle(laptop, phone)
        await sync(thief, person.home)
        assert 0 == reflections(thief)
        assert {phone.identity.device} == ring(laptop).disputed

        settle_dispute(laptop)
        add_reflection(laptop, "settled")
        await person.settle(laptop, phone)
        await sync(thief, person.home)
        assert seals_with(phone) == seals_with(laptop)
        assert (2, 2, 0) == (reflections(phone), reflections(laptop), reflections(thief))
        holders = {each.identity.device for each in (phone, laptop)}
        assert holders == set(ring(laptop).holders(ring(laptop).newest))

    async def test_it_does_not_choose_what_the_question_calls_the_others(
        self, person: Devices
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        former = thief.identity.trusted_key
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        named = {bytes(each.identity.device): public_key(each) for each in (thief, laptop)}
        rival = plant(thief, VALUE, named)
        remove(thief, phone.identity.device, rival)
        renamed = DeviceRenamed(device=text_from_id(phone.identity.device), name="the stolen one")
        say(thief, phone.identity.device, renamed, former)
        await sync(thief, person.home)
        await person.settle(laptop)

        assert [phone.identity.device_name] == [each.name for each in disputed(laptop)]

    async def test_it_makes_no_recovery_code_of_a_device(self, person: Devices) -> None:
        """That would go when the person makes a new code, as they are told to do."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        device, former = laptop.identity.device, thief.identity.trusted_key
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        made = RecoveryCodeMade(recovery=text_from_id(device), public_key=public_key(thief))
        say(thief, device, made, former)
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        assert set() == ring(phone).recovery_codes


class TestAReplacedRecoveryCode:
    @pytest.mark.parametrize("first", [0, 1])
    async def test_it_does_not_come_back_while_another_device_changes_the_keys(
        self, person: Devices, first: int
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        old, new = recovery_code(laptop, b"o"), recovery_code(laptop, b"n")
        laptop.write(lambda conn: laptop.key_sharing.let_in(conn, old))
        await person.settle()
        replace_code(phone, b"o", b"n")
        change_keys(laptop)
        order = (phone, laptop) if first == 0 else (laptop, phone)
        await person.settle(*order)
        add_reflection(phone, "not for the old code")
        change_keys(laptop)
        await person.settle(*order)

        for app in (phone, laptop):
            kept = ring(app)
            assert {new.id} == kept.recovery_codes & set(kept.holders(kept.newest))
        assert (seals_with(phone), 1) == (seals_with(laptop), reflections(laptop))
        kept = ring(phone)
        assert (kept.newest, old.id) not in kept.given


class TestTwoHonestBranches:
    async def test_a_device_that_holds_the_keys_of_one_only_follows_both(
        self, person: Devices
    ) -> None:
        """The laptop let the tablet in on its branch, and the other one came first."""
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        change_keys(phone)
        await sync(phone, person.home)
        change_keys(laptop)
        tablet = person.add(laptop)
        await sync(laptop, person.home)
        await sync(tablet, person.home)

        assert seals_with(tablet) == seals_with(laptop)
        assert tablet.identity.device in ring(tablet).holders(ring(tablet).newest)

    async def test_what_was_sealed_on_one_opens_for_whom_the_other_let_in(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        change_keys(laptop)
        add_reflection(laptop, "under the key of the laptop")
        change_keys(phone)
        tablet = person.add(phone)
        await person.settle(laptop)
        await person.settle(phone, tablet, laptop)
        await person.settle(phone, tablet, laptop)

        assert seals_with(phone) == seals_with(laptop) == seals_with(tablet)
        assert (0, 1) == (tablet.read(locked_count), reflections(tablet))

    async def test_newcomers_of_both_meet_though_whoever_let_them_in_is_lost(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        tablet = person.add(laptop)
        await sync(laptop, person.home)
        change_keys(phone)  # has not heard of the tablet
        desk = person.add(phone)
        await sync(phone, person.home)
        await person.settle(tablet, desk)
        assert ring(tablet).is_left_out

        change_keys(tablet)
        await person.settle(tablet, desk)
        person.let_in(tablet, desk)
        await person.settle(tablet, desk)
        add_reflection(desk, "for both")
        await person.settle(desk, tablet)

        assert seals_with(tablet) == seals_with(desk)
        assert (0, 1) == (tablet.read(locked_count), reflections(tablet))
