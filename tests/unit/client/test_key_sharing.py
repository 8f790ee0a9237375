"""Vault keys among several devices: whatever happens at once, they end alike and leave nobody in.

Each device is a real one with its store; the server is one in memory. What is not in force is said
again; what a removed device knows seals nothing any more.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
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
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, App, open_app
from trailmark_client.holders import let_in_here
from trailmark_client.identity import new_vault_key
from trailmark_client.storage.read_models import documents_of_lane, state_hash
from trailmark_client.storage.standing import locked_count
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.ids import SELF


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def types(app: App) -> list[str]:
    rows = app.read(lambda conn: conn.execute("SELECT type FROM event ORDER BY pos").fetchall())
    return [type_ for (type_,) in rows]


def reflections(app: App) -> int:
    documents = app.read(lambda conn: documents_of_lane(conn, SELF))
    return sum(each.kind == "reflection" for each in documents)


def same_view(*apps: App) -> bool:
    hashes = {app.read(lambda conn: state_hash(conn, SELF)) for app in apps}
    broken = [app.read(lambda conn, a=app: verify_all(conn, a.vault)) for app in apps]
    return len(hashes) == 1 and not any(broken)


class TestAlone:
    async def test_a_device_alone_has_nothing_to_say(self, person: Devices) -> None:
        (phone,) = person.apps
        add_reflection(phone, "alone")
        await person.settle()

        assert ["reflection_written"] == types(phone)
        assert phone.identity.newest_key.id == phone.identity.first_key


class TestLettingIn:
    async def test_both_announce_themselves_once(self, person: Devices) -> None:
        (phone,) = person.apps
        laptop = person.add()
        await person.settle()

        assert ["device_added", "device_added"] == types(phone) == types(laptop)
        holders = {bytes(each.identity.device): public_key(each) for each in person.apps}
        assert holders == ring(phone).holders(phone.identity.trusted_key)
        assert seals_with(phone) == seals_with(laptop)

    async def test_what_a_device_wrote_alone_comes_along(self, person: Devices) -> None:
        (phone,) = person.apps
        laptop = person.fresh()
        add_reflection(phone, "on the phone")
        add_reflection(laptop, "alone on the laptop")
        own = seals_with(laptop)
        person.let_in(phone, laptop)
        await person.settle()

        assert holds(phone, own)
        assert seals_with(phone) != own, "a key from elsewhere never becomes the newest"
        assert (2, 2) == (reflections(phone), reflections(laptop))
        assert same_view(phone, laptop)

    async def test_entries_are_locked_until_their_key_comes(self, person: Devices) -> None:
        """The phone did not know of the new key yet when it let the tablet in."""
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        change_keys(laptop)
        add_reflection(laptop, "sealed with the new key")
        await person.settle(laptop)
        tablet = person.add(phone)
        await sync(tablet, person.home)
        assert (0, 1) == (reflections(tablet), tablet.read(locked_count))

        await sync(phone, person.home)
        await sync(tablet, person.home)
        assert (1, 0) == (reflections(tablet), tablet.read(locked_count))

    async def test_a_third_device_gets_what_the_second_brought(self, person: Devices) -> None:
        (phone,) = person.apps
        laptop = person.fresh()
        add_reflection(laptop, "alone on the laptop")
        person.let_in(phone, laptop)
        tablet = person.fresh()
        person.let_in(phone, tablet)  # the phone does not have the laptop's key yet
        await person.settle()

        assert 1 == reflections(tablet)
        assert same_view(*person.apps)

    async def test_a_kill_before_the_first_exchange_is_made_good(self, person: Devices) -> None:
        (phone,) = person.apps
        laptop = person.fresh()
        add_reflection(laptop, "alone")
        person.let_in(phone, laptop)
        laptop.close()
        person.apps[1] = open_app(laptop.home, clock=laptop.clock, randomness=laptop.randomness)
        await person.settle()

        assert 1 == reflections(phone)

    async def test_a_device_whose_confirmer_is_lost_announces_itself(self, person: Devices) -> None:
        phone = person.apps[0]
        laptop = person.add()
        await person.settle(laptop)
        phone.close()
        person.apps.remove(phone)
        tablet = person.add(laptop)
        await person.settle()

        assert {laptop.identity.device, tablet.identity.device} == set(
            ring(tablet).holders(laptop.identity.trusted_key)
        )


class TestChangingKeys:
    async def test_a_fresh_key_seals_for_all_and_old_entries_stay_readable(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        add_reflection(phone, "before")
        await person.settle()
        old = seals_with(phone)
        change_keys(phone)
        add_reflection(phone, "afterwards")
        await person.settle()

        assert old != seals_with(phone) == seals_with(laptop)
        assert 2 == reflections(laptop)
        assert same_view(phone, laptop)

    async def test_a_removed_device_opens_nothing_new(self, person: Devices) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        change_keys(phone, without=(thief,))
        add_reflection(phone, "not for the thief")
        await person.settle(phone, laptop)
        await sync(thief, person.home)  # with the operator's help it still reads the lane

        assert not holds(thief, seals_with(phone))
        assert (1, 0) == (reflections(laptop), reflections(thief))
        assert 1 == thief.read(locked_count)
        assert ring(laptop).removed == {thief.identity.device}

    async def test_a_device_that_was_offline_catches_up(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        add_reflection(laptop, "offline, under the old key")
        for _ in range(3):
            change_keys(phone)
            await person.settle(phone)
        await person.settle()

        assert seals_with(phone) == seals_with(laptop)
        assert (1, 1) == (reflections(phone), reflections(laptop))

    @pytest.mark.parametrize("first", [0, 1])
    async def test_two_at_once_end_with_one(self, person: Devices, first: int) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        change_keys(phone)
        change_keys(laptop)
        add_reflection(phone, "under one")
        add_reflection(laptop, "under the other")
        order = (phone, laptop) if first == 0 else (laptop, phone)
        await person.settle(*order)

        assert seals_with(phone) == seals_with(laptop)
        assert (2, 2) == (reflections(phone), reflections(laptop))
        assert same_view(phone, laptop)

    @pytest.mark.parametrize("first", [0, 1])
    async def test_two_removals_at_once_both_count(self, person: Devices, first: int) -> None:
        """Each wraps for whom the other removes; the key that stays is known to neither."""
        phone, laptop, third, fourth = person.apps[0], person.add(), person.add(), person.add()
        await person.settle()
        change_keys(phone, without=(third,))
        change_keys(laptop, without=(fourth,))
        order = (phone, laptop) if first == 0 else (laptop, phone)
        await person.settle(*order)
        await sync(third, person.home)
        await sync(fourth, person.home)

        assert seals_with(phone) == seals_with(laptop)
        assert not holds(third, seals_with(phone))
        assert not holds(fourth, seals_with(phone))
        kept = ring(phone)
        assert {third.identity.device, fourth.identity.device} <= kept.removed
        assert {phone.identity.device, laptop.identity.device} == set(kept.holders(kept.newest))

    async def test_whoever_was_let_in_meanwhile_is_let_in_again(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        tablet = person.add(laptop)
        change_keys(phone)
        add_reflection(phone, "under the new key")
        await person.settle(phone)
        await person.settle(tablet, laptop, phone, tablet)

        assert seals_with(phone) == seals_with(tablet)
        assert 1 == reflections(tablet)
        assert same_view(*person.apps)

    async def test_who_lacks_the_newest_key_seals_with_one_of_its_own(
        self, person: Devices
    ) -> None:
        """Else the removed device could open it: it holds every older key."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        tablet = person.add(laptop)
        change_keys(phone, without=(thief,))
        await person.settle(phone)
        await person.settle(tablet)  # nobody told the phone of the tablet yet
        add_reflection(tablet, "not for the thief")
        await person.settle(tablet, phone)

        assert not holds(thief, seals_with(tablet))
        assert 1 == reflections(phone)
        await sync(thief, person.home)
        assert 0 == reflections(thief)
        with pytest.raises(DomainError) as caught:
            change_keys(tablet)
        assert ErrorCode.MISSING_KEY == caught.value.code

        await person.settle(laptop, tablet, phone, tablet)
        assert seals_with(tablet) == seals_with(phone)
        assert tablet.identity.own_key is None

    async def test_there_are_not_keys_without_end(self, person: Devices) -> None:
        phone = person.apps[0]
        many = tuple(new_vault_key(phone.randomness) for _ in range(limits.VAULT_KEYS_MAX - 1))
        phone.identity_file.update(
            lambda old: msgspec.structs.replace(old, vault_keys=(*many, *old.vault_keys))
        )

        with pytest.raises(LimitExceededError):
            change_keys(phone)

    async def test_a_kill_before_the_commit_leaves_the_old_key_in_use(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        old = seals_with(phone)

        def killed(conn: Connection) -> None:
            phone.key_sharing.change_keys(conn)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            phone.write(killed)
        assert old == seals_with(phone)

        add_reflection(phone, "with the old key")
        await person.settle()
        assert old == seals_with(phone) == seals_with(laptop)
        assert 1 == reflections(laptop)

    async def test_a_kill_behind_the_commit_uses_the_new_key_from_the_next_look(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        old = seals_with(phone)
        phone.write(phone.key_sharing.change_keys)
        assert old == seals_with(phone)

        await person.settle()
        assert old != seals_with(phone) == seals_with(laptop)

    async def test_a_key_whose_wraps_a_restored_store_forgot_is_handed_out_again(
        self, person: Devices
    ) -> None:
        """The database is of before the change, the identity file of behind it."""
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        phone.file.checkpoint()
        before = (phone.home / DATABASE_NAME).read_bytes()
        change_keys(phone)
        folder, clock, randomness = phone.home, phone.clock, phone.randomness
        phone.close()
        for each in folder.glob(f"{DATABASE_NAME}*"):
            each.unlink()
        (folder / DATABASE_NAME).write_bytes(before)
        person.apps[0] = phone = open_app(folder, clock=clock, randomness=randomness)
        add_reflection(phone, "sealed with a key that nobody was told of")

        await person.settle()

        assert 1 == reflections(laptop)
        assert same_view(phone, laptop)


class TestRecoveryCodes:
    async def test_later_keys_are_wrapped_for_it(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        code = recovery_code(phone, b"r")
        phone.write(lambda conn: phone.key_sharing.let_in(conn, code))
        await person.settle()
        change_keys(laptop)
        await person.settle()
        kept = ring(phone)

        assert (kept.newest, code.id) in kept.given

    async def test_one_made_meanwhile_is_said_again_and_one_replaced_is_not(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        older, newer = recovery_code(phone, b"r"), recovery_code(laptop, b"n")
        phone.write(lambda conn: phone.key_sharing.let_in(conn, older))
        change_keys(laptop)
        await person.settle(laptop)
        await person.settle(phone, laptop)
        assert older.id in ring(laptop).holders(ring(laptop).newest)

        laptop.write(lambda conn: laptop.key_sharing.let_in(conn, newer))
        laptop.write(lambda conn: laptop.key_sharing.change_keys(conn, without=[older.id]))
        await person.settle(laptop, phone)
        kept = ring(phone)
        assert {older.id, newer.id} & set(kept.holders(kept.newest)) == {newer.id}
        assert ["device", "recovery"] == sorted(each.kind for each in phone.read(let_in_here))
