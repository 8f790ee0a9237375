"""What was erased is found nowhere any more: no file, no backup, no frame, no page.

Each search is tried before the erasure too, where it must find what it is looking for.
"""

from __future__ import annotations

import base64
import re
import shutil
from contextlib import closing
from pathlib import Path

import httpx

from tests.integration.test_whole_canaries import (
    PRIVATE,
    SHARED,
    back_up,
    write_and_share,
    write_in_private,
)
from tests.integration.test_whole_faulty_wire import lead_through
from tests.integration.test_whole_private import every_page, signed_in
from tests.integration.test_whole_supporters import Browser
from tests.support.at_rest import opened_with, sealed_bodies, space_keys
from tests.support.canaries import files_below, found
from tests.support.faulty_wire import FaultyWire, unmasked
from tests.support.processes import DeviceFolder, add_device
from tests.support.whole import World
from trailmark_server.stores import MAIN_FILE
from trailmark_shared.ids import text_from_id

PIECE = 32
"""Bytes of a sealed body that cannot stand anywhere by chance."""


def everything_written(device: DeviceFolder) -> list[str]:
    """Return what can be erased one by one, what others hang under last."""
    subjects = {
        each["body"]["subject"]: each["body"]["type"]
        for each in device.run("log", "--limit", "1000")["events"]
        if each["body"] is not None
    }
    return [subject for subject, type_ in subjects.items() if not type_.startswith("access_")]


def erase_one_by_one(device: DeviceFolder) -> None:
    """Erase whatever has words, entry by entry."""
    for subject in everything_written(device):
        device.attempt("erase", subject, "--yes")


def with_words(world: World) -> list[Path]:
    """Return the folders in which words are readable."""
    return [
        each
        for each in (world.phone.home, world.laptop.home, world.server.database.parent)
        if found(files_below(each), PRIVATE, SHARED)
    ]


def pages_of(world: World, browser: httpx.Client) -> dict[str, bytes]:
    """Return what the therapist is shown, by pages and by the API."""
    person = text_from_id(world.phone.identity_file.current.space)
    api = f"/api/members/people/{person}"
    goals = set(re.findall(r"/goals/(\w{26})", str(pages := every_page(browser))))
    paths = [f"{api}/timeline", api, *(f"{api}/goals/{goal}" for goal in goals)]
    return pages | {path: browser.get(path).content for path in paths}


def pieces_in(folder: Path, pieces: list[bytes]) -> list[str]:
    """Return the files below a folder that hold one of these pieces."""
    files = files_below(folder).items()
    return [name for name, data in files if any(each in data for each in pieces)]


def restore(world: World, backup: Path) -> None:
    """Put an older log in place as the operator is told to, and leave the keys as they are."""
    world.server.stop()
    for each in world.server.data.glob(f"{MAIN_FILE}*"):
        each.unlink()
    shutil.copy(backup / MAIN_FILE, world.server.data / MAIN_FILE)
    world.server.start()


def test_what_was_erased_entry_by_entry_is_nowhere(world: World) -> None:
    phone = world.phone
    write_in_private(phone)
    link = write_and_share(phone)
    world.settle()
    older = back_up(world.server, world.root / "older")
    sealed = [body[-PIECE:] for body in sealed_bodies(older)]
    with closing(signed_in(world.server)) as browser, closing(Browser(world.server)) as sam:
        before = {**pages_of(world, browser), "sam": sam.open(link).content}

        erase_one_by_one(phone)
        here = found(files_below(phone.home), PRIVATE, SHARED)
        world.settle()
        after = {**pages_of(world, browser), "sam": sam.look().content}
    data = world.server.database.parent
    kept = sealed_bodies(data)
    gone = [piece for piece in sealed if not any(body.endswith(piece) for body in kept)]

    assert {} == here
    assert [] == with_words(world)
    assert (True, {}) == (bool(found(before, SHARED)), found(after, SHARED))
    assert "sam" in found(before, SHARED)
    assert {} == found({"log": world.server.log_text.encode()}, PRIVATE, SHARED)
    assert (True, []) == (bool(pieces_in(older, gone)), pieces_in(data, gone))
    newer = back_up(world.server, world.root / "newer")
    assert [] == pieces_in(newer, gone)
    for folder, is_there in ((older, True), (newer, False), (data, False)):
        opened = {"opened": opened_with(space_keys(older), folder)}
        assert is_there == bool(found(opened, SHARED)), folder
    world.check()

    # An older log that is put back loses it before anybody is served.
    restore(world, older)
    data = world.server.database.parent
    assert {} == found({"opened": opened_with(space_keys(data), data)}, SHARED)
    world.settle()
    assert [] == pieces_in(world.server.database.parent, gone)
    assert [] == with_words(world)


def test_a_device_that_joins_later_is_sent_nothing_of_it(world: World) -> None:
    write_in_private(world.phone)
    write_and_share(world.phone)
    world.settle()
    erase_one_by_one(world.phone)
    world.settle()
    kept = world.phone.run("win", "went for a walk")
    tablet = DeviceFolder(world.root / "tablet")
    with FaultyWire(world.server.port) as wire:
        lead_through(world.phone, wire)
        add_device(world.phone, tablet)
        lead_through(tablet, wire)
        tablet.run("sync")
        carried = {str(at): unmasked(bytes(each)) for at, each in enumerate(wire.carried)}

    assert kept["id"] in str(tablet.run("timeline"))
    assert b"went for a walk" in b"".join(carried.values())
    assert {} == found(carried | files_below(tablet.home), PRIVATE, SHARED)


def forms_of(key: bytes) -> list[bytes]:
    """Return a key as a file may hold it."""
    return [key, key.hex().encode(), base64.b64encode(key).rstrip(b"=")]


def test_after_erasing_a_person_no_backup_opens_any_more(world: World) -> None:
    phone = world.phone
    write_in_private(phone)
    write_and_share(phone)
    world.settle()
    older = back_up(world.server, world.root / "older")
    at_rest = [form for key in space_keys(older) for form in forms_of(key)]
    vault = [form for each in phone.identity_file.current.vault_keys for form in forms_of(each.key)]
    assert pieces_in(phone.home, vault)
    assert pieces_in(world.server.database.parent, at_rest)

    phone.run("erase", "--everything", "--yes")
    world.laptop.run("sync")
    data = world.server.database.parent
    newer = back_up(world.server, world.root / "newer")
    printed = [world.server.attempt("verify"), world.server.attempt("person", "list")]

    assert [] == with_words(world)
    assert {} == found(files_below(newer) | files_below(older, at="older"), PRIVATE, SHARED)
    assert {} == found({"log": world.server.log_text.encode()}, PRIVATE, SHARED)
    assert {} == found({"printed": str(printed).encode()}, PRIVATE, SHARED)
    assert [] == pieces_in(data, at_rest) + pieces_in(newer, at_rest)
    assert [] == pieces_in(phone.home, vault) + pieces_in(world.laptop.home, vault)
    assert (b"", []) == (opened_with(space_keys(data), older), sealed_bodies(data))
    assert found({"with the key": opened_with(space_keys(older), older)}, SHARED)
