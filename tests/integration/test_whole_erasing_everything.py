"""Everything of a person is erased: here, on the server, on the other device, and it stays so."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from tests.integration.test_whole_private import (
    PATIENCE_S,
    LiveStream,
    every_page,
    files_below,
    signed_in,
)
from tests.support.processes import DeviceFolder, ServerProcess, connect
from tests.support.whole import World, server_state_hash
from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.identity import new_identity
from trailmark_shared.device_graph.statements import SpaceErased, StatementId, make_statement
from trailmark_shared.ids import is_shared, text_from_id

CANARY = "oxpeckerish thistlevane"


def fill(world: World) -> None:
    """Let the person write in private and share for a while, on both devices."""
    for device in world.devices:
        goal = device.run("goal", "add", CANARY, "--why", CANARY)
        device.run("goal", "share", goal["id"])
        device.run("check-in", goal["id"], "3", "--note", CANARY)
        reflection = device.run("reflect", f"so {CANARY} it was", "--tag", "work")
        device.run("share", reflection["id"], "--excerpt", CANARY)
        private = device.run("goal", "add", CANARY)
        device.run("check-in", private["id"], "1", "--note", CANARY)
    world.settle()


def entries(device: DeviceFolder) -> int:
    return len(device.run("log")["events"])


def files_with_words(folder: Path) -> list[str]:
    return [name for name, data in files_below(folder) if CANARY.encode() in data]


def space_of(device: DeviceFolder) -> str:
    return text_from_id(device.identity_file.current.space)


def bodies_on(server: ServerProcess) -> int:
    with closing(sqlite3.connect(server.database)) as conn:
        return conn.execute("SELECT count(*) FROM event WHERE body IS NOT NULL").fetchone()[0]


def test_everything_is_gone_everywhere_and_an_open_page_ends(world: World) -> None:
    fill(world)
    space, phone, laptop = space_of(world.phone), world.phone, world.laptop
    with closing(signed_in(world.server)) as browser:
        live = LiveStream(browser, space, until="ended")
        told = phone.run("erase", "--everything", "--yes")
        live.wait()
        pages = str(every_page(browser))

    assert ("erased", space) == (told["server"], told["space"])
    assert "They erased everything on" in live.data.decode()
    assert "They erased everything on" in pages
    assert CANARY not in pages
    assert 0 == bodies_on(world.server)
    assert (0, []) == (entries(phone), files_with_words(phone.home))
    assert not (phone.home / "erasure").exists()
    assert entries(laptop)

    answer = laptop.run("sync")

    assert (True, True) == (answer["done"], answer["erased"])
    assert (0, []) == (entries(laptop), files_with_words(laptop.home))
    assert space not in {space_of(phone), space_of(laptop)}
    assert "not_connected" == laptop.refused("sync")
    assert world.server.admin("verify")["ok"]
    assert CANARY not in world.server.log_text


def test_without_a_network_it_is_queued_and_goes_first(world: World) -> None:
    fill(world)
    space = space_of(world.phone)
    world.server.stop()
    for _ in range(3):
        world.phone.run("reflect", CANARY)

    told = world.phone.run("erase", "--everything", "--yes")
    away = world.phone.refused("sync")
    warnings = world.phone.run("status")["warnings"]

    assert ("waiting", 0, []) == (
        told["server"],
        entries(world.phone),
        files_with_words(world.phone.home),
    )
    assert "unreachable" == away
    assert ["still has to be told" in each for each in warnings] == [True]
    world.server.start()
    assert world.laptop.run("sync")["done"]
    assert world.phone.run("sync")["erased"]
    assert 0 == bodies_on(world.server)
    assert [] == world.phone.run("status")["warnings"]
    assert world.laptop.run("sync")["erased"]
    [line] = world.server.admin("person", "list")["persons"]
    assert (space, "person", 0) == (line["space"], line["erased_by"], line["devices"] * 0)


def test_the_device_begins_anew_with_the_same_therapist(world: World) -> None:
    fill(world)
    before = space_of(world.phone)
    world.phone.run("erase", "--everything", "--yes")

    connect(world.server, world.phone)
    goal = world.phone.run("goal", "add", "a new beginning")
    world.phone.run("goal", "share", goal["id"])
    world.phone.run("sync")

    assert before != space_of(world.phone)
    for lane, shown in world.phone.state_hashes().items():
        assert not is_shared(lane) or shown == server_state_hash(world.server, world.phone, lane)
    with closing(signed_in(world.server)) as browser:
        pages = str(every_page(browser))
    assert "a new beginning" in pages
    assert "They erased everything on" in pages


def test_a_device_that_stays_in_step_obeys_at_once(world: World) -> None:
    fill(world)
    watching = world.laptop.begin("sync", "--watch")
    assert watching.stderr is not None
    assert any('"live"' in line for line in watching.stderr)

    world.phone.run("erase", "--everything", "--yes")

    out, _ = watching.communicate(timeout=PATIENCE_S)
    assert (0, True) == (watching.returncode, json.loads(out)["erased"])
    assert [] == files_with_words(world.laptop.home)


def test_the_thief_of_a_credential_empties_no_device(world: World) -> None:
    fill(world)
    stolen = world.phone.identity_file.current
    thief = new_identity(SystemRandomness(), "thief")
    holder = thief.secrets.holder
    forged = make_statement(
        thief.secrets.signer, stolen.space, holder, (StatementId(bytes(32)),), SpaceErased()
    )

    answer = httpx.post(
        f"{world.server.url}/api/space/erasure",
        json={
            "event": text_from_id(bytes(16)),
            "statements": [base64.b64encode(forged.raw).decode()],
        },
        headers={"Authorization": f"Bearer {stolen.credential}"},
        trust_env=False,
    )

    assert 200 == answer.status_code
    for device in world.devices:
        assert "space_erased" == device.refused("sync")
        assert CANARY in str(device.run("timeline"))
        device.run("reflect", "writing goes on")
        device.run("export", str(world.root / f"{device.home.name}.json"))
        device.run("verify")


def test_a_restored_server_has_forgotten_too(world: World) -> None:
    fill(world)
    world.server.stop()
    backup = shutil.copy(world.server.database, world.root / "backup.db")
    world.server.start()
    world.phone.run("erase", "--everything", "--yes")
    world.server.stop()
    for side in world.server.data.glob("trailmark.db*"):
        side.unlink()
    shutil.copy(backup, world.server.database)

    world.server.start()

    assert 0 == bodies_on(world.server)
    assert world.server.admin("verify")["ok"]
    assert world.laptop.run("sync")["erased"]
    assert [] == files_with_words(world.laptop.home)


def test_what_the_operator_erases_stays_on_the_persons_devices(world: World) -> None:
    fill(world)
    [line] = world.server.admin("person", "list")["persons"]
    shown = str(world.server.admin("person", "list"))

    asked = world.server.attempt("person", "erase", line["mark"])
    done = world.server.admin("person", "erase", line["mark"], "--yes")
    mark = world.phone.run("status")["mark"]
    refused = [device.refused("sync") for device in world.devices]
    status = world.phone.run("status")

    assert 3 == asked.returncode
    assert (space_of(world.phone), True) == (done["space"], done["erased"])
    assert "phone" not in shown
    assert 0 == bodies_on(world.server)
    assert ["space_erased"] * 2 == refused
    assert line["mark"] == mark
    assert line["space"] == status["erased_there"]["space"]
    for device in world.devices:
        assert CANARY in str(device.run("timeline"))
        device.run("reflect", "writing goes on")
        device.run("verify")
    assert world.server.admin("verify")["ok"]
