"""Orders to erase where somebody is against the person: nothing goes that they did not let go.

A removed device keeps the keys that it knew, and the operator puts its words where they like. Each
device is a real one with its store; the server is one in memory that does what the test says.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, connect_to, sync
from tests.support.lying_home import LyingHome
from tests.support.people import Devices, change_keys, devices, public_key, ring, seals_with
from tests.support.thieves import order, plant, say
from trailmark_client.app import App
from trailmark_client.commands.erasing import space_erased_bodies
from trailmark_client.identity import new_vault_key
from trailmark_client.storage.control import proves_erasure
from trailmark_client.storage.read_models import documents_of_lane
from trailmark_shared.events.control import LaneEnd
from trailmark_shared.ids import SELF, EventId

VALUE, NEXT = b"t" * 32, b"u" * 32


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def goals(*apps: App) -> list[int]:
    """Return how many goals are left on each device."""
    found = [app.read(lambda conn: documents_of_lane(conn, CARE)) for app in apps]
    return [sum(each.kind == "goal" for each in documents) for documents in found]


def holders(*apps: App) -> dict[bytes, bytes]:
    return {bytes(each.identity.device): public_key(each) for each in apps}


def end_of_lane(person: Devices) -> LaneEnd:
    """Return the place up to which everything counts, if whoever names it is believed."""
    log = person.home.lane(CARE)
    return LaneEnd(lane=CARE, seq=len(log.rows), hash=log.hash_at(len(log.rows)).hex())


class TestARemovedDevice:
    """It orders with a key that it still holds, and names another one that lets the order count."""

    async def test_its_key_may_come_before_the_word_that_removes_it(self, person: Devices) -> None:
        """Nothing was made ready while it was one of the person's: the operator delays the word."""
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        change_keys(phone, without=(thief,))  # not sent yet
        former = thief.identity.trusted_key
        say(thief, goal, order(thief, goal), former, CARE)
        await sync(thief, person.home)
        plant(thief, VALUE, holders(thief, laptop, phone), former, ends=[end_of_lane(person)])
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        assert not ring(phone).is_in_doubt
        assert [1] == goals(phone)

    async def test_nor_does_it_where_the_server_feigns_to_come_from_a_backup(
        self, person: Devices
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        backup = person.home.backup()
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        former = thief.identity.trusted_key
        person.home.restore({**backup, CARE: person.home.lanes[CARE]})
        say(thief, goal, order(thief, goal), former, CARE)
        await sync(thief, person.home)
        plant(thief, VALUE, holders(thief, laptop, phone), former, ends=[end_of_lane(person)])
        await sync(thief, person.home)
        await person.settle(phone, laptop)

        assert [1, 1] == goals(phone, laptop)

    async def test_nor_does_it_where_it_says_again_who_named_a_key_that_was_passed(
        self, person: Devices
    ) -> None:
        """It held that key, so it can say so, and its word is put in front of the first one."""
        home = LyingHome(person.home.space)
        person.home = home
        connect_to(person.apps[0], home)
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        former, before = phone.identity.trusted_key, len(home.lane(SELF).rows)
        change_keys(phone)
        await person.settle()
        passed = seals_with(thief)
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        old = len(home.lane(SELF).rows)
        say(thief, goal, order(thief, goal), former, CARE)
        await sync(thief, home)
        plant(thief, passed, holders(thief, laptop, phone), former, ends=[end_of_lane(person)])
        await sync(thief, home)
        home.rewrite(SELF, lambda rows: [*rows[:before], *rows[old:], *rows[before:old]])
        await person.settle(phone, laptop)

        assert [1, 1] == goals(phone, laptop)

    async def test_nor_does_what_it_made_ready_before_count_once_the_person_said_who_stays(
        self, person: Devices
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        goal = add_goal(phone, "shared", CARE)
        await person.settle()
        first = plant(thief, VALUE, holders(thief, laptop))
        await sync(thief, person.home)
        await sync(laptop, person.home)
        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        say(thief, goal, order(thief, goal), first, CARE)
        await sync(thief, person.home)
        plant(thief, NEXT, holders(thief, laptop), first, ends=[end_of_lane(person)])
        await sync(thief, person.home)
        await person.settle(laptop)
        assert [1] == goals(laptop)

        change_keys(laptop, without=(thief,))
        await person.settle(laptop, phone)
        assert [1, 1] == goals(laptop, phone)


class TestErasingEverything:
    """The server has nothing left, and relays what a removed device proves with its keys."""

    def is_emptied(self, app: App, thief: App) -> bool:
        event, kept = EventId(b"E" * 16), ring(app)
        bodies = space_erased_bodies(thief.identity, event, 1)
        return any(proves_erasure(app.identity, kept, event, raw) for raw in bodies)

    async def test_a_device_that_asks_the_person_who_stays_is_not_emptied(
        self, person: Devices
    ) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        plant(thief, VALUE, holders(thief, laptop))
        await sync(thief, person.home)
        await sync(laptop, person.home)
        assert self.is_emptied(laptop, thief), "so far nobody could know better"

        change_keys(phone, without=(thief,))
        await person.settle(phone, laptop)
        assert {thief.identity.device} == ring(laptop).disputed
        assert not self.is_emptied(laptop, thief)

    async def test_a_device_that_lacks_the_newest_key_is_not_emptied(self, person: Devices) -> None:
        phone, laptop, thief = person.apps[0], person.add(), person.add()
        await person.settle()
        tablet = person.add(laptop)
        change_keys(phone, without=(thief,))
        await sync(phone, person.home)
        await person.settle(tablet)

        assert ring(tablet).is_left_out
        assert not self.is_emptied(tablet, thief)


async def test_an_order_of_nobody_lets_no_device_repeat_more_and_more(person: Devices) -> None:
    """An operator appends it: no device may read its lane beyond it when the keys are changed."""
    phone, laptop = person.apps[0], person.add()
    goal, other = add_goal(phone, "goal", CARE), add_goal(phone, "other", CARE)
    await person.settle()
    stranger = new_vault_key(laptop.randomness)
    laptop.identity_file.update(
        lambda old: msgspec.structs.replace(old, vault_keys=(stranger, *old.vault_keys))
    )
    say(laptop, other, order(laptop, other), stranger.id, CARE)
    laptop.write(lambda conn: conn.execute("DELETE FROM erased"))  # it did not say this itself
    await sync(laptop, person.home)
    await person.settle()
    assert [2] == goals(phone)
    said = order(phone, goal)
    phone.write(lambda conn: phone.recorder.record(conn, CARE, goal, said))
    await person.settle()

    counts = [orders(phone)]
    for _ in range(3):
        change_keys(phone)
        await person.settle()
        counts.append(orders(phone))

    assert [2, 3, 4, 5] == counts


def orders(app: App) -> int:
    found = app.read(
        lambda conn: conn.execute(
            "SELECT count(*) FROM event WHERE type = 'subject_erased'"
        ).fetchone()
    )
    return found[0]
