"""Imported lanes reach the other devices of the person, sealed, each row once and in its order."""

from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.devices import connect_to, same_person, sync
from tests.support.home import Home
from tests.support.imported import exported, told
from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.erasing import erase
from trailmark_client.imported_lanes import is_unsettled, settle_imported
from trailmark_client.importing import document_of, import_all
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.lanes import live_grants
from trailmark_client.storage.carrying import uncarried
from trailmark_client.storage.control import carry_out, orders_said
from trailmark_client.storage.epochs import write_again
from trailmark_client.storage.event_log import unsent_count
from trailmark_client.storage.importing import send_imported
from trailmark_client.storage.standing import placed_events
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.events.codec import decode_body
from trailmark_shared.exports.carried import carried_row
from trailmark_shared.ids import SELF, text_from_id


def take_in(person: Person, file: Path) -> None:
    with document_of(file) as lines:
        import_all(person.app, lines, lambda _count: None)


def begin_at(person: Person, home: Home, first: Person | None = None) -> None:
    """Become at home somewhere, as a device of its own or as one of another one's person."""
    person.app.write(send_imported)
    if first is not None:
        same_person(person.app, first.app)
    connect_to(person.app, home)


def join(person: Person, first: Person, home: Home) -> None:
    """Become one of another one's devices with what is here, keys included."""
    person.app.write(send_imported)
    mine = person.app.identity.vault_keys
    same_person(person.app, first.app)
    person.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, vault_keys=(*mine, *current.vault_keys))
    )
    person.app.write(lambda conn: write_again(conn, person.app.identity))
    connect_to(person.app, home)


async def settle(person: Person, home: Home) -> None:
    """Exchange everything as ``trailmark sync`` does."""
    assert (await sync(person.app, home)).is_done
    if settle_imported(person.app):
        assert (await sync(person.app, home)).is_done


def rows(person: Person) -> list[tuple[object, ...]]:
    """All that is stored of the imported lane."""
    return person.read(
        lambda conn: [
            (each.event.id, each.event.hash, each.event.body, each.seq, each.actor, each.lane_hash)
            for each in placed_events(conn)
            if each.event.lane == CARE
        ]
    )


def shared_state(person: Person) -> bytes:
    return person.read(lambda conn: state_hash(conn, CARE))


def is_whole(person: Person) -> bool:
    return person.read(lambda conn: verify_all(conn, person.app.vault)) == []


def carriers(home: Home) -> list[bytes]:
    """Ids of the rows of the private copy that hold words."""
    return [row.event.id for row in home.lane(SELF).rows if row.event.body is not None]


@contextmanager
def devices(folder: Path, *names: str) -> Generator[list[Person]]:
    found = [Person(folder / name, seed=20 + number) for number, name in enumerate(names)]
    try:
        yield found
    finally:
        for each in found:
            each.app.close()


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    """An export of somebody who shares a goal with a therapist."""
    sides = await TwoSides(tmp_path).begin()
    sides.phone.goal("Not shared")
    await sides.meet(sides.phone)
    yield exported(sides.phone, tmp_path)
    sides.close()


async def test_a_second_device_shows_what_the_first_one_imported(
    tmp_path: Path, file: Path
) -> None:
    with devices(tmp_path, "one", "two") as (one, two):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        begin_at(two, home, one)
        await settle(two, home)

        assert rows(two) == rows(one) != []
        assert shared_state(two) == shared_state(one)
        assert told(two) == told(one)
        assert is_whole(two)
        assert is_whole(one)
        assert two.read(lambda conn: live_grants(conn, two.now().day)) == []
        assert {each.lane for each in two.read(goals_at_home)} == {SELF}
        assert list(home.lanes) == [SELF]
        for each in (one, two):
            assert each.read(lambda c, i=each.app.identity: unsent_count(c, i)) == 0
            assert not settle_imported(each.app)


async def test_carrying_again_adds_nothing_whoever_imported(tmp_path: Path, file: Path) -> None:
    with devices(tmp_path, "one", "two") as (one, two):
        for each in (one, two):
            take_in(each, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        carried, mine = carriers(home), rows(one)
        join(two, one, home)
        for each in (two, one, two):
            await settle(each, home)

        # What each device itself said at its import is there from both.
        assert set(mine) <= set(rows(one))
        assert set(rows(one)) == set(rows(two))
        assert shared_state(one) == shared_state(two)
        assert len(set(carriers(home))) == len(carriers(home))
        assert set(carried) <= set(carriers(home))
        assert told(one) == told(two)
        assert is_whole(one)
        assert is_whole(two)


async def test_a_kill_in_the_middle_is_gone_on_from(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with devices(tmp_path, "one", "two") as (one, two):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        assert (await sync(one.app, home)).is_done
        with monkeypatch.context() as patched:
            patched.setattr(limits, "PAGE_EVENTS_MAX", 2)
            patched.setattr(one.app, "write", dying_after(one.app.write, 2))
            with pytest.raises(KeyboardInterrupt):
                settle_imported(one.app)
        begin_at(two, home, one)
        await settle(one, home)
        await settle(two, home)

        assert one.read(uncarried).places == ()
        assert rows(two) == rows(one)
        assert is_whole(two)


def dying_after(write: Callable[..., Any], times: int) -> Callable[..., Any]:
    left = iter(range(times))

    def dying(work: Callable[[Connection], Any]) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return write(work)

    return dying


async def test_whatever_came_so_far_verifies_and_nobody_is_let_in(
    tmp_path: Path, file: Path
) -> None:
    with devices(tmp_path, "one") as (one,):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        length = len(home.lane(SELF).rows)
        seen: set[int] = set()
        for count in range(length + 1):
            part = Home(home.space, one.clock)
            part.lane(SELF).rows = home.lane(SELF).rows[:count]
            with devices(tmp_path / str(count), "other") as (other,):
                begin_at(other, part, one)
                await settle(other, part)
                assert is_whole(other)
                assert other.read(lambda conn, o=other: live_grants(conn, o.now().day)) == []
                # Once again from the start, with the rest.
                connect_to(other.app, home)
                await settle(other, home)
                seen.add(len(rows(other)))
                assert rows(other) == rows(one)
        assert length > len(rows(one)) > 1


async def test_an_entry_that_is_erased_is_erased_where_it_was_carried(
    tmp_path: Path, file: Path
) -> None:
    with devices(tmp_path, "one", "two", "three") as (one, two, three):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        begin_at(two, home, one)
        await settle(two, home)
        goal = text_from_id(shared_goal(one))
        erase_here(one, goal)
        await settle(one, home)
        begin_at(three, home, one)
        for each in (three, two, one):
            obey(each, one)
            await settle(each, home)

        words = b"Two walks a week"
        for each in (one, two, three):
            assert words not in b"".join(plain(each))
            assert is_whole(each)
        assert [each for each in rows(three) if each[3]] == [each for each in rows(one) if each[3]]
        assert shared_state(one) == shared_state(two) == shared_state(three)


async def test_a_device_that_knows_no_imports_can_erase_what_others_carry(
    tmp_path: Path, file: Path
) -> None:
    with devices(tmp_path, "one", "old") as (one, old):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        begin_at(old, home, one)
        assert (await sync(old.app, home)).is_done
        goal = shared_goal(one)
        erase_here(old, text_from_id(goal))
        assert (await sync(old.app, home)).is_done
        assert (await sync(one.app, home)).is_done
        obey(one, old)
        await settle(one, home)

        assert b"Two walks a week" not in b"".join(plain(one))
        assert is_whole(one)


async def test_a_copy_of_it_all_holds_what_was_imported_once(tmp_path: Path, file: Path) -> None:
    with devices(tmp_path, "one", "two", "three") as (one, two, three):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        begin_at(one, home)
        await settle(one, home)
        begin_at(two, home, one)
        await settle(two, home)

        take_in(three, exported(two, tmp_path))

        assert told(three) == told(two)
        assert [each for each in rows(three) if each[3]] == [each for each in rows(two) if each[3]]
        before = len(carriers(home))
        other = Home(three.app.identity.space, three.clock)
        begin_at(three, other)
        await settle(three, other)
        assert three.read(uncarried).places == ()
        assert len(set(carriers(other))) == len(carriers(other)) >= before
        assert is_whole(three)


async def test_without_a_private_copy_it_stays_where_it_is(tmp_path: Path, file: Path) -> None:
    with devices(tmp_path, "one") as (one,):
        take_in(one, file)
        home = Home(one.app.identity.space, one.clock)
        one.app.write(send_imported)
        connect_to(one.app, home, private_copy=False)
        await settle(one, home)

        assert home.lane(SELF).rows == []
        assert one.read(uncarried).places != ()
        assert not one.read(lambda conn: is_unsettled(conn, private_copy=False))
        assert one.read(lambda conn: is_unsettled(conn, private_copy=True))


def shared_goal(person: Person) -> bytes:
    found = person.read(
        lambda c: c.execute(
            "SELECT subject FROM event WHERE type = 'goal_shared' OR type = 'goal_kept' LIMIT 1"
        ).fetchone()
    )
    return found[0]


def erase_here(person: Person, goal: str) -> None:
    person.write(lambda c, r: erase(c, r, what_goes(c, goal), r.now(), person.app.key_sharing))
    person.app.clean()


def plain(person: Person) -> list[bytes]:
    """Every body that this device can open, those inside others, too."""
    found = person.read(lambda conn: list(placed_events(conn)))
    bodies = [each.plain for each in found if each.plain is not None]
    inside = [carried_row(decode_body(each)) for each in bodies]
    return [*bodies, *(each.plain for each in inside if each is not None and each.plain)]


def obey(person: Person, by: Person) -> None:
    """Carry out what another device ordered, as its signed statements would have it."""
    for order in by.read(orders_said):
        person.app.write(lambda conn, o=order: carry_out(conn, o))
