"""Orders to erase, where a removed device and the operator want words gone that others share.

Each device is a real one with its store; the server is one in memory that does what the test says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, add_reflection, sync
from tests.support.people import Devices, change_keys, devices
from tests.support.thieves import order, plant, remove, say
from trailmark_client.app import App
from trailmark_client.storage.read_models import documents_of_lane
from trailmark_client.storage.verification import verify_all
from trailmark_shared.ids import SELF, Lane

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def goals(app: App) -> int:
    documents = app.read(lambda conn: documents_of_lane(conn, CARE))
    return sum(each.kind == "goal" for each in documents)


def orders(app: App) -> int:
    (count,) = app.read(
        lambda conn: conn.execute(
            "SELECT count(*) FROM event WHERE type = 'subject_erased'"
        ).fetchone()
    )
    return count


def erase(app: App, subject: bytes, lane: Lane = CARE) -> None:
    said = order(app, subject)
    app.write(lambda conn: app.recorder.record(conn, lane, subject, said))


def erase_as_thief(thief: App, subject: bytes) -> None:
    say(thief, subject, order(thief, subject), thief.identity.trusted_key, CARE)


class TestARemovedDevice:
    async def test_an_order_dated_before_its_removal_moves_nobody(self, person: Devices) -> None:
        """The operator lets it in by the back door, a week later, with whatever time it likes."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        person.home.clock.advance(DAY_MS)
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)

        person.home.clock.advance(-DAY_MS)
        erase_as_thief(thief, goal)
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        assert (1, 1) == (goals(phone), goals(laptop))

    async def test_nor_does_one_that_stands_in_front_of_its_removal(self, person: Devices) -> None:
        """The phone's word of the removal is on its way; both devices read both at once."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        subject = add_reflection(phone, "private")
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        change_keys(phone, without=(thief,))
        erase_as_thief(thief, goal)
        say(thief, subject, order(thief, subject), thief.identity.trusted_key, SELF)
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        for app in (phone, laptop):
            documents = app.read(lambda conn: documents_of_lane(conn, SELF))
            assert "reflection" in {each.kind for each in documents}
            assert 1 == goals(app)

    async def test_nor_in_another_history_for_one_who_was_away(self, person: Devices) -> None:
        """The operator shows the laptop a lane in which the order stands where it could count."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal, other = add_goal(phone, "shared", CARE), add_goal(phone, "another", CARE)
        await person.settle()
        before = person.home.backup()
        erase(phone, other)
        change_keys(phone, without=(thief,))
        await person.settle(phone)
        keys = person.home.lane(SELF)
        person.home.restore(before)
        person.home.lanes[SELF] = keys
        erase_as_thief(thief, goal)
        await sync(thief, person.home)
        await person.settle(laptop)

        assert 2 == goals(laptop)

    async def test_while_it_is_disputed_who_holds_the_keys_nobody_obeys(
        self, person: Devices
    ) -> None:
        """The laptop followed a key that the thief named for the two of them."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        both = {
            bytes(each.identity.device): each.vault.cipher.box_public_key(each.identity.private_key)
            for each in (thief, laptop)
        }
        planted = plant(thief, b"t" * 32, both)
        await sync(thief, person.home)
        await sync(laptop, person.home)
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        say(thief, goal, order(thief, goal), planted, CARE)
        await sync(thief, person.home)
        await person.settle(laptop)
        assert 1 == goals(laptop)

        laptop.write(
            lambda conn: laptop.key_sharing.change_keys(conn, without=[thief.identity.device])
        )
        laptop.write(laptop.key_sharing.ring)
        await person.settle(laptop, phone)
        assert (1, 1) == (goals(laptop), goals(phone))
        assert [] == laptop.read(lambda conn: verify_all(conn, laptop.vault))

    async def test_it_disputes_in_vain(self, person: Devices) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        mine = thief.vault.cipher.box_public_key(thief.identity.private_key)
        theirs = laptop.vault.cipher.box_public_key(laptop.identity.private_key)
        both = {bytes(thief.identity.device): mine, bytes(laptop.identity.device): theirs}
        planted = plant(thief, b"t" * 32, both)
        remove(thief, phone.identity.device, planted)
        say(thief, goal, order(thief, goal), planted, CARE)
        await sync(thief, person.home)
        await person.settle(laptop, phone)

        assert (1, 1) == (goals(laptop), goals(phone))


class TestHonestDevices:
    async def test_who_was_away_obeys_what_was_ordered_before_the_change_of_keys(
        self, person: Devices
    ) -> None:
        phone, laptop = person.apps[0], person.add()
        goal = add_goal(phone, "to be erased", CARE)
        await person.settle()
        erase(phone, goal)
        await sync(phone, person.home)
        change_keys(phone)
        await sync(phone, person.home)
        await person.settle(laptop)

        assert 0 == goals(laptop)
        await person.settle()
        assert 1 == orders(phone) == orders(laptop), "nobody had to say it twice"

    async def test_pages_that_end_before_the_place_are_made_good(self, person: Devices) -> None:
        """Whether an order counts is seen only where the lane is read as far as the place told."""
        phone, laptop = person.apps[0], person.add()
        goal = add_goal(phone, "to be erased", CARE)
        await person.settle()
        erase(phone, goal)
        for number in range(5):
            add_goal(phone, f"more {number}", CARE)
        await sync(phone, person.home)
        change_keys(phone)
        await sync(phone, person.home)
        person.home.page_events = 2
        await person.settle(laptop)

        assert 5 == goals(laptop)
        assert [] == laptop.read(lambda conn: verify_all(conn, laptop.vault))

    async def test_who_ordered_offline_says_it_again(self, person: Devices) -> None:
        phone, laptop = person.apps[0], person.add()
        goal = add_goal(phone, "to be erased", CARE)
        await person.settle()
        change_keys(phone)
        await person.settle(phone)
        erase(laptop, goal)
        await person.settle(laptop, phone)

        assert 0 == goals(phone)
        assert 2 == orders(phone)
        await person.settle()
        assert 2 == orders(phone)

    async def test_a_restored_server_makes_authors_say_it_again(self, person: Devices) -> None:
        """Places told before the restore are of another history."""
        phone, laptop, tablet = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "to be erased", CARE)
        await person.settle()
        backup = person.home.backup()
        erase(phone, goal)
        await sync(phone, person.home)
        change_keys(phone)
        await sync(phone, person.home)
        person.home.restore(backup)
        add_goal(laptop, "written meanwhile", CARE)
        await person.settle(laptop, phone, tablet)
        await person.settle()

        assert [1, 1, 1] == [goals(each) for each in person.apps]
