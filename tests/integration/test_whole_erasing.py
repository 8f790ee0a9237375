"""An erased entry is nowhere: not on the server, not on a second device, not in any file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.integration.test_whole_private import every_page, files_below, signed_in
from tests.support.processes import DeviceFolder
from tests.support.whole import World, events_of, written

CANARY = "oxpeckerish thistlevane"
PIECE = 48
"""Bytes of a sealed body that cannot stand anywhere by chance."""


def bodies(database: Path, ids: set[bytes]) -> list[bytes]:
    """Return the bodies of these events as they rest in a file."""
    with closing(sqlite3.connect(database)) as conn:
        rows = conn.execute("SELECT id, body FROM event WHERE body IS NOT NULL").fetchall()
    return [body for event, body in rows if event in ids]


def files_with(folder: Path, words: list[bytes]) -> list[str]:
    return [name for name, data in files_below(folder) if any(each in data for each in words)]


def tombstones(device: DeviceFolder) -> list[tuple[str, str]]:
    return [
        (each["by"], each["kind"])
        for each in device.run("timeline")["events"]
        if each["sentence"] == "erased an entry for good"
    ]


def test_erased_words_are_gone_everywhere_and_everything_verifies(world: World) -> None:
    phone, laptop = world.devices
    goal = phone.run("goal", "add", CANARY, "--why", CANARY)
    shared = phone.run("goal", "share", goal["id"])
    checked = phone.run("check-in", goal["id"], "3", "--note", CANARY)
    reflection = phone.run("reflect", f"so {CANARY} it was", "--tag", "work")
    excerpt = phone.run("share", reflection["id"], "--excerpt", CANARY)
    kept = phone.run("win", "went for a walk")
    world.settle()
    gone: set[bytes] = set()
    for each in (goal, shared, checked, reflection, excerpt):
        gone |= events_of(each)
    places = (world.server.database, phone.database, laptop.database)
    sealed = [body[-PIECE:] for each in places for body in bodies(each, gone)]
    assert all(gone <= written(each) for each in places)

    with closing(signed_in(world.server)) as browser:
        assert CANARY in str(every_page(browser))
        for each in (goal, reflection):
            phone.run("erase", each["id"], "--yes")
        here = (gone & written(phone.database), files_with(phone.home, [CANARY.encode(), *sealed]))
        world.settle()
        pages = every_page(browser)

    assert (set(), []) == here
    words = [CANARY.encode(), *sealed]
    for folder, database in (
        (world.server.data, world.server.database),
        (laptop.home, laptop.database),
    ):
        assert (set(), []) == (gone & written(database), files_with(folder, words))
        assert events_of(kept) <= written(database)
    assert CANARY not in str(pages)
    assert "erased an entry for good" in str(pages)
    assert CANARY not in world.server.log_text
    for device in world.devices:
        assert CANARY not in str(device.run("timeline"))
        assert {("you", "control")} == set(tombstones(device))
        assert "nothing_changed" == device.refused("erase", goal["id"], "--yes")
    world.check()


def test_what_was_erased_before_it_was_sent_never_arrives(world: World) -> None:
    phone = world.phone
    win = phone.run("win", CANARY)
    phone.run("erase", win["id"], "--yes")

    answer = phone.run("sync")
    world.settle()

    assert (True, 0) == (answer["done"], answer["refused"])
    assert set() == events_of(win) & written(world.server.database)
    assert [] == phone.run("set-aside", "list")["events"]
    world.check()


def test_a_grant_is_never_erased(world: World) -> None:
    (line,) = world.phone.run("sharing")["grants"]

    assert "never_erased" == world.phone.refused("erase", line["grant"], "--yes")
