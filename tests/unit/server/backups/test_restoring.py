"""A backup comes back whole, over nothing that somebody did not give up, or not at all."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from msgspec import structs

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.filled_server import filled, seen, silent
from tests.support.lane_devices import (
    CARE,
    NOW,
    SPACE,
    LaneDevice,
    hello,
    push,
    read_lane,
)
from trailmark_server.backups import folders
from trailmark_server.backups.place import Place
from trailmark_server.backups.restoring import Asked, restore
from trailmark_server.backups.saving import Folders, Saved, back_up
from trailmark_server.stores import MAIN_FILE, mark_restoring, open_stores
from trailmark_server.therapists import accounts
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, StorageError
from trailmark_shared.ids import SELF

NewPlace = Callable[[str], Place]


class Stop(Exception):  # noqa: N818  (a kill)
    """The process ends here."""


def not_begun(what: str, _done: int, _total: int) -> None:
    raise AssertionError(what)


def saved_from(place: Place, tmp_path: Path) -> tuple[Saved, dict[str, object]]:
    """Fill a server and back it up; return the backup, and what others see of the server."""
    shown = asyncio.run(filled(place.data, place.databases))
    goal = Folders(tmp_path / "logs", tmp_path / "key backups")
    return asyncio.run(back_up(place, goal, NOW, silent)), shown


def shown_of(place: Place) -> dict[str, object]:
    return asyncio.run(seen(place.data, place.databases))


def write_more(place: Place, seed: int = 9) -> None:
    async def run() -> None:
        randomness = SeededRandomness(seed)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            await push(stores.events, [LaneDevice(SELF, seed=seed).seals()])

    asyncio.run(run())


def test_a_new_place_becomes_the_server_that_was(new_place: NewPlace, tmp_path: Path) -> None:
    saved, shown = saved_from(new_place("server"), tmp_path)
    goal = new_place("other")
    found = asyncio.run(restore(Asked(log=saved.log, keys=saved.keys), goal, silent))

    assert ([], 61) == (found.findings, sum(each.entries for each in found.lanes))
    assert shown == shown_of(goal)


def test_a_backup_moves_between_files_and_databases(new_place: NewPlace, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain, place = Place(data=tmp_path / "plain"), new_place("server")
    saved, shown = saved_from(place, tmp_path)
    asyncio.run(restore(Asked(log=saved.log, keys=saved.keys), plain, silent))

    assert shown == shown_of(plain)


def test_the_log_of_yesterday_comes_under_the_keys_of_today(
    new_place: NewPlace, tmp_path: Path
) -> None:
    """What was erased and revoked since stays so."""
    place = new_place("server")
    saved, _ = saved_from(place, tmp_path)

    async def revoke() -> None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            [grant] = await stores.events.grants(SPACE)
            await stores.events.record_revocations(SPACE, [grant.grant])

    asyncio.run(revoke())
    write_more(place)
    asyncio.run(restore(Asked(log=saved.log, replace=True), place, silent))

    async def look() -> None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            [grant] = await stores.events.grants(SPACE)

            assert not grant.is_live
            assert {(SPACE, SELF): 30, (SPACE, CARE): 31} == await stores.events.heads([SPACE])
            assert [] == await stores.events.verify()

    asyncio.run(look())


@pytest.mark.parametrize("killed_at", [None, "space_erasure", "fold"])
def test_nobody_is_enabled_who_was_disabled_since(
    new_place: NewPlace, tmp_path: Path, killed_at: str | None
) -> None:
    place = new_place("server")
    saved, _ = saved_from(place, tmp_path)

    async def disabled_at(now: int | None = None) -> int | None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            if now is not None:
                await stores.accounts.write(
                    lambda rows: accounts.set_disabled(rows, "a@example.org", now, disabled=True)
                )
            [row] = await stores.accounts.read(lambda rows: list(rows.therapists()))
            return row.disabled_at

    def interrupted(what: str, _done: int, _total: int) -> None:
        if what == killed_at:
            raise Stop

    asyncio.run(disabled_at(NOW + 5))
    asked = Asked(log=saved.log, replace=True)
    with suppress(Stop):
        asyncio.run(restore(asked, place, interrupted))
    asyncio.run(restore(asked, place, silent))

    assert NOW + 5 == asyncio.run(disabled_at())


def test_a_damaged_log_is_replaced_whatever_it_said_of_accounts(tmp_path: Path) -> None:
    place = Place(data=tmp_path)
    saved, shown = saved_from(place, tmp_path)
    for side in tmp_path.glob(f"{MAIN_FILE}*"):
        side.unlink()
    (tmp_path / MAIN_FILE).write_bytes(b"no database" * 1000)
    asyncio.run(restore(Asked(log=saved.log, replace=True), place, silent))

    assert shown == shown_of(place)


@pytest.mark.parametrize("with_keys", [False, True])
def test_members_are_shut_out_until_a_device_has_spoken(
    new_place: NewPlace, tmp_path: Path, *, with_keys: bool
) -> None:
    """Keys that were put back, too, do not know what was stopped since."""
    place = new_place("server")
    saved, _ = saved_from(place, tmp_path)
    if with_keys:
        place = new_place("other")
    keys = saved.keys if with_keys else None
    asyncio.run(restore(Asked(log=saved.log, keys=keys, replace=True), place, silent))

    async def look() -> None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            device, rows = LaneDevice(CARE), await read_lane(stores.events)
            live = [[each.is_live for each in await stores.events.grants(SPACE)]]
            assert [] == await stores.events.verify()
            await stores.events.open_lanes(SPACE, device.device, device.epoch, [hello(rows)])
            live.append([each.is_live for each in await stores.events.grants(SPACE)])

            assert [[False], [True]] == live
            assert [] == await stores.events.verify()

    asyncio.run(look())


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_restore_that_is_refused_costs_nothing(
    new_place: NewPlace, tmp_path: Path, *, with_keys: bool
) -> None:
    place = new_place("server")
    saved, shown = saved_from(place, tmp_path)
    asked = Asked(log=saved.log, replace=True)
    if with_keys:
        asked = structs.replace(asked, keys=saved.keys, replace_keys=True)
    with closing(sqlite3.connect(saved.log)) as conn, conn:
        conn.execute("UPDATE lane SET received_at = received_at + 1")
    with pytest.raises(IntegrityError):
        asyncio.run(restore(asked, place, silent))

    async def look() -> None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            assert [] == await stores.keys.closed_spaces()
            assert [True] == [each.is_live for each in await stores.events.grants(SPACE)]

    asyncio.run(look())
    assert shown == shown_of(place)


def test_nothing_is_replaced_unasked(new_place: NewPlace, tmp_path: Path) -> None:
    place = new_place("server")
    saved, shown = saved_from(place, tmp_path)
    for asked in (Asked(log=saved.log), Asked(log=saved.log, keys=saved.keys)):
        with pytest.raises(DomainError, match="--replace"):
            asyncio.run(restore(asked, place, not_begun))

    assert shown == shown_of(place)


def test_keys_that_are_there_are_given_up_only_by_a_word_of_its_own(
    new_place: NewPlace, tmp_path: Path
) -> None:
    """They know what was revoked since, and hold the key that devices trust."""
    place = new_place("server")
    saved, shown = saved_from(place, tmp_path)

    async def revoke() -> None:
        randomness = SeededRandomness(4)
        async with open_stores(place.data, FakeClock(NOW), randomness, place.databases) as stores:
            await stores.keys.revoke_credential(b"n" * 32)

    asyncio.run(revoke())
    since = shown_of(place)
    asked = Asked(log=saved.log, keys=saved.keys, replace=True)
    with pytest.raises(DomainError) as refused:
        asyncio.run(restore(asked, place, silent))
    assert "--replace-keys" in refused.value.message
    assert since == shown_of(place)

    with pytest.raises(DomainError):
        asyncio.run(
            restore(structs.replace(asked, replace=False, replace_keys=True), place, silent)
        )
    asyncio.run(restore(structs.replace(asked, replace_keys=True), place, silent))
    assert shown == shown_of(place)


def test_a_log_without_keys_is_not_put_where_none_are(new_place: NewPlace, tmp_path: Path) -> None:
    saved, _ = saved_from(new_place("server"), tmp_path)

    with pytest.raises(DomainError) as refused:
        asyncio.run(restore(Asked(log=saved.log), new_place("other"), silent))

    assert "--keys" in refused.value.message


@pytest.mark.parametrize("at", ["copy", "verify", "fold"])
def test_one_that_was_interrupted_is_done_again(
    new_place: NewPlace, tmp_path: Path, at: str
) -> None:
    saved, shown = saved_from(new_place("server"), tmp_path)
    goal = new_place("other")
    asked = Asked(log=saved.log, keys=saved.keys)

    def interrupted(what: str, _done: int, _total: int) -> None:
        if what == at:
            raise Stop

    with pytest.raises(Stop):
        asyncio.run(restore(asked, goal, interrupted))
    assert [] == [path.name for path in goal.data.iterdir() if ".part" in path.name]
    asyncio.run(restore(asked, goal, silent))

    assert shown == shown_of(goal)


@pytest.mark.parametrize("even_damaged", [False, True])
def test_the_log_of_another_server_is_told_from_a_damaged_one(
    new_place: NewPlace, tmp_path: Path, *, even_damaged: bool
) -> None:
    """Put back even so, it would be a server that can open nothing of what it holds."""
    saved, _ = saved_from(new_place("server"), tmp_path)
    other = new_place("other")
    write_more(other, seed=77)
    before = shown_of(other)

    asked = Asked(log=saved.log, replace=True, even_damaged=even_damaged)
    with pytest.raises(DomainError, match="of another server"):
        asyncio.run(restore(asked, other, silent))

    assert before == shown_of(other)


@pytest.mark.parametrize("even_damaged", [False, True])
def test_what_does_not_verify_is_put_back_only_when_asked_for(
    new_place: NewPlace, tmp_path: Path, *, even_damaged: bool
) -> None:
    saved, _ = saved_from(new_place("server"), tmp_path)
    with closing(sqlite3.connect(saved.log)) as conn, conn:
        conn.execute("UPDATE lane SET received_at = received_at + 1")
    goal = new_place("other")
    asked = Asked(log=saved.log, keys=saved.keys, even_damaged=even_damaged)

    if even_damaged:
        assert 2 == len(asyncio.run(restore(asked, goal, silent)).findings)
    else:
        with pytest.raises(IntegrityError):
            asyncio.run(restore(asked, goal, silent))


def test_the_backup_itself_stays_as_it_is(new_place: NewPlace, tmp_path: Path) -> None:
    saved, _ = saved_from(new_place("server"), tmp_path)
    before = [path.read_bytes() for path in (saved.log, saved.keys)]
    asyncio.run(restore(Asked(log=saved.log, keys=saved.keys), new_place("other"), silent))

    assert before == [path.read_bytes() for path in (saved.log, saved.keys)]
    assert [saved.log, saved.keys] == [*saved.log.parent.iterdir(), *saved.keys.parent.iterdir()]


@pytest.mark.parametrize("with_keys", [False, True])
@pytest.mark.parametrize("again_with_keys", [False, True])
def test_a_folder_between_two_states_is_opened_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, with_keys: bool, again_with_keys: bool
) -> None:
    """The journal of the log that is replaced goes first: that log is not whole without it."""
    place = Place(data=tmp_path)
    saved, shown = saved_from(place, tmp_path)
    asked = Asked(log=saved.log, replace=True)
    both = structs.replace(asked, keys=saved.keys, replace_keys=True)

    def killed(_part: Path, _path: Path) -> None:
        raise Stop

    with monkeypatch.context() as patched, suppress(Stop):
        patched.setattr(folders, "put", killed)
        asyncio.run(restore(both if with_keys else asked, place, silent))

    with pytest.raises(StorageError):
        asyncio.run(seen(tmp_path))
    asyncio.run(restore(both if again_with_keys else asked, place, silent))

    assert shown == asyncio.run(seen(tmp_path))


@pytest.mark.parametrize("with_keys", [False, True])
def test_only_keys_that_were_being_given_up_are_given_up_without_asking_again(
    tmp_path: Path, *, with_keys: bool
) -> None:
    place = Place(data=tmp_path)
    saved, _ = saved_from(place, tmp_path)
    mark_restoring(tmp_path, with_keys=with_keys).__enter__()
    refused = list[ErrorCode]()
    try:
        asyncio.run(restore(Asked(log=saved.log, keys=saved.keys, replace=True), place, silent))
    except DomainError as error:
        refused.append(error.code)

    assert refused == ([] if with_keys else [ErrorCode.INVALID_INPUT])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as refused:
        asyncio.run(restore(Asked(log=tmp_path / "none"), Place(data=tmp_path), silent))

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    saved, _ = saved_from(Place(data=tmp_path), tmp_path)
    goal = Place(data=tmp_path / "goal")
    goal.data.mkdir()
    other = tmp_path / "letter.db"
    other.write_bytes(b"no database" * 1000)
    said: list[str] = []
    for log, keys in (
        (saved.keys, saved.log),
        (saved.log, saved.log),
        (other, saved.keys),
        (saved.log, other),
    ):
        with pytest.raises(DomainError) as refused:
            asyncio.run(restore(Asked(log=log, keys=keys), goal, not_begun))
        said.append(refused.value.message)

    assert [
        f"{saved.keys} is a backup of the keys: name it with --keys, behind the log",
        f"{saved.log} is a backup of the log: name that of the keys with --keys",
        f"{other} is no backup of the log",
        f"{other} is no backup of the keys",
    ] == said
