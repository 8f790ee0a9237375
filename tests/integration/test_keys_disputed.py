"""Vault keys where devices of one person name different newest keys, by chance or by a thief.

Each device is a real one with its store; the server is one in memory that does what the test says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, sync
from tests.support.people import Devices, change_keys, devices, holds, public_key, ring, seals_with
from tests.support.thieves import plant, remove
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.holders import LetIn
from trailmark_client.storage.read_models import documents_of_lane
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF

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


def code(app: App, letter: bytes) -> LetIn:
    return LetIn(
        kind="recovery",
        id=letter * 16,
        public_key=app.vault.cipher.box_public_key(letter * 32),
        given=tuple(each.id for each in app.identity.vault_keys),
    )


def replace_code(app: App, old: bytes, new: bytes) -> None:
    """Let a new recovery code take the place of another, as ``recovery new`` does."""

    def replace(conn: Connection) -> None:
        app.key_sharing.let_in(conn, code(app, new))
        app.key_sharing.change_keys(conn, without=[old * 16], codes=[old * 16])

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


class TestAReplacedRecoveryCode:
    @pytest.mark.parametrize("first", [0, 1])
    async def test_it_does_not_come_back_while_another_device_changes_the_keys(
        self, person: Devices, first: int
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        laptop.write(lambda conn: laptop.key_sharing.let_in(conn, code(laptop, b"o")))
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
            assert {b"n" * 16} == kept.recovery_codes & set(kept.holders(kept.newest))
        assert (seals_with(phone), 1) == (seals_with(laptop), reflections(laptop))
        kept = ring(phone)
        assert (kept.newest, b"o" * 16) not in kept.given


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
