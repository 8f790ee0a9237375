"""Vault keys where somebody is against the person: a removed device, the operator, both together.

Each device is a real one with its store; the server is one in memory that does what the test says.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, add_reflection, sync
from tests.support.people import Devices, change_keys, devices, holds, public_key, ring, seals_with
from tests.support.thieves import order, plant
from trailmark_client.app import App
from trailmark_client.storage.read_models import documents_of_lane, state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared.errors import DomainError
from trailmark_shared.events.control import DeviceRemoved, SubjectErased
from trailmark_shared.ids import SELF, Lane, text_from_id

ACCOMPLICE = b"Z" * 16
"""A holder that nobody let in."""


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def types(app: App) -> list[str]:
    rows = app.read(lambda conn: conn.execute("SELECT type FROM event ORDER BY pos").fetchall())
    return [type_ for (type_,) in rows]


def kinds(app: App, kind: str, lane: Lane = SELF) -> int:
    documents = app.read(lambda conn: documents_of_lane(conn, lane))
    return sum(each.kind == kind for each in documents)


def reflections(app: App) -> int:
    return kinds(app, "reflection")


def same_view(*apps: App) -> bool:
    hashes = {app.read(lambda conn: state_hash(conn, SELF)) for app in apps}
    broken = [app.read(lambda conn, a=app: verify_all(conn, a.vault)) for app in apps]
    return len(hashes) == 1 and not any(broken)


class TestAKeyForTheThiefAlone:
    """It is named the newest in force, and nobody else can open it: nobody follows."""

    VALUE = b"t" * 32

    def plant(self, thief: App) -> None:
        holders = {bytes(thief.identity.device): public_key(thief), ACCOMPLICE: public_key(thief)}
        plant(thief, self.VALUE, holders)

    async def test_planted_before_its_removal_it_takes_nothing_over(self, person: Devices) -> None:
        """An unlocked device, or a copy of its folder, for a minute; no operator is needed."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        self.plant(thief)
        await sync(thief, person.home)
        await person.settle(phone, laptop)
        with pytest.raises(DomainError, match="trailmark device remove"):
            person.let_in(phone, person.fresh())

        change_keys(phone, without=(thief,))
        add_reflection(phone, "written after the removal")
        await person.settle(phone, laptop)
        add_reflection(laptop, "on the laptop too")
        await person.settle(phone, laptop)
        await sync(thief, person.home)  # by the operator's help

        assert seals_with(phone) == seals_with(laptop)
        assert not holds(thief, seals_with(phone))
        assert (2, 2, 0) == (reflections(phone), reflections(laptop), reflections(thief))
        assert same_view(phone, laptop)
        tablet = person.add(phone)
        change_keys(laptop)
        await person.settle(phone, laptop, tablet)
        assert seals_with(phone) == seals_with(laptop) == seals_with(tablet)

    async def test_put_in_front_of_its_removal_it_takes_nothing_over(self, person: Devices) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        change_keys(phone, without=(thief,))
        self.plant(thief)
        await sync(thief, person.home)
        await person.settle(phone, laptop)
        add_reflection(laptop, "after the removal")
        await person.settle(phone, laptop)
        await sync(thief, person.home)

        assert seals_with(phone) == seals_with(laptop)
        assert laptop.identity.trusted_key == phone.identity.trusted_key
        assert (1, 1, 0) == (reflections(phone), reflections(laptop), reflections(thief))

    async def test_what_is_written_meanwhile_is_not_for_whom_it_leaves_out_nor_for_others(
        self, person: Devices
    ) -> None:
        """A device that lacks both keys seals for itself, and hands that on once it is let in."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        tablet = person.add(laptop)
        change_keys(phone, without=(thief,))
        self.plant(thief)
        await sync(thief, person.home)
        await person.settle(phone)
        await person.settle(tablet)
        add_reflection(tablet, "not for the thief")
        await person.settle(tablet, phone)
        assert not holds(thief, seals_with(tablet))
        with pytest.raises(DomainError):
            change_keys(tablet)

        await person.settle(laptop, tablet, phone, tablet)
        await sync(thief, person.home)
        assert seals_with(tablet) == seals_with(phone)
        assert (1, 1, 0) == (reflections(phone), reflections(tablet), reflections(thief))


class TestAKeyUnderTheNameOfAnother:
    async def test_a_claim_to_the_same_id_puts_nobody_on_the_list(self, person: Devices) -> None:
        """The operator shows the thief the id of the new key, and puts the thief's claim first."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        change_keys(phone, without=(thief,))
        forged = {bytes(each.identity.device): public_key(each) for each in (phone, laptop)}
        named = {**forged, ACCOMPLICE: public_key(thief)}
        plant(thief, b"A" * 32, named, key_id=phone.identity.newest_key.id)
        await sync(thief, person.home)
        await person.settle(phone, laptop)
        change_keys(phone)
        await person.settle(phone, laptop)

        assert b"A" * 32 != seals_with(laptop) == seals_with(phone)
        assert {thief.identity.device} == ring(laptop).removed
        assert forged == ring(phone).holders(ring(phone).newest)


class TestAgainstTheServer:
    async def test_a_removed_device_and_the_operator_move_nobody(self, person: Devices) -> None:
        """It plants a key, adds a device and erases words: proven with an old key, in vain."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        secret = add_reflection(phone, "words")
        await person.settle()
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        good = seals_with(phone)
        event = thief.read(
            lambda conn: conn.execute(
                "SELECT id FROM event WHERE subject = ? LIMIT 1", (secret,)
            ).fetchone()[0]
        )

        change_keys(thief)
        accomplice = person.fresh()
        person.let_in(thief, accomplice)
        erasing = SubjectErased(events=(text_from_id(event),))
        thief.write(lambda conn: thief.recorder.record(conn, SELF, secret, erasing))
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        assert good == seals_with(phone) == seals_with(laptop)
        assert not holds(thief, good)
        assert accomplice.identity.device not in ring(phone).holders(ring(phone).newest)
        assert (1, 1) == (reflections(phone), reflections(laptop))

    async def test_a_server_that_turns_history_round_moves_nobody(self, person: Devices) -> None:
        """After a feigned restore the thief's key stands first in the lane."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        backup = person.home.backup()
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        good = {seals_with(phone)}
        person.home.restore(backup)
        change_keys(thief)
        await sync(thief, person.home)
        await person.settle(phone, laptop)
        add_reflection(laptop, "not for the thief")
        await person.settle(phone, laptop)
        await sync(thief, person.home)

        assert seals_with(phone) == seals_with(laptop)
        assert not holds(thief, seals_with(phone))
        assert 0 == reflections(thief)
        assert good.isdisjoint({seals_with(thief)})

    async def test_a_restored_server_ends_with_one_key_again(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        backup = person.home.backup()
        change_keys(phone)
        add_reflection(phone, "before the restore")
        await person.settle(phone)
        person.home.restore(backup)
        change_keys(laptop)
        add_reflection(laptop, "offline meanwhile")
        await person.settle(laptop, phone)
        await person.settle()

        assert seals_with(phone) == seals_with(laptop)
        assert (2, 2) == (reflections(phone), reflections(laptop))
        assert same_view(phone, laptop)


class TestWhatARemovedDeviceStillProves:
    """With the operator's help it goes on saying things, proven with the key that it knows."""

    async def test_it_keeps_nobody_out(self, person: Devices) -> None:
        """The tablet was let in while the keys were changed, and is to be let in again."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        tablet = person.add(phone)
        change_keys(laptop, without=(thief,))
        await person.settle(laptop)
        removed = DeviceRemoved(device=text_from_id(tablet.identity.device))
        thief.write(lambda conn: thief.recorder.record(conn, SELF, tablet.identity.device, removed))
        await sync(thief, person.home)
        await person.settle(phone, laptop, tablet)

        assert tablet.identity.device in ring(phone).holders(ring(phone).newest)
        assert seals_with(tablet) == seals_with(phone)


class TestErasing:
    async def test_an_erasure_under_an_old_key_is_ordered_again(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        subject = add_reflection(phone, "to be erased")
        await person.settle()
        change_keys(phone)
        await person.settle(phone)
        (event,) = laptop.read(
            lambda conn: conn.execute(
                "SELECT id FROM event WHERE subject = ?", (subject,)
            ).fetchone()
        )
        erasing = SubjectErased(events=(text_from_id(event),))
        laptop.write(lambda conn: laptop.recorder.record(conn, SELF, subject, erasing))
        await person.settle(laptop, phone)

        assert 0 == reflections(phone)
        assert 2 == types(phone).count("subject_erased")
        await person.settle()
        assert 2 == types(phone).count("subject_erased")
        assert same_view(phone, laptop)

    async def test_an_erasure_whose_key_comes_later_is_obeyed_then(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        subject = add_reflection(phone, "to be erased")
        await person.settle()
        tablet = person.add(laptop)
        await person.settle(tablet, laptop)
        change_keys(phone)
        (event,) = phone.read(
            lambda conn: conn.execute(
                "SELECT id FROM event WHERE subject = ?", (subject,)
            ).fetchone()
        )
        erasing = SubjectErased(events=(text_from_id(event),))
        phone.write(lambda conn: phone.recorder.record(conn, SELF, subject, erasing))
        await sync(phone, person.home)
        await sync(tablet, person.home)
        assert 1 == reflections(tablet)

        await person.settle(laptop, tablet)
        assert 0 == reflections(tablet)

    async def test_without_a_copy_on_the_server_devices_still_obey_each_other(
        self, person: Devices
    ) -> None:
        """Nobody is told of keys then, so what a device orders is proven with one that all know."""
        phone, laptop = person.apps[0], person.add()
        for each in (phone, laptop):
            each.identity_file.update(lambda own: msgspec.structs.replace(own, private_copy=False))
        goal = add_goal(phone, "to be erased", CARE)
        await person.settle()
        assert 1 == kinds(laptop, "goal", CARE)
        change_keys(phone)
        said = order(phone, goal)
        phone.write(lambda conn: phone.recorder.record(conn, CARE, goal, said))
        await person.settle(phone, laptop)

        assert seals_with(phone) != seals_with(laptop)
        assert 0 == kinds(laptop, "goal", CARE)
